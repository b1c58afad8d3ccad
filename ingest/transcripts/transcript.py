"""A past conversation, as another tool kept it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ingest.conversation import UNNAMED, Role, Turn
from ingest.text.cleaning import masked, masked_id

_TITLE_LENGTH = 60
_TICK = timedelta(milliseconds=1)
_LEEWAY = timedelta(days=1)
"""A clock may be wrong by a time zone."""
_NO_TITLES = frozenset(("new chat", "new conversation", "new thread", "untitled"))
"""What tools call a conversation that has no title yet."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader knows of the file that it reads.

    - `written` is when the file was written, which is the time of a message that has none.
    - `name` is its name, or that of the member of a zip.
    - `beside` reads another file of the same export, given relative to this one; it returns no
      bytes if that is missing.
    - `remarks` counts what the reader left out or guessed, in words for the user.
    """

    written: datetime
    name: str = ""
    beside: Callable[[str], bytes] = lambda name: b""
    remarks: Counter[str] = field(default_factory=Counter)

    @property
    def latest(self) -> datetime:
        """A later time is not believed: neither of the file's own future nor of ours."""
        return min(self.written, datetime.now(UTC)) + _LEEWAY


def key_of(reading: Reading) -> str:
    """Return a key for the one conversation of a file that has none; of several, the reader adds a
    number or a day to it.
    """
    stem = reading.name.rpartition("/")[2].rpartition(".")[0]
    return f"{stem}{_place(reading)}"


def is_of_file(key: str, reading: Reading) -> bool:
    """Return whether `key_of` made a key, or its beginning."""
    return _place(reading) in key


def _place(reading: Reading) -> str:
    return f"-{hashlib.sha256(reading.name.encode(errors='replace')).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """Messages in the order they were said. `key` is the conversation's id where it comes from.

    - `assistant` is the name of the one who answers; empty for Claude.
    - `updated` is when the conversation last changed, as far as the file tells.
    - `titled` says that the title was given, not taken from the first words.
    - `dropped` are ids of messages that are not part of it (any more), on abandoned branches;
      `absorbed` of those that are part of another message, as pieces of an answer.
    - `unnamed` are the ids of messages that had none: they were made of their words.
    - `of_file` says that the conversation has no id where it comes from: the key is the file's.
    - `claimed` is the origin that a file of turns claims; it is not believed.
    """

    origin: str
    key: str
    title: str
    started: datetime
    messages: tuple[Turn, ...]
    assistant: str = ""
    updated: datetime = EPOCH
    titled: bool = False
    project: str = ""
    branch: str = ""
    dropped: frozenset[str] = frozenset()
    absorbed: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    of_file: bool = False
    claimed: str = ""


@dataclass(slots=True)
class Draft:
    """A transcript that is being read.

    A first message without a time has that of the conversation's beginning, or the file's; any
    other that of the one before it and a millisecond, so that the order stays.
    """

    origin: str
    key: str
    reading: Reading
    title: str = ""
    assistant: str = ""
    started: datetime | None = None
    updated: datetime | None = None
    project: str = ""
    branch: str = ""
    claimed: str = ""
    messages: list[Turn] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    absorbed: set[str] = field(default_factory=set)
    size: int = 0
    _unnamed: set[str] = field(default_factory=set)
    _uses: Counter[str] = field(default_factory=Counter)
    _clock: datetime | None = None
    _first: str = ""

    def say(
        self,
        role: Role,
        text: str,
        id: str,  # noqa: A002 - the field it becomes
        time: datetime | None,
        *,
        speaker: str = "",
        model: str = "",
        narration: int = 0,
        assistant: str | None = None,
    ) -> None:
        """Add a message, unless it is empty."""
        name = self.assistant if assistant is None else assistant
        answered = name if role == "assistant" and not speaker else ""
        turn = Turn(role, text, time or self._next(), id, speaker, model=model, assistant=answered)
        self.add(replace(turn, narration=narration), timed=time is not None)

    def add(self, turn: Turn, *, timed: bool = True) -> None:
        """Add a turn that is complete but for a believable time and an id, unless it is empty."""
        text = turn.text.strip()
        if not text:
            return
        time = turn.time if timed and turn.time <= self.reading.latest else self._next()
        narration = max(0, turn.narration - (len(turn.text) - len(turn.text.lstrip())))
        self._clock = time
        self._first = self._first or (text if turn.role == "user" else "")
        self.size += len(text)
        named = replace(turn, text=text, time=time, narration=narration)
        self.messages.append(replace(named, id=self._unique(named)))

    def drop(self, ids: Iterable[str]) -> None:
        """Note messages that are not part of the conversation."""
        self.dropped.update(filter(None, ids))

    def _next(self) -> datetime:
        if self._clock:
            return self._clock + _TICK
        return self._believed(self.started) or self.reading.written

    def _unique(self, turn: Turn) -> str:
        """The id, or one made of the words, with "#2", "#3" … when it is taken."""
        wanted = masked_id(turn.id)
        if not wanted:
            side = "" if turn.speaker else turn.role  # who has a name may be on either side
            words = f"{side}\0{turn.speaker}\0{turn.text}"
            wanted = f"{UNNAMED}{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        unique = wanted
        while unique in self._uses:
            self._uses[wanted] += 1
            unique = f"{wanted}#{self._uses[wanted]}"
        self._uses[unique] = 1
        if not turn.id:
            self._unnamed.add(unique)
        return unique

    def finished(self) -> Transcript:
        """The transcript; one without a title is called by the first thing that a user says."""
        given = "" if self.title.casefold() in _NO_TITLES else self.title
        title = given or _shortened(masked(self._first))  # half a secret would not be found
        first = self.messages[0].time if self.messages else self.reading.written
        started = self._believed(self.started) or first
        times = [turn.time for turn in self.messages]
        updated = self._believed(self.updated)
        kept = {turn.id for turn in self.messages}
        return Transcript(
            self.origin,
            masked_id(self.key),
            title,
            started,
            tuple(self.messages),
            assistant=self.assistant,
            updated=max([*times, updated] if updated else times, default=started),
            titled=bool(given),
            project=self.project,
            branch=self.branch,
            dropped=frozenset(self.dropped - kept),
            absorbed=frozenset(self.absorbed - kept),
            unnamed=frozenset(self._unnamed),
            of_file=is_of_file(self.key, self.reading),
            claimed=self.claimed,
        )

    def part(self) -> Transcript:
        """Return the messages read so far; the draft goes on from the last one."""
        done = self.finished()
        self.messages = self.messages[-1:]
        self.size = 0
        return done

    def _believed(self, time: datetime | None) -> datetime | None:
        return time if time is not None and time <= self.reading.latest else None


def _shortened(text: str) -> str:
    words = next(iter(text.splitlines()), "")
    return words if len(words) <= _TITLE_LENGTH else words[: _TITLE_LENGTH - 1].rstrip() + "…"
