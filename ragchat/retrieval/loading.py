"""The passages of ranked candidates, read from the store: candidates become hits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.document import Hit, Passage
from ragchat.retrieval.fusion import ScoredCandidate

if TYPE_CHECKING:
    from ingest.store import Store


def load_hits(store: Store, units: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
    """The hits of these units; without those that were deleted meanwhile."""
    loaded = store.passages.load(
        [unit.candidate for unit in units],
        {unit.candidate.unit: unit.chunks for unit in units},
    )
    return hits_of(units, loaded)


def hits_of(units: Iterable[ScoredCandidate], loaded: Mapping[str, Passage]) -> tuple[Hit, ...]:
    """The units whose passages are loaded, as hits with a score from 0 to 1."""
    return tuple(
        Hit(
            passage=loaded[unit.candidate.unit],
            # What is added and taken off orders the passages; it can leave 0 to 1.
            score=min(1.0, max(0.0, round(unit.score, 4))),
            signals=unit.candidate.signals,
        )
        for unit in units
        if unit.candidate.unit in loaded
    )
