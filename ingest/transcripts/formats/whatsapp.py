"""A chat that WhatsApp exports as text: `WhatsApp Chat with ….txt`, from iPhones `_chat.txt`.

https://faq.whatsapp.com/1180414079177245
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.text.invisible import DIRECTION
from ingest.transcripts.format import Format
from ingest.transcripts.formats.whatsapp_dates import HEAD, Calendar, calendar_of
from ingest.transcripts.people import People
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

# A system message may quote the new name of a group, with a colon in it.
_SPEAKER = re.compile(r"(?P<name>[^:\n\"“”„«»]{1,60}): (?P<text>.*)", re.DOTALL)
_ATTACHED = re.compile(r"<[^<>]{2,20}: (?P<ios>[^<>]+)>|(?P<android>\S[^\n]*\.\w{2,4}) \([^()]+\)")
_NO_MEDIA = re.compile(r"<[^<>]{3,40}>")  # <Media omitted>, in the language of the phone
_EDITED = re.compile(r"\s*<[^<>]*(?:edit|bearbeitet|modifi|bewerkt|redig|изменено)[^<>]*>\s*$")
_DELETED = re.compile(
    r"(?:This message was deleted|You deleted this message|Diese Nachricht wurde gelöscht"
    r"|Du hast diese Nachricht gelöscht|Ce message a été supprimé|Vous avez supprimé ce message"
    r"|Se eliminó este mensaje|Eliminaste este mensaje|Mensagem apagada|Você apagou esta mensagem"
    r"|Questo messaggio è stato eliminato|Hai eliminato questo messaggio|Dit bericht is verwijderd"
    r"|U hebt dit bericht verwijderd|null)\.?"
)
_INVISIBLE = re.compile(f"[{DIRECTION}\ufeff]")
_CHAT_NAME = re.compile(
    r"(?:.*/)?[^/]*WhatsApp(?:[ -]chatt?)?(?:\s+(?:with|mit|con|avec|com|met|med|z|с))?"
    r"\s*(?:-\s*)?(?P<name>[^/]+?)\.(?:txt|zip)(?:/.*)?",
    re.IGNORECASE,
)
_UNSURE = "days and months cannot be told apart: read as {order}"


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chat of a file."""
    lines = [value for value in values if isinstance(value, str)]
    messages = [message for message in _messages(lines) if message]
    heads = list(filter(None, map(HEAD.match, messages)))
    calendar, sure = calendar_of(heads, reading.latest)
    if not sure:
        reading.remarks[_UNSURE.format(order=calendar.value)] += 1
    yield _chat(messages, calendar, reading)


def _chat(messages: Sequence[str], calendar: Calendar, reading: Reading) -> Transcript:
    named = _CHAT_NAME.fullmatch(reading.name)
    key = named["name"] if named else key_of(reading)
    people = People(Draft("whatsapp", key, reading, named["name"] if named else "WhatsApp"))
    for message in messages:
        head = HEAD.match(message)
        spoken = _SPEAKER.fullmatch(head["rest"]) if head else None
        if head is None or spoken is None:
            continue  # what the program says itself has no speaker
        # "~" is before the name that someone gave themselves who is not among the contacts.
        speaker = " ".join(_INVISIBLE.sub("", spoken["name"]).removeprefix("~").split())
        people.say(speaker, _words(spoken["text"]), "", calendar.moment(head))
    return people.draft.finished()


def _messages(lines: Iterable[str]) -> Iterator[str]:
    """The messages with their heads; one may go on over several lines."""
    current = ""
    for line in lines:
        bare = _INVISIBLE.sub("", line)
        if HEAD.match(bare):
            yield current
            current = bare if "\u200e" not in line.lstrip("\u200e\ufeff") else _own_words(line)
        else:
            current += line
    yield current


def _own_words(line: str) -> str:
    """An iPhone marks what the program says in someone's name with U+200E: only files are named."""
    head, mark, said = line.lstrip("\u200e\ufeff").partition(": \u200e")
    if not mark:
        return _INVISIBLE.sub("", line)
    attached = _ATTACHED.search(said)
    return f"{_INVISIBLE.sub('', head)}: {attached[0] if attached else ''}"


def _words(said: str) -> str:
    """The typed words, with the names of attached files."""
    said = _EDITED.sub("", _INVISIBLE.sub("", said)).strip()
    if (_NO_MEDIA.fullmatch(said) and not _ATTACHED.fullmatch(said)) or _DELETED.fullmatch(said):
        return ""
    return _ATTACHED.sub(lambda match: f"[attached: {match['ios'] or match['android']}]", said)


def _recognises(values: Sequence[object]) -> bool:
    lines = [_INVISIBLE.sub("", value) for value in values if isinstance(value, str)]
    begun = next(filter(str.strip, lines), "")
    heads = [head for head in map(HEAD.match, lines) if head]
    return bool(HEAD.match(begun)) and any(_SPEAKER.fullmatch(head["rest"]) for head in heads)


FORMAT = Format("whatsapp", "WhatsApp", _recognises, _read)
