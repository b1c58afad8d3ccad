"""The newest holds: of what was changed, and of the editions of a document, it comes first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.document import Hit, MemoryPassage
from ragchat.query.wording import wording
from ragchat.retrieval.changes import newest_above, says_any_change
from ragchat.retrieval.editions import edition_name, fold_editions, name_without_version
from ragchat.retrieval.folding import fold
from ragchat.retrieval.fusion import ScoredCandidate

if TYPE_CHECKING:
    from ingest.store import Store

LATER = 12
"""Memories below the best that are read for what changes one of these."""
EDITIONS = 24
"""Passages of documents below the best that are read for a newer edition of one of these."""

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
        return fold_editions(ordered, asked, self._words, self._editions(ordered, others))

    def _editions(self, hits: Sequence[Hit], others: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
        """What is of files with the name of one of the hits, but for its version."""
        names = {edition_name(hit.source) for hit in hits if hit.passage.kind == "document"}
        if not names - {None}:
            return ()
        documents = [unit for unit in others if unit.candidate.kind == "document"][:EDITIONS]
        found = self._store.passages.places([unit.candidate.chunk for unit in documents])
        named = {chunk: name_without_version(place.source) for chunk, place in found.items()}
        names.discard(None)
        return self._load([unit for unit in documents if named.get(unit.candidate.chunk) in names])

    def _later(self, best: Sequence[Hit], others: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
        """What was said later than the first of the best memories, and may change one of them."""
        times = [hit.passage.time for hit in best if isinstance(hit.passage, MemoryPassage)]
        first = min((time.timestamp() for time in times if time), default=math.inf)
        later = [unit for unit in others if (unit.candidate.time or 0.0) > first][:LATER]
        found = self._store.passages.places([unit.candidate.chunk for unit in later])
        texts = {chunk: place.text for chunk, place in found.items()}
        return self._load([u for u in later if says_any_change(texts.get(u.candidate.chunk, ""))])

    def _words(self, source: str) -> frozenset[str]:
        said = wording(self._store.catalogue.beginning(source))
        return said.words - said.figures
