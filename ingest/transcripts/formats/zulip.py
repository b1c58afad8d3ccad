"""Messages of Zulip: the files `messages-000001.json` of an export, or what its API returns.

https://zulip.readthedocs.io/en/latest/production/export-and-import.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ingest.transcripts.fields import line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.markup import plain
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript

_STREAM = 2


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """A conversation for each topic of a channel, and for each group of people."""
    rooms = Rooms("zulip", reading)
    realm = record(decode(reading.beside("realm.json").decode("utf-8", "replace")))
    people = {name(user.get("id")): line(user.get("full_name")) for user in _users(realm)}
    channels = _channels(realm)
    for export in map(record, values):
        for message in _messages(export):
            sender = name(message.get("sender"))
            speaker = line(message.get("sender_full_name")) or people.get(sender) or sender
            words = text(message.get("content"))
            if message.get("content_type") == "text/html":
                words = plain(words)
            time = instant(message.get("date_sent")) or instant(message.get("timestamp"))
            room = rooms.room(*_place(message, channels))
            room.say(speaker or "someone", words, name(message.get("id")), time)
            yield from rooms.full()
    yield from rooms.finished()


def _place(message: dict[str, object], channels: Mapping[str, str]) -> tuple[str, str]:
    """The key and the title of the conversation that a message is of."""
    topic = line(message.get("subject"))
    listed = message.get("display_recipient")
    if isinstance(listed, list):
        names = sorted(line(person.get("full_name")) for person in records(listed))
        return ",".join(names), ", ".join(names)
    recipient = name(message.get("recipient"))
    channel = line(listed) or channels.get(recipient, "")
    if channel:
        return f"{channel}/{topic}", f"#{channel}, {topic}" if topic else f"#{channel}"
    return f"{recipient or 'messages'}/{topic}", topic


def _channels(realm: dict[str, object]) -> dict[str, str]:
    """The names of channels by the number of the recipient that each of them is."""
    names = {
        name(stream.get("id")): line(stream.get("name"))
        for stream in records(realm.get("zerver_stream"))
    }
    return {
        name(recipient.get("id")): names.get(name(recipient.get("type_id")), "")
        for recipient in records(realm.get("zerver_recipient"))
        if recipient.get("type") == _STREAM
    }


def _users(realm: dict[str, object]) -> list[dict[str, object]]:
    return [*records(realm.get("zerver_userprofile")), *records(realm.get("zerver_crossrealm"))]


def _messages(export: dict[str, object]) -> list[dict[str, object]]:
    found = records(export.get("zerver_message")) or records(export.get("messages"))
    return [message for message in found if _is_message(message)]


def _is_message(message: dict[str, object]) -> bool:
    if "date_sent" in message and "sender" in message:
        return "content" in message
    return "sender_full_name" in message and "display_recipient" in message


FORMAT = TranscriptFormat("zulip", "Zulip", any_object(lambda value: bool(_messages(value))), _read)
