"""An export of Telegram Desktop as JSON: `result.json`, of one chat or of all.

https://core.telegram.org/import-export
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, items, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.people import People
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chats; service messages are left out. A long one comes in pieces: each after the first
    begins with the last message of the one before, which may be a question.
    """
    key, first, last = "", "", list[object]()
    for export in map(record, values):
        for chat in _chats(export):
            continued = key == (key := name(chat.get("id")) or line(chat.get("name")))
            messages = items(chat.get("messages"))
            whole = {**chat, "messages": [*last, *messages]} if continued and key else chat
            people = _chat(whole, first if continued else "", reading)
            yield people.draft.finished()
            first, last = people.first, messages[-1:]


def _chat(chat: dict[str, object], first: str, reading: Reading) -> People:
    """A chat, in which `first` spoke first."""
    title = line(chat.get("name")) or "Saved messages"
    draft = Draft("telegram", name(chat.get("id")) or title, reading, title)
    people = People(draft, first)
    for message in records(chat.get("messages")):
        if message.get("type") != "message":
            continue
        # The number tells the moment; `date` is in the zone of the machine that exported.
        time = instant(message.get("date_unixtime")) or instant(message.get("date"))
        file = attached([_file(message)])
        words = joined([_forwarded(message), _words(message.get("text")), *_poll(message), file])
        speaker = line(message.get("from")) or "a deleted account"
        people.say(speaker, words, name(message.get("id")), time)
    return people


def _file(message: dict[str, object]) -> str:
    """The name of a file, or what kind it is of; of a contact the name and the number."""
    contact = record(message.get("contact_information"))
    if contact:
        return line(" ".join(text(value) for value in contact.values()))
    place = record(message.get("location_information"))
    if place:
        return f"location {place.get('latitude')}, {place.get('longitude')}"
    kind = line(message.get("media_type")).replace("_", " ")
    return line(message.get("file_name")) or kind or ("photo" if "photo" in message else "")


def _forwarded(message: dict[str, object]) -> str:
    """The note on whose words were passed on."""
    given = "forwarded_from" in message
    return f"[forwarded from {line(message.get('forwarded_from')) or 'someone'}]" if given else ""


def _poll(message: dict[str, object]) -> list[str]:
    """The question of a poll and its answers, with the number of votes."""
    poll = record(message.get("poll"))
    answers = (
        f"- {line(answer.get('text'))} ({name(answer.get('voters')) or 0})"
        for answer in records(poll.get("answers"))
    )
    return [text(poll.get("question")), "\n".join(answers)]


def _words(value: object) -> str:
    """The text, which is a string or pieces of it that may be bold, links and so on."""
    if isinstance(value, str):
        return text(value)
    return "".join(map(_piece, items(value)))


def _piece(piece: object) -> str:
    """The text of a piece, and where a link leads that is behind words."""
    words, link = text(piece) or text(record(piece).get("text")), line(record(piece).get("href"))
    return f"{words} ({link})" if link else words


def _chats(export: dict[str, object]) -> list[dict[str, object]]:
    if _is_chat(export):
        return [export]
    lists = [record(export.get("chats")), record(export.get("left_chats"))]
    return [chat for listed in lists for chat in records(listed.get("list")) if _is_chat(chat)]


def _is_chat(chat: dict[str, object]) -> bool:
    messages = records(chat.get("messages"))
    return any("date_unixtime" in message or "from_id" in message for message in messages)


FORMAT = TranscriptFormat(
    "telegram", "Telegram", any_object(lambda value: bool(_chats(value))), _read
)
