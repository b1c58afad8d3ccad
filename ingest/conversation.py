"""Conversations: what was said, by whom, when. What a turn cost is kept here but not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

_MARK = re.compile(r"\[(\d{1,3})\]")

UNNAMED = "~"
"""What the id of a message begins with that has none where it comes from: it is made of words."""

Role = Literal["user", "assistant"]
Status = Literal["done", "interrupted", "cut off", "refused", "empty"]
"""How an answer ended: by itself; stopped by the user; broken off, by a limit (then there is a stop
reason) or by the connection or the service (then there is none); refused; or without a text.
"""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source of an answer: the place of a passage, never its text.

    `n` is the number it had in the answer; `hash` is the sha256 of the text that was sent, so that
    a later reader can tell whether the source has changed since.
    """

    n: int
    kind: str
    id: str
    source: str
    hash: str
    score: float
    cited: bool
    start_line: int | None = None
    end_line: int | None = None
    page: int | None = None
    place: str = ""
    conversation: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One side speaking. `id` is unique within its conversation; `time` is aware, in UTC.

    - `speaker` is the name of another speaker; empty for the user and for an assistant.
    - `assistant` is the name of the assistant that answers; empty for Claude.
    - An `echo` says nothing that its sources do not say.
    - `narration` counts the characters at the beginning that only tell what is done next.
    - `here` is False for what was imported.
    """

    role: Role
    text: str
    time: datetime
    id: str
    speaker: str = ""
    status: Status = "done"
    model: str = ""
    stop_reason: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[SourceRef, ...] = ()
    echo: bool = False
    assistant: str = ""
    narration: int = 0
    here: bool = True

    def spoken_by(self, user: str = "you") -> str:
        """The name of the one who speaks, for people and for Claude."""
        return self.speaker or (user if self.role == "user" else self.assistant or "Claude")

    @property
    def by_model(self) -> bool:
        """Whether a model said it."""
        return self.role == "assistant" and not self.speaker

    @property
    def sent_text(self) -> str:
        """What goes into a request for it: without marks and narration, and with the name of an
        assistant other than Claude, which would take the words for its own.
        """
        text = self.plain_text[self.narration :]
        if self.assistant and text:
            return f"({self.assistant} answered:)\n\n{text}"
        return f"{self.speaker}: {text}" if self.speaker and text else text

    @property
    def plain_text(self) -> str:
        """The text without the marks of its sources, whose numbers mean nothing elsewhere."""
        numbers = {str(ref.n) for ref in self.sources}
        return _MARK.sub(lambda mark: "" if mark[1] in numbers else mark[0], self.text)


def silence(role: Role, other: Turn) -> Turn:
    """The side of an exchange that said nothing."""
    return Turn(role, "", other.time, "", status="empty")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer: the unit of memory. In conversations from elsewhere a side may
    be silent: its text is empty then. `project` is the folder that a coding tool worked in.
    """

    id: str
    conversation: str
    question: Turn
    answer: Turn
    project: str = ""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The sides that said something, the question first."""
        return tuple(turn for turn in (self.question, self.answer) if turn.text)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges under one id. `origin` says who recorded them ("ragchat", "claude.ai", …).

    `project` and `branch` say where they were held, if the tool says so.
    """

    id: str
    title: str
    started: datetime
    origin: str = "ragchat"
    exchanges: tuple[Exchange, ...] = ()
    project: str = ""
    branch: str = ""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Everything that was said, in order."""
        return tuple(turn for exchange in self.exchanges for turn in exchange.turns)
