"""The newest holds: of what was changed, and of the editions of a document, it comes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.document import Hit, MemoryPassage
from ragchat.query.wording import wording
from ragchat.retrieval.changes import newest_above
from ragchat.retrieval.editions import fold_editions, has_edition
from ragchat.retrieval.folding import fold
from ragchat.retrieval.fusion import ScoredCandidate

if TYPE_CHECKING:
    from ingest.store import Store

LATER = 24
"""Memories below the best that are read for what changes one of these, and as many passages of
documents for a newer edition: 2 ms."""

Load = Callable[[Sequence[ScoredCandidate]], tuple[Hit, ...]]


class NewestFirst:
    """Puts hits in their last order; `load` returns the hits of candidates."""

    def __init__(self, store: Store, load: Load) -> None:
        self._store = store
        self._load = load

    def order(
        self, best: Sequence[Hit], units: Sequence[ScoredCandidate], asked: str
    ) -> tuple[Hit, ...]:
        """The best hits, near-duplicates folded, each below what changes it and in its newest
        edition. `units` are all that may come in for that, best first.
        """
        shown = {hit.passage.id for hit in best}
        others = [unit for unit in units if unit.candidate.unit not in shown]
        ordered = newest_above(fold(best), self._later(best, others))
        if not any(map(has_edition, ordered)) and not _same_titles(ordered):
            return ordered
        documents = [unit for unit in others if unit.candidate.kind == "document"]
        return fold_editions(ordered, asked, self._words, self._load(documents[:LATER]))

    def _later(self, best: Sequence[Hit], others: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
        """What was said later than the first of the best memories."""
        times = [hit.passage.time for hit in best if isinstance(hit.passage, MemoryPassage)]
        first = min((time.timestamp() for time in times if time), default=math.inf)
        later = [unit for unit in others if (unit.candidate.time or 0.0) > first]
        return self._load(later[:LATER])

    def _words(self, source: str) -> frozenset[str]:
        said = wording(self._store.catalogue.beginning(source))
        return said.words - said.figures


def _same_titles(hits: Sequence[Hit]) -> bool:
    """Whether two files among the hits have the same title."""
    titles = {hit.source: hit.title for hit in hits if hit.title}
    return len(set(titles.values())) < len(titles)
