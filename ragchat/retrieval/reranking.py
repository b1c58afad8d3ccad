"""The best passages are read beside the question, each with its neighbours, and put in order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.document import Hit
from ingest.text.amounts import counted

READ = 30
"""Passages that are read: the time it takes grows with each."""


class Reranker(Protocol):
    """What can tell how well a text answers a question."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers the question, 0..1, in the order given."""


@dataclass(frozen=True, slots=True)
class Reranking:
    """How many passages a reranker has read, and the time that it took."""

    passages: int
    seconds: float

    def __str__(self) -> str:
        return f"reranked {counted(self.passages, 'passage')} in {self.seconds:.1f} s"


def rerank(
    reranker: Reranker, question: str, hits: Sequence[Hit], texts: Sequence[str]
) -> tuple[tuple[Hit, ...], Reranking]:
    """Order the hits by the reranker's score, which becomes theirs; ties keep the order.

    `texts` are read in place of the passages: each with its neighbours.
    """
    started = time.monotonic()
    scores = reranker.score(question, texts)
    reranking = Reranking(len(hits), time.monotonic() - started)
    ordered = sorted(zip(scores, hits, strict=True), key=lambda pair: -pair[0])
    scored = (dataclasses.replace(hit, score=round(score, 4)) for score, hit in ordered)
    return tuple(scored), reranking
