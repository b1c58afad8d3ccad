"""Chats of Signal: the plain-text export `main.jsonl`, and `data.json` or `chat.md` of
signal-export.

https://support.signal.org/hc/en-us/articles/9708267671322
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of

# `[2026-02-02 09:00] Ana: …`, a hard line break of Markdown at its end.
_HEAD = re.compile(
    r"\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)\] (?P<name>[^:\n]{1,60}): ?(?P<text>.*)",
    re.DOTALL,
)
_BREAK = "  \n"
_EXTRA = re.compile(r"^\(- .* -\)\s*$", re.MULTILINE)  # reactions, below the message
_GIVEN = (
    ("systemGivenName", "systemFamilyName"),
    ("profileGivenName", "profileFamilyName"),
    ("e164",),
)


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The chats of a file."""
    rooms = Rooms("signal", reading)
    people: dict[str, str] = {}
    chats: dict[str, str] = {}
    rows: list[str] = []
    for value in values:
        entry = record(value)
        if isinstance(value, str):
            rows.append(value)
        elif recipient := record(entry.get("recipient")):
            people[name(recipient.get("id"))] = _called(recipient)
        elif chat := record(entry.get("chat")):
            chats[name(chat.get("id"))] = people.get(name(chat.get("recipientId")), "")
        elif item := record(entry.get("chatItem")):
            _say(rooms, item, people, chats)
        elif _is_line(entry):
            folder = chat_of(reading)
            words = joined([text(entry.get("body")), _attached(records(entry.get("attachments")))])
            room = rooms.room(folder, folder)
            room.say(line(entry.get("sender")), words, "", instant(entry.get("date"), local=True))
        yield from rooms.full()
    _say_lines(rooms, rows, reading)
    yield from rooms.finished()


def _say(
    rooms: Rooms, item: dict[str, object], people: dict[str, str], chats: dict[str, str]
) -> None:
    message = record(item.get("standardMessage"))
    files = [record(file.get("pointer")) or file for file in records(message.get("attachments"))]
    words = joined([text(record(message.get("text")).get("body")), _attached(files)])
    chat, author, sent = (name(item.get(key)) for key in ("chatId", "authorId", "dateSent"))
    speaker = people.get(author) or "someone"
    rooms.room(chat, chats.get(chat, "")).say(speaker, words, f"{sent}-{author}", instant(sent))


def _say_lines(rooms: Rooms, rows: Sequence[str], reading: Reading) -> None:
    """Say the messages of a file in Markdown: each goes on up to the next head."""
    heads = [n for n, row in enumerate(rows) if _HEAD.match(row)]
    for start, end in zip(heads, [*heads[1:], len(rows)], strict=False):
        if head := _HEAD.match("".join(rows[start:end])):
            said = _EXTRA.sub("", head["text"]).replace(_BREAK, "\n")
            folder = chat_of(reading)
            rooms.room(folder, folder).say(
                head["name"], said, "", instant(head["time"], local=True)
            )


def chat_of(reading: Reading) -> str:
    """Return the name of the chat, which is that of its folder."""
    folders = reading.name.split("/")[:-1]
    return folders[-1] if folders else key_of(reading)


def _attached(files: Iterable[dict[str, object]]) -> str:
    return attached(line(file.get("fileName")) for file in files)


def _called(recipient: dict[str, object]) -> str:
    """The name of a person, or the title of a group."""
    if "self" in recipient:
        return "Me"
    contact = record(recipient.get("contact"))
    names = (" ".join(line(contact.get(field)) for field in fields) for fields in _GIVEN)
    title = record(record(record(recipient.get("group")).get("snapshot")).get("title"))
    return next(filter(None, map(line, names)), "") or line(title.get("title"))


def _is_line(entry: dict[str, object]) -> bool:
    return {"date", "sender", "body", "quote", "sticker", "reactions"} <= entry.keys()


def _recognises(values: Sequence[object]) -> bool:
    rows = [value for value in values if isinstance(value, str)]
    begun = next(filter(str.strip, rows), "")
    if _HEAD.match(begun) and any(row.endswith(_BREAK) for row in rows):
        return True
    entries = list(map(record, values))
    return any(_is_line(entry) or "chatItem" in entry for entry in entries) or any(
        "backupTimeMs" in entry and "version" in entry for entry in entries
    )


FORMAT = TranscriptFormat("signal", "Signal", _recognises, _read)
