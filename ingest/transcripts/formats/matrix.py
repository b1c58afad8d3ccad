"""A room of Matrix, as Element exports it: JSON with its events.

https://github.com/element-hq/element-web
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.transcripts.fields import attached, line, name, record, records, text
from ingest.transcripts.format import TranscriptFormat, any_object
from ingest.transcripts.people import People
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Reading, Transcript, key_of

_WORDS = frozenset(("m.text", "m.notice", "m.emote"))
_FILES = frozenset(("m.image", "m.file", "m.video", "m.audio"))
_QUOTED = re.compile(r"\A(?:> [^\n]*\n)+\n")
"""What an answer quotes of the message that it answers, for clients that do not show it."""


def _read(values: Iterable[object], reading: Reading) -> Iterator[Transcript]:
    """The messages of a room, as they were last edited; deleted ones have no words."""
    for room in map(record, values):
        events = [event for event in records(room.get("messages")) if _is_message(event)]
        key = next((name(event.get("room_id")) for event in events if event.get("room_id")), "")
        people = People(
            Draft("matrix", key or key_of(reading), reading, line(room.get("room_name")))
        )
        edited = dict(filter(None, map(_edit, events)))
        for event in events:
            id_ = name(event.get("event_id"))
            if _edit(event) is None:
                content = edited.get(id_, record(event.get("content")))
                people.say(_person(event), _words(content), id_, instant(event["origin_server_ts"]))
        yield people.draft.finished()


def _edit(event: dict[str, object]) -> tuple[str, dict[str, object]] | None:
    """The id of a message that this one edits, and its new content."""
    content = record(event.get("content"))
    relation = record(content.get("m.relates_to"))
    if relation.get("rel_type") != "m.replace":
        return None
    return name(relation.get("event_id")), record(content.get("m.new_content"))


def _person(event: dict[str, object]) -> str:
    """The name of a user: "petra" of `@petra:example.org`."""
    return line(event.get("sender")).removeprefix("@").partition(":")[0]


def _words(content: dict[str, object]) -> str:
    kind, body = name(content.get("msgtype")), text(content.get("body"))
    if kind in _FILES:
        return attached([content.get("filename") or body])
    return _QUOTED.sub("", body) if kind in _WORDS else ""


def _is_message(event: dict[str, object]) -> bool:
    return event.get("type") == "m.room.message" and "origin_server_ts" in event


def _recognises(value: dict[str, object]) -> bool:
    return "room_name" in value and any(map(_is_message, records(value.get("messages"))))


FORMAT = TranscriptFormat("matrix", "Matrix", any_object(_recognises), _read)
