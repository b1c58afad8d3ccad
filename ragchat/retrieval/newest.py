"""The newest holds: of what was changed, and of the editions of a document, it comes first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.document import Hit, MemoryPassage
from ragchat.query.wording import wording
from ragchat.retrieval.changes import newest_above
from ragchat.retrieval.editions import edition_name, fold_editions, name_without_version
from ragchat.retrieval.folding import fold
from ragchat.retrieval.fusion import ScoredCandidate
from ragchat.retrieval.loading import load_hits
from ragchat.retrieval.stated_sentences import says_any_change

if TYPE_CHECKING:
    from ingest.store import Store

LATER = 12
"""Memories below the best that are read for what changes one of these."""
EDITIONS = 24
"""Passages of documents below the best that are read for a newer edition of one of these."""


def newest_first(
    store: Store, best: Sequence[Hit], others: Sequence[ScoredCandidate], asked: str
) -> tuple[Hit, ...]:
    """The best hits, near-duplicates folded, each below what changes it and in its newest edition.

    `others` are the units that may come in for that, best first; `asked` is the question.
    """
    ordered = newest_above(fold(best), _later(store, best, others))
    further = _editions(store, ordered, others)
    return fold_editions(ordered, asked, lambda source: _words(store, source), further)


def _editions(
    store: Store, hits: Sequence[Hit], others: Sequence[ScoredCandidate]
) -> tuple[Hit, ...]:
    """Return hits of files that are called like that of a hit, but for the version."""
    names = {edition_name(hit.source) for hit in hits if hit.passage.kind == "document"} - {None}
    if not names:
        return ()
    documents = [unit for unit in others if unit.candidate.kind == "document"][:EDITIONS]
    found = store.passages.places([unit.candidate.chunk for unit in documents])
    named = {chunk: name_without_version(place.source) for chunk, place in found.items()}
    same = [unit for unit in documents if named.get(unit.candidate.chunk) in names]
    return load_hits(store, same)


def _later(store: Store, best: Sequence[Hit], others: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
    """Return memories that are later than the first of the best, and may change one of them."""
    times = [hit.passage.time for hit in best if isinstance(hit.passage, MemoryPassage)]
    first = min((time.timestamp() for time in times if time), default=math.inf)
    later = [unit for unit in others if (unit.candidate.time or 0.0) > first][:LATER]
    found = store.passages.places([unit.candidate.chunk for unit in later])
    texts = {chunk: place.text for chunk, place in found.items()}
    changing = [one for one in later if says_any_change(texts.get(one.candidate.chunk, ""))]
    return load_hits(store, changing)


def _words(store: Store, source: str) -> frozenset[str]:
    said = wording(store.catalogue.beginning(source))
    return said.words - said.figures
