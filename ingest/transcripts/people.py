"""Talk between people: they have names, and the first to speak counts as the user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ingest.transcripts.transcript import Draft, Reading, Transcript

_MOST = 16_000_000
"""Characters of text that are collected before they are handed on."""


@dataclass(slots=True)
class People:
    """A draft in which people speak."""

    draft: Draft
    first: str = ""

    def say(self, speaker: str, text: str, id: str, time: datetime | None) -> None:  # noqa: A002
        """Add a message, unless it is empty."""
        if text.strip():
            self.first = self.first or speaker
            role = "user" if speaker == self.first else "assistant"
            self.draft.say(
                "user" if role == "user" else "assistant", text, id, time, speaker=speaker
            )


@dataclass(slots=True)
class Rooms:
    """The conversations of an export whose messages come mixed, or in pieces of one room."""

    origin: str
    reading: Reading
    _rooms: dict[str, People] = field(default_factory=dict)

    def room(self, key: str, title: str = "") -> People:
        """Return the conversation of that key, which has the first title that is known."""
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = People(Draft(self.origin, key, self.reading))
        room.draft.title = room.draft.title or title
        return room

    def full(self) -> Iterator[Transcript]:
        """Yield what has been said so far, once it is so much that it should be handed on."""
        drafts = [room.draft for room in self._rooms.values()]
        if sum(draft.size for draft in drafts) > _MOST:
            yield from (draft.part() for draft in drafts if draft.messages)

    def finished(self) -> Iterator[Transcript]:
        """Yield the conversations."""
        yield from (room.draft.finished() for room in self._rooms.values())
