"""Events that a question counts time from ("before the release"); pure.

When they were, only the memory knows: the caller looks for them there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ragchat.query.dates import BEGINNING, END, LONGEST, Interval

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """What happened, in the words of the question, and the side of it that is asked for."""

    words: str
    side: Side

    def interval(self, said: datetime) -> Interval:
        """That side, if it was spoken of at this time."""
        return Interval(BEGINNING, said) if self.side == "before" else Interval(said, END)


_BEFORE = {"before", "until", "till"}
_EVENT = re.compile(
    # A name, a possessive, or something done: "after how long" and "since when" are neither.
    r"\b(?P<edge>(?i:before|until|till|after|since)) (?P<words>"
    r"(?:(?:[Tt]he|that|this|our|my|his|her|their|your|I|we|you|he|she|they)\b|[A-Z]\w+|\w+ing\b)"
    r"(?:[ '’-]\w+){0,7}?)"
    r"(?=\s*(?:[?.,;:!]|$|\b(?:who|what|which|where|why|how|did|do|does|was|were|and)\b))"
)

# "Before I forget", "before anything is deployed", "before morning", "before that".
_NO_EVENT = re.compile(
    r"(?:any|every|some|no)?thing\b|(?:morning|evening|spring|string|ceiling)\b|(?:this|that)$"
    r"|(?:I|we|you) (?:forget\b.*|ask|answer|begin|continue|go|go on|start)$",
    re.IGNORECASE,
)


def named_event(question: str) -> NamedEvent | None:
    """The first event that a question counts from; None if it has none."""
    for match in _EVENT.finditer(question[:LONGEST]):
        if not _NO_EVENT.match(match["words"]):
            side: Side = "before" if match["edge"].lower() in _BEFORE else "after"
            return NamedEvent(match["words"], side)
    return None
