"""Turns as JSON lines, the format that ragchat itself exports.

A line is one turn: `conversation`, `id`, `time`, `speaker` or `role`, `text`; it may have `title`,
`origin` and `model`. `conv` and `date` are other names of `conversation` and `time`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ingest.conversation import Role
from ingest.transcripts.fields import line, name, record, text
from ingest.transcripts.times import instant
from ingest.transcripts.transcript import Draft, Transcript

_ROLES: dict[str, Role] = {"user": "user", "human": "user", "assistant": "assistant"}


@dataclass(slots=True)
class _Talk:
    """A conversation and the person who spoke first in it: that one is the user."""

    draft: Draft
    first: str = ""

    def add(self, turn: dict[str, object]) -> None:
        self.draft.title = line(turn.get("title")) or self.draft.title
        speaker = line(turn.get("speaker"))
        role = self._role(line(turn.get("role")), speaker)
        if role is None:
            return
        self.draft.say(
            role,
            text(turn.get("text")),
            name(turn.get("id")),
            instant(turn.get("time")) or instant(turn.get("date")),
            speaker="" if speaker.casefold() in _ROLES else speaker,
            model=line(turn.get("model")),
        )

    def _role(self, role: str, speaker: str) -> Role | None:
        """None for a role that is no side of a conversation, such as "system" or "tool"."""
        word = (role or speaker).casefold()
        if role or word in _ROLES:
            return _ROLES.get(word)
        self.first = self.first or speaker
        return "user" if speaker == self.first else "assistant"


def origin_of(turn: dict[str, object]) -> str | None:
    """Who recorded the turn, "turns" if it does not say; None if it is no turn."""
    said = turn.get("text"), turn.get("role") or turn.get("speaker")
    if not _conversation(turn) or not all(isinstance(each, str) for each in said):
        return None
    return line(turn.get("origin")) or "turns"


def read(values: Iterable[object], fallback: datetime) -> Iterator[Transcript]:
    """The conversations, which may be mixed; what is no turn is left out.

    `fallback` is the time of a first turn that has none.
    """
    talks: dict[tuple[str, str], _Talk] = {}
    for turn in map(record, values):
        origin, key = origin_of(turn), _conversation(turn)
        if origin is None:
            continue
        if (origin, key) not in talks:
            talks[origin, key] = _Talk(Draft(origin, key, fallback))
        talks[origin, key].add(turn)
    for talk in talks.values():
        yield talk.draft.finished()


def _conversation(turn: dict[str, object]) -> str:
    return name(turn.get("conversation")) or name(turn.get("conv"))
