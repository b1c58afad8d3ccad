"""A question gives passages, from documents and memory in one ranking."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.candidates import Scope
from ingest.document import Passage
from ingest.passages import passages
from ragchat.folding import Folded, fold
from ragchat.fusion import Ranked, above_floor, best_of_each_unit, fuse

if TYPE_CHECKING:
    from ingest.models import Embedder
    from ingest.store import Store

POOL = 100
"""Candidates a side from each pool: fewer cost recall (up to 4 points at 30), more only time."""

NEAR = 5
"""How many of those that lost their place are named."""

SPARE = 4
"""Passages loaded beyond those wanted: near-duplicates give their places back."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A passage that was near and is not shown, and why."""

    passage: Passage
    reason: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found, best first, with near-duplicates folded; `ranking` is how each candidate
    was ranked, `missed` the nearest that are not shown.
    """

    found: tuple[Folded, ...]
    ranking: tuple[Ranked, ...]
    missed: tuple[Missed, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What was found, without the older ones that say the same."""
        return tuple(each.passage for each in self.found)


class Retriever:
    """Looks in one store with one embedder."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self.embedder = embedder

    def rank(self, question: str, scope: Scope) -> list[Ranked]:
        """Every candidate for a question, best first: before floors and folding."""
        self._store.use_model(self.embedder)
        vector = self.embedder.embed_question(question)
        return fuse(self._store.candidates(question, vector, scope, POOL))

    def retrieve(
        self,
        question: str,
        scope: Scope,
        *,
        top_k: int,
        leave_out: Collection[str] = (),
        floor: bool = True,
        near: bool = False,
    ) -> Retrieved:
        """The best `top_k` passages. `leave_out` names ids that are on the table already; with
        `near`, the nearest that lost are named, too.
        """
        ranking = self.rank(question, scope)
        units = best_of_each_unit(ranking)
        reasons = [
            "it stands in the window already"
            if each.candidate.unit in leave_out
            else "it has too little to do with the question"
            if floor and not above_floor(each)
            else ""
            for each in units
        ]
        kept = [each for each, reason in zip(units, reasons, strict=True) if not reason]
        folded = fold(self._load(kept[: top_k + SPARE]))
        lost = [pair for pair in zip(units, reasons, strict=True) if pair[1]][: NEAR if near else 0]
        missed = zip(self._load([each for each, _ in lost]), (why for _, why in lost), strict=False)
        beyond = (Missed(each.passage, f"not among the best {top_k}") for each in folded[top_k:])
        return Retrieved(
            found=tuple(folded[:top_k]),
            ranking=tuple(ranking),
            missed=(*beyond, *(Missed(*each) for each in missed)) if near else (),
        )

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to the question."""
        vectors = self.embedder.embed_passages(texts)
        return [float(each) for each in vectors @ self.embedder.embed_question(question)]

    def _load(self, ranked: Sequence[Ranked]) -> tuple[Passage, ...]:
        pairs = [(each.candidate, each.score) for each in ranked]
        loaded = passages(self._store.database, self._store.conversations, pairs)
        return tuple(
            dataclasses.replace(each, score=max(0.0, round(each.score, 4))) for each in loaded
        )
