"""A past conversation, as another tool kept it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.conversation import Role
from ingest.text.cleaning import masked, masked_id

_TITLE_LENGTH = 60
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Message:
    """One side speaking. `id` is unique within its transcript; `time` is aware, in UTC.

    `speaker` is a name; "" for the user and the assistant themselves.
    """

    id: str
    role: Role
    speaker: str
    text: str
    time: datetime
    model: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Messages in the order they were said. `key` is the conversation's id where it comes from."""

    origin: str
    key: str
    title: str
    started: datetime
    messages: tuple[Message, ...]


@dataclass(slots=True)
class Draft:
    """A transcript that is being read.

    `clock` is the time of a first message that has none; any other has that of the one before it
    and a millisecond, so that the order stays.
    """

    origin: str
    key: str
    clock: datetime
    title: str = ""
    messages: list[Message] = field(default_factory=list)
    _uses: Counter[str] = field(default_factory=Counter)

    def say(
        self,
        role: Role,
        text: str,
        id: str,  # noqa: A002 - the field it becomes
        time: datetime | None,
        *,
        speaker: str = "",
        model: str = "",
    ) -> None:
        """Add a message, unless it is empty."""
        text = text.strip()
        if not text:
            return
        if time is None:
            time = self.clock + _TICK if self.messages else self.clock
        self.clock = time
        self.messages.append(Message(self._unique(id), role, speaker, text, time, model))

    def _unique(self, wanted: str) -> str:
        """The id, or with "#2", "#3" … when it is taken."""
        wanted = masked_id(wanted) or str(len(self.messages) + 1)
        unique = wanted
        while unique in self._uses:
            self._uses[wanted] += 1
            unique = f"{wanted}#{self._uses[wanted]}"
        self._uses[unique] = 1
        return unique

    def finished(self, started: datetime | None = None) -> Transcript:
        """The transcript; one without a title is called by the first thing that a user says."""
        said = next((each.text for each in self.messages if each.role == "user"), "")
        title = self.title or _shortened(masked(said))  # half a secret would not be found
        first = self.messages[0].time if self.messages else self.clock
        origin, key = masked_id(self.origin), masked_id(self.key)
        return Transcript(origin, key, title, started or first, tuple(self.messages))


def _shortened(text: str) -> str:
    words = next(iter(text.splitlines()), "")
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1].rstrip() + "…"
