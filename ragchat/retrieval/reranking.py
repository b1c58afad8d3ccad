"""The best passages are read beside the question, each with its neighbours, and put in order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.document import Passage
from ingest.text.amounts import counted

READ = 30
"""Passages that are read: the time it takes grows with each."""


class Reranker(Protocol):
    """What can tell how well a text answers a question."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, 0..1, in the order given."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How many passages a reranker has read, and the time that it took."""

    passages: int
    seconds: float

    def __str__(self) -> str:
        return f"reranked {counted(self.passages, 'passage')} in {self.seconds:.1f} s"


def reread(
    reranker: Reranker, question: str, passages: Sequence[Passage], texts: Sequence[str]
) -> tuple[tuple[Passage, ...], Reading]:
    """The passages by the reranker's score, which becomes theirs; ties keep the order.

    `texts` are what is read of each, a passage and what stands around it.
    """
    started = time.monotonic()
    scores = reranker.score(question, texts)
    reading = Reading(len(passages), time.monotonic() - started)
    ordered = sorted(zip(scores, passages, strict=True), key=lambda pair: -pair[0])
    scored = (dataclasses.replace(each, score=round(score, 4)) for score, each in ordered)
    return tuple(scored), reading
