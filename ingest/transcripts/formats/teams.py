"""Messages of Microsoft Teams, as Microsoft Graph returns them and tools save them.

https://learn.microsoft.com/en-us/graph/api/resources/chatmessage
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of

_SENDERS = ("user", "application", "device")


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """A conversation for each chat or channel. Replies are in a list of the message, or beside."""
    rooms = Rooms("teams", reading)
    messages = [message for value in values for message in _messages(record(value))]
    replies = [reply for message in messages for reply in records(message.get("replies"))]
    for message in sorted([*messages, *replies], key=_sent):
        if message.get("messageType") != "message" or message.get("deletedDateTime"):
            continue
        body = record(message.get("body"))
        words = text(body.get("content"))
        words = plain(words) if body.get("contentType") == "html" else words
        files = attached(file.get("name") for file in records(message.get("attachments")))
        channel = record(message.get("channelIdentity")).get("channelId")
        key = name(message.get("chatId")) or name(channel) or key_of(reading)
        room = rooms.room(key, line(message.get("subject")))
        time, id_ = instant(message.get("createdDateTime")), name(message.get("id"))
        room.say(_speaker(message), joined([words, files]), id_, time)
    yield from rooms.finished()


def _speaker(message: dict[str, object]) -> str:
    sender = record(message.get("from"))
    named = (line(record(sender.get(kind)).get("displayName")) for kind in _SENDERS)
    return next(filter(None, named), "someone")


def _sent(message: dict[str, object]) -> str:
    return name(message.get("createdDateTime"))


def _messages(value: dict[str, object]) -> list[dict[str, object]]:
    listed = records(value.get("value")) or records(value.get("messages")) or [value]
    return [message for message in listed if "messageType" in message and "body" in message]


FORMAT = TranscriptFormat(
    "teams", "Microsoft Teams", any_object(lambda v: bool(_messages(v))), _read
)
