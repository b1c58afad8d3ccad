"""Events that a question counts time from ("before the release"); pure.

When they were, only the memory knows: whoever asks looks for them there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ragchat.dates import BEGINNING, END, LONGEST, Interval

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in the words of the question, and the side of it that is asked for."""

    words: str
    side: Side

    def interval(self, said: datetime) -> Interval:
        """That side, if it was spoken of at this time."""
        return Interval(BEGINNING, said) if self.side == "before" else Interval(said, END)


_SIDES: dict[str, Side] = {"until": "before", "till": "before", "since": "after"}
_EVENT = re.compile(
    # A name, somebody's, or something that is done: "after how long" and "since when" are neither.
    r"\b(?P<edge>(?i:before|until|till|after|since)) (?P<words>"
    r"(?:(?:[Tt]he|that|this|our|my|his|her|their|your|I|we|you|he|she|they)\b|[A-Z]\w+|\w+ing\b)"
    r"(?:[ '’-]\w+){0,7}?)"
    r"(?=\s*(?:[?.,;:!]|$|\b(?:who|what|which|where|why|how|did|do|does|was|were|and)\b))"
)


def named_event(question: str) -> Event | None:
    """The first event that a question counts from; None if it has none."""
    match = _EVENT.search(question[:LONGEST])
    if not match:
        return None
    edge = match["edge"].lower()
    return Event(match["words"], _SIDES.get(edge) or ("before" if edge == "before" else "after"))
