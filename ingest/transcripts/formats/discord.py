"""Channels of Discord, as DiscordChatExporter saves them in JSON, and what one wrote oneself, as
the data package of Discord has it.

https://github.com/Tyrrrz/DiscordChatExporter
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, first, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_SAID = frozenset(("Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "20", "23", ""))
"""Types of messages that someone wrote; others tell who joined, was called, or pinned something."""
_FILE = re.compile(r"(?:.*/)?([^/]+?) \[(\d+)\][^/\[\]]*")
_DIRECT = ("DirectTextChat", "DirectGroupTextChat")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The channel of a file, in one piece or several; or the list of one's own messages."""
    rooms = Rooms("discord", reading)
    own: list[dict[str, object]] = []
    for value in map(record, values):
        channel = record(value.get("channel"))
        for message in records(value.get("messages")):
            if name(message.get("type")) in _SAID:
                author = record(message.get("author"))
                speaker = line(first(author, "nickname", "name")) or "someone"
                room = rooms.room(name(channel.get("id")), _title(value, channel))
                id_, time = name(message.get("id")), instant(message.get("timestamp"))
                room.say(speaker, _words(message), id_, time)
        yield from rooms.full()
        own += [value] if _is_own(value) else []
    yield from rooms.finished()
    if own:
        yield _own(own, reading)


def channel_of(file: str) -> tuple[str, str]:
    """The number and the title of a channel whose name its file has; "" where it has none."""
    named = _FILE.fullmatch(file)
    return (named[2], named[1]) if named else ("", "")


def _title(export: dict[str, object], channel: dict[str, object]) -> str:
    named, guild = line(channel.get("name")), line(record(export.get("guild")).get("name"))
    direct = name(channel.get("type")) in _DIRECT
    return named if direct or not guild else f"{guild}: #{named}"


def _words(message: dict[str, object]) -> str:
    """The text, of a bot that sends none its embeds, and the names of files."""
    passed_on = record(message.get("forwardedMessage"))
    words = text(message.get("content")) or text(passed_on.get("content"))
    if not words.strip():
        embeds = records(message.get("embeds"))
        words = joined(text(embed.get(key)) for embed in embeds for key in ("title", "description"))
    files = [*records(message.get("attachments")), *records(passed_on.get("attachments"))]
    return joined([words, attached(file.get("fileName") for file in files)])


def _own(messages: list[dict[str, object]], reading: Reading) -> Transcript:
    """The messages that the package has of a channel: those of its owner alone."""
    about = record(decode(reading.beside("channel.json").decode("utf-8", "replace")))
    names = record(decode(reading.beside("../index.json").decode("utf-8", "replace")))
    key = name(about.get("id")) or key_of(reading)
    title = line(names.get(key)) or line(about.get("name"))
    draft = Draft("discord", key, reading, title)
    for message in sorted(messages, key=lambda message: name(message.get("Timestamp"))):
        links = text(message.get("Attachments")).split()
        files = attached(link.partition("?")[0].rpartition("/")[2] for link in links)
        time = instant(message.get("Timestamp"))
        draft.say(
            "user", joined([text(message.get("Contents")), files]), name(message.get("ID")), time
        )
    return draft.finished()


def _is_own(value: dict[str, object]) -> bool:
    return {"ID", "Timestamp", "Contents", "Attachments"} <= value.keys()


def _recognises(value: dict[str, object]) -> bool:
    exported = "guild" in value and "channel" in value
    return _is_own(value) or (exported and isinstance(value.get("messages"), list))


FORMAT = TranscriptFormat("discord", "Discord", any_object(_recognises), _read)
