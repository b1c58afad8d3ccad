"""Labelled third questions of conversations: half go on with the second, half change the topic.

Of the sets that are not ours `followups.jsonl` holds ids alone; its questions and answers are in
words of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("followups.jsonl")


@dataclass(frozen=True, slots=True)
class Place:
    """What answers: a file of `data/docs` and words that stand in it, or the id of a turn or
    document of a set.
    """

    id: str
    words: str = ""

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the words stand in the file's text, however its lines are broken."""
        found = re.search(r"\s+".join(map(re.escape, self.words.split())), text)
        return found.span() if found else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """An exchange before the question, and what its answer was built on."""

    question: str
    answer: str
    cited: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The third question of a conversation, and what a perfect rewriter would make of it."""

    id: str
    set: str
    """`handbook` (the sample documents), `locomo` or `claude-docs`."""
    conv: str | None
    """The conversation of a memory set that is asked about."""
    split: str
    """`tune` or `hold`: what is fitted on one half is measured on the other."""
    topic_change: bool
    earlier: tuple[Earlier, Earlier]
    question: str
    ideal: str
    evidence: tuple[Place, ...]
    """Any of these answers."""


def load(path: Path = PATH) -> list[FollowUp]:
    """All questions, in the order of the file."""
    return [_follow_up(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _follow_up(kept: Mapping[str, Any]) -> FollowUp:
    first, second = (
        Earlier(turn["question"], turn["answer"], _places(turn["cited"]))
        for turn in kept["earlier"]
    )
    return FollowUp(
        id=kept["id"],
        set=kept["set"],
        conv=kept.get("conv"),
        split=kept["split"],
        topic_change=kept["topic_change"],
        earlier=(first, second),
        question=kept["question"],
        ideal=kept["ideal"],
        evidence=_places(kept["evidence"]),
    )


def _places(kept: list[str | dict[str, str]]) -> tuple[Place, ...]:
    return tuple(
        Place(row) if isinstance(row, str) else Place(row["file"], row["words"]) for row in kept
    )
