"""Google Chat in a Takeout: `Groups/<DM or Space>/messages.json`.

https://support.google.com/chat/answer/10126829
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, joined, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.json_scanner import decode
from ingest.transcripts.people import Rooms
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Reading, Transcript, key_of


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The messages of a folder, which is the conversation; what was deleted has no words."""
    rooms = Rooms("google-chat", reading)
    folders = reading.name.split("/")[:-1]
    group = record(decode(reading.beside("group_info.json").decode("utf-8", "replace")))
    members = ", ".join(line(member.get("name")) for member in records(group.get("members")))
    for export in map(record, values):
        for message in filter(_is_message, records(export.get("messages"))):
            files = records(message.get("attached_files"))
            names = attached(file.get("original_name") or file.get("export_name") for file in files)
            words = joined([text(message.get("text")), names])
            creator = record(message.get("creator"))
            speaker = line(creator.get("name")) or line(creator.get("email")) or "someone"
            # A narrow space parts the clock from AM.
            time = instant(line(message.get("created_date")).replace(" at ", " "))
            room = rooms.room(
                folders[-1] if folders else key_of(reading), line(group.get("name")) or members
            )
            room.say(speaker, words, name(message.get("message_id")), time)
            yield from rooms.full()
    yield from rooms.finished()


def _is_message(message: dict[str, object]) -> bool:
    return "creator" in message and "created_date" in message


def _recognises(value: dict[str, object]) -> bool:
    return any(map(_is_message, records(value.get("messages"))))


FORMAT = TranscriptFormat("google-chat", "Google Chat", any_object(_recognises), _read)
