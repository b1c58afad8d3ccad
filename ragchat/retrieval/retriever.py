"""A question gives passages, from documents and memory in one ranking."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.document import Passage
from ingest.search.candidates import Scope
from ingest.search.passages import Found, passages, told, with_neighbours
from ragchat.query.about_user import asks_about_oneself
from ragchat.query.dates import Interval, Named, named_times
from ragchat.query.events import NamedEvent, named_event
from ragchat.query.followup import CARRIED, WEIGHT, Earlier, background, leans
from ragchat.retrieval.explanation import Explanation, explain
from ragchat.retrieval.folding import Folded, fold
from ragchat.retrieval.fusion import Ranked, best_of_each_unit, carried, fuse, timely
from ragchat.retrieval.relevance import GAUGES, Gauge, gauged, relevant
from ragchat.retrieval.reranking import READ, Reading, Reranker, reread

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
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
    was ranked, `missed` the nearest that are not shown; `reading` is there if a reranker has read.
    `oneself`: the question was about the one who asks; the last `told` were found by meaning alone.
    """

    found: tuple[Folded, ...]
    ranking: tuple[Ranked, ...]
    missed: tuple[Missed, ...] = ()
    reading: Reading | None = None
    oneself: bool = False
    told: int = 0

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What was found, without the older ones that say the same."""
        return tuple(each.passage for each in self.found)


class Retriever:
    """Looks in one store with one embedder; a `reranker` has the last word on what is best."""

    def __init__(self, store: Store, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._store = store
        self.embedder = embedder
        self._reranker = reranker
        self._gauged: Gauge | None = None

    def rank(
        self,
        question: str,
        scope: Scope,
        before: Sequence[Earlier] = (),
        now: datetime | None = None,
    ) -> list[Ranked]:
        """Every candidate for a question, best first: before floors and folding.

        A question that leans on what was said `before` it is searched for together with that, and
        what the last answer cited is carried over. Times that it names, some of them counted from
        `now` or from an event that the memory speaks of, lift what was said then; memory is
        narrowed to them if they are when it was said, and something is found there.
        """
        named = named_times(question, now)
        narrow = narrowed(scope, named)
        if narrow:
            ranked = self._fused(question, narrow, before)
            if named.alone:
                ranked = [replace(each, by_time=each.candidate.kind == "memory") for each in ranked]
            memory = [each for each in ranked if each.candidate.kind == "memory"]
            if any(self.relevant(question, memory)):
                return ranked
        times = named.intervals or self._around(named_event(question), scope)
        return timely(self._fused(question, scope, before), times)

    def _around(self, event: NamedEvent | None, scope: Scope) -> tuple[Interval, ...]:
        """The side of an event that a question asks for, by when the memory speaks of it."""
        if event is None or "memory" not in scope.kinds:
            return ()
        best = self._fused(event.words, replace(scope, kinds=("memory",)), ())[:1]
        near = best and all(self.relevant(event.words, best))
        said = best[0].candidate.time if near else None
        return () if said is None else (event.interval(datetime.fromtimestamp(said, UTC)),)

    def _fused(self, question: str, scope: Scope, before: Sequence[Earlier]) -> list[Ranked]:
        self._store.use_model(self.embedder)
        vector = self.embedder.embed_question(question)
        if not before or not leans(question):
            return fuse(self._store.candidates(question, vector, scope, POOL))
        said = background(before)
        vector = vector + WEIGHT * self.embedder.embed_question(said)
        vector /= math.sqrt(float(vector @ vector))
        found = self._store.candidates(f"{question} {said}", vector, scope, POOL)
        return carried(fuse(found), before[-1].cited, CARRIED)

    def retrieve(
        self,
        question: str,
        scope: Scope,
        *,
        top_k: int,
        leave_out: Collection[str] = (),
        floor: bool = True,
        browsing: bool = False,
        before: Sequence[Earlier] = (),
        near: bool = False,
        now: datetime | None = None,
        more_told: int = 0,
    ) -> Retrieved:
        """The best `top_k` passages. `leave_out` names ids that are on the table already; with
        `near`, the nearest that lost are named, too. For somebody who is `browsing` less must
        speak for a passage than for one that is sent to a model. `before` is what was said last,
        `now` what "last Tuesday" is counted from. A question about the one who asks gets up to
        `more_told` short things that this person told beyond.
        """
        ranking = self.rank(question, scope, before, now)
        units = best_of_each_unit(ranking)
        reasons = self._reasons(question, units, leave_out, floor=floor, browsing=browsing)
        kept = [each for each, reason in zip(units, reasons, strict=True) if not reason]
        loaded, reading = self._best(question, kept, top_k + SPARE, before)
        # Last of all, so that whatever ranked them, of what disagrees the newest stands first.
        folded = fold(loaded)
        found, oneself = folded[:top_k], asks_about_oneself(question)
        more = self._told(kept, found, more_told) if oneself and more_told else ()
        found += more
        return Retrieved(
            found=found,
            ranking=tuple(ranking),
            missed=self._missed(folded, found, top_k, zip(units, reasons, strict=True))
            if near
            else (),
            reading=reading,
            oneself=oneself,
            told=len(more),
        )

    def _reasons(
        self,
        question: str,
        units: Sequence[Ranked],
        leave_out: Collection[str],
        *,
        floor: bool,
        browsing: bool,
    ) -> list[str]:
        """Why each is not shown; "" for what may be."""
        enough = self.relevant(question, units, opened=browsing) if floor else [True] * len(units)
        return [
            "it stands in the window already"
            if each.candidate.unit in leave_out
            else "it has too little to do with the question"
            if not near_enough
            else ""
            for each, near_enough in zip(units, enough, strict=True)
        ]

    def _told(
        self, kept: Sequence[Ranked], found: Sequence[Folded], most: int
    ) -> tuple[Folded, ...]:
        """More of what the person told: short and many, where nothing tells which one answers."""
        shown = {each.id for entry in found for each in (entry.passage, *entry.earlier)}
        more = sorted(
            (each for each in kept if each.candidate.unit not in shown),
            key=lambda each: -each.candidate.cosine,
        )
        return fold(told(self._store.conversations, _scored(more)))[:most]

    def _missed(
        self,
        folded: Sequence[Folded],
        found: Sequence[Folded],
        top_k: int,
        units: Iterable[tuple[Ranked, str]],
    ) -> tuple[Missed, ...]:
        """The nearest that are not shown: first those that only others were better than."""
        shown = {each.passage.id for each in found}
        lost = [(one, why) for one, why in units if why][:NEAR]
        return (
            *(
                Missed(each.passage, f"not among the best {top_k}")
                for each in folded[top_k : top_k + SPARE]
                if each.passage.id not in shown
            ),
            *(Missed(each, why) for one, why in lost for each in self._load([one])),
        )

    def _best(
        self, question: str, kept: Sequence[Ranked], wanted: int, before: Sequence[Earlier]
    ) -> tuple[tuple[Passage, ...], Reading | None]:
        """The best of what is kept, at least as many as are wanted if there are."""
        if self._reranker is None:
            return self._load(kept[:wanted]), None
        loaded = self._load(kept[: max(READ, wanted)])
        chunks = {each.candidate.unit: each.candidate.chunk for each in kept}
        texts = [
            with_neighbours(self._store.database, chunks[each.id])
            if each.kind == "document"
            else each.text
            for each in loaded
        ]
        asked = f"{question} {background(before)}" if before and leans(question) else question
        return reread(self._reranker, asked, loaded, texts)

    def relevant(
        self, question: str, ranked: Sequence[Ranked], *, opened: bool = False
    ) -> list[bool]:
        """For each candidate, whether it has enough to do with the question to be shown."""
        oneself = asks_about_oneself(question)
        near = relevant(ranked, self._gauge(), opened=opened, oneself=oneself)
        return [each.by_time or enough for each, enough in zip(ranked, near, strict=True)]

    def explain(self, retrieved: Retrieved) -> dict[str, Explanation]:
        """How each passage of a retrieval was ranked, by its id."""
        return explain(retrieved.ranking, self._gauge(), oneself=retrieved.oneself)

    def closeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of each text to the question."""
        vectors = self.embedder.embed_passages(texts)
        return [float(each) for each in vectors @ self.embedder.embed_question(question)]

    def _gauge(self) -> Gauge:
        """What cosines mean in this model: measured once and kept in the library."""
        if self._gauged is None:
            name = f"gauge:{self.embedder.fingerprint}"
            kept = self._store.database.fact(name)
            self._gauged = Gauge(*json.loads(kept)) if kept else self._measured()
            if not kept:
                value = json.dumps([self._gauged.unrelated, self._gauged.related])
                self._store.database.put_fact(name, value)
        return self._gauged

    def _measured(self) -> Gauge:
        import numpy as np

        questions = np.stack([self.embedder.embed_question(asked) for asked, _ in GAUGES])
        answers = self.embedder.embed_passages([answer for _, answer in GAUGES])
        return gauged((questions @ answers.T).tolist())

    def _load(self, ranked: Sequence[Ranked]) -> tuple[Passage, ...]:
        return tuple(passages(self._store.database, self._store.conversations, _scored(ranked)))


def _scored(ranked: Iterable[Ranked]) -> list[Found]:
    # What is added and taken off orders the passages; a score that is shown is from 0 to 1.
    return [
        Found(each.candidate, min(1.0, max(0.0, round(each.score, 4))), each.chunks)
        for each in ranked
    ]


def narrowed(scope: Scope, named: Named) -> Scope | None:
    """The scope with its memory narrowed to when something was said; None if that is not asked."""
    if not named.when_said or "memory" not in scope.kinds:
        return None
    since = min(each.start for each in named.intervals).timestamp()
    until = max(each.end for each in named.intervals).timestamp()
    since = since if scope.since is None else max(since, scope.since)
    until = until if scope.until is None else min(until, scope.until)
    return replace(scope, since=since, until=until)
