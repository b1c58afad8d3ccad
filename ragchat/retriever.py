"""A question gives passages, from documents and memory in one ranking."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.candidates import Scope
from ingest.document import Passage
from ingest.passages import passages
from ragchat.fusion import Ranked, above_floor, best_of_each_unit, fuse

if TYPE_CHECKING:
    from ingest.models import Embedder
    from ingest.store import Store

POOL = 100
"""Candidates a side from each pool: fewer cost recall (up to 4 points at 30), more only time."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found: the passages to show, best first, and how each candidate was ranked."""

    passages: tuple[Passage, ...]
    ranking: tuple[Ranked, ...]


class Retriever:
    """Looks in one store with one embedder."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self.embedder = embedder

    def retrieve(
        self,
        question: str,
        scope: Scope,
        *,
        top_k: int,
        leave_out: Collection[str] = (),
        floor: bool = True,
    ) -> Retrieved:
        """The best `top_k` passages. `leave_out` names ids that are on the table already."""
        self._store.use_model(self.embedder)
        vector = self.embedder.embed_question(question)
        ranking = fuse(self._store.candidates(question, vector, scope, POOL))
        kept = [
            each
            for each in best_of_each_unit(ranking)
            if each.candidate.unit not in leave_out and (not floor or above_floor(each))
        ]
        return Retrieved(passages=self._load(kept[:top_k]), ranking=tuple(ranking))

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to the question."""
        vectors = self.embedder.embed_passages(texts)
        return [float(each) for each in vectors @ self.embedder.embed_question(question)]

    def _load(self, ranked: Sequence[Ranked]) -> tuple[Passage, ...]:
        pairs = [(each.candidate, each.score) for each in ranked]
        loaded = passages(self._store.database, self._store.conversations, pairs)
        return tuple(dataclasses.replace(each, score=round(each.score, 4)) for each in loaded)
