"""A query returns hits, of documents and memory in one ranking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.document import Hit, Passage
from ingest.search.scope import Scope
from ingest.text.sentences import words_held
from ragchat.query.about_user import AboutUser
from ragchat.query.dates import Interval
from ragchat.query.events import NamedEvent
from ragchat.query.followup import CARRIED, Earlier
from ragchat.query.query import Query, read_query
from ragchat.retrieval.by_time import ByTime, nothing_said
from ragchat.retrieval.explanation import Explanation, explain
from ragchat.retrieval.folding import fold
from ragchat.retrieval.fusion import ScoredCandidate, best_of_each_unit, carried, fuse, timely
from ragchat.retrieval.language_notice import library_notice, question_notice
from ragchat.retrieval.library_facts import LibraryFacts, library_facts
from ragchat.retrieval.measured_gauges import measured_gauges
from ragchat.retrieval.newest import NewestFirst
from ragchat.retrieval.policy import ForReader, ForRequest, Policy, Unfiltered
from ragchat.retrieval.relevance import relevant
from ragchat.retrieval.reranking import READ, Reranker, Reranking, rerank

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

POOL = 100
"""Candidates a side from each pool: fewer cost recall (up to 4 points at 30), more only time."""

NEAR = 5
"""How many of those below their threshold are named as near misses."""

SPARE = 4
"""Passages loaded beyond those wanted: near-duplicates free their positions."""

NEAREST = 3
"""For each further statement that is wanted, this many are read first: some say the same as others,
and folding takes time that grows with the square of them."""

IN_WINDOW = "already in the recent turns"
ASKED_AGAIN = "it is being answered again"
TOO_FAR = "below the relevance threshold"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A hit that was near and is not shown, and why."""

    hit: Hit
    reason: str


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a query found.

    `hits` are the best, near-duplicates folded; `personal_memories` are further statements of the
    user, for a question about them; `near_misses` lost their position. `candidates` is the whole
    ranking. `reranking` is there if a reranker has read the hits.
    """

    query: Query
    hits: tuple[Hit, ...]
    candidates: tuple[ScoredCandidate, ...]
    personal_memories: tuple[Hit, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    reranking: Reranking | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all hits, without their older near-duplicates."""
        return tuple(hit.passage for hit in (*self.hits, *self.personal_memories))


class Retriever:
    """Searches one store with one embedder; a `reranker` decides on the order of the best."""

    def __init__(self, store: Store, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._store = store
        self.embedder = embedder
        self._reranker = reranker
        self._gauges = measured_gauges(store, embedder)
        self._newest_first = NewestFirst(store, self._load)
        self._by_time = ByTime(store, self.read, self._fused, self.relevant)

    def read(
        self, question: str, before: Sequence[Earlier] = (), now: datetime | None = None
    ) -> Query:
        """Read a question; see `read_query`."""
        return read_query(question, self.embedder.embed_question, before=before, now=now)

    def retrieve(self, query: Query, scope: Scope, policy: Policy) -> Retrieval:
        """The best hits for a query."""
        ranking = self.rank(query, scope)
        units = best_of_each_unit(ranking)
        reasons = self._reasons(query, units, policy)
        kept = [unit for unit, reason in zip(units, reasons, strict=True) if not reason]
        best, reranking = self._best(query, kept, policy.top_k + SPARE)
        # Last of all, so that whatever ranked them, of what disagrees the newest comes first.
        known = zip(units, reasons, strict=True)
        free = [unit for unit, why in known if why not in (IN_WINDOW, ASKED_AGAIN)]
        folded = self._newest_first.order(best, free, query.text)
        if query.asks_how_new:
            folded = tuple(replace(hit, dated=hit.passage.kind == "document") for hit in folded)
        hits = folded[: policy.top_k]
        found = Retrieval(query, hits, tuple(ranking), reranking=reranking)
        if not isinstance(policy, ForRequest):
            return found
        about_user = self._about_user(query, ranking)
        most = policy.personal_memories if about_user.asks_for_statements else 0
        personal = self._personal(kept, hits, most) if most else ()
        lost = [(unit, why) for unit, why in zip(units, reasons, strict=True) if why][:NEAR]
        near_misses = self._near_misses(folded, lost, {hit.passage.id for hit in personal}, policy)
        return replace(found, personal_memories=personal, near_misses=near_misses)

    def rank(self, query: Query, scope: Scope) -> list[ScoredCandidate]:
        """Every candidate for a query, best first: before thresholds and folding.

        What the last answer cited is carried over, if the query leans on it. Times that it names,
        or an event that the memory speaks of, lift what was said then; memory is narrowed to the
        times if they are when it was said, and something is found there; files likewise.
        """
        ranked = self._by_time.ranked(query, scope)
        if ranked is not None:
            return ranked
        times = query.times.intervals or self._around(query.event, scope)
        return timely(self._fused(query, scope), times)

    def _around(self, event: NamedEvent | None, scope: Scope) -> tuple[Interval, ...]:
        """The side of an event that a query asks for, by when the memory speaks of it."""
        if event is None or "memory" not in scope.kinds:
            return ()
        query = self.read(event.words)
        best = self._fused(query, replace(scope, kinds=("memory",)))[:1]
        near = best and all(self.relevant(query, best))
        said = best[0].candidate.time if near else None
        return () if said is None else (event.interval(datetime.fromtimestamp(said, UTC)),)

    def _fused(self, query: Query, scope: Scope) -> list[ScoredCandidate]:
        self._store.use_model(self.embedder)
        found = self._store.candidates(query.words, query.vector, scope, POOL)
        fused = fuse(found, self._gauges)
        return carried(fused, query.cited, CARRIED) if query.background else fused

    def _reasons(
        self, query: Query, units: Sequence[ScoredCandidate], policy: Policy
    ) -> list[str | None]:
        """Why each unit is not shown; None for one that may be."""
        known: dict[str, str] = {}
        if isinstance(policy, ForRequest):
            known = {policy.instead_of: ASKED_AGAIN, **dict.fromkeys(policy.in_window, IN_WINDOW)}
        enough = (
            [True] * len(units)
            if isinstance(policy, Unfiltered)
            else self.relevant(query, units, opened=isinstance(policy, ForReader))
        )
        return [
            known.get(unit.candidate.unit) or (None if near_enough else TOO_FAR)
            for unit, near_enough in zip(units, enough, strict=True)
        ]

    def _personal(
        self, kept: Sequence[ScoredCandidate], hits: Sequence[Hit], most: int
    ) -> tuple[Hit, ...]:
        """More of what the user stated: short and many, where nothing tells which one answers."""
        shown = {one.passage.id for hit in hits for one in (hit, *hit.earlier)}
        more = sorted(
            (unit for unit in kept if unit.candidate.unit not in shown),
            key=lambda unit: -unit.candidate.signals.cosine,
        )
        folded: tuple[Hit, ...] = ()
        for nearest in (more[: NEAREST * most], more):
            stated = self._store.passages.short_statements([unit.candidate for unit in nearest])
            folded = fold(_hits(nearest, stated))
            if len(folded) >= most:
                break
        return folded[:most]

    def _near_misses(
        self,
        folded: Sequence[Hit],
        lost: Sequence[tuple[ScoredCandidate, str]],
        shown: set[str],
        policy: Policy,
    ) -> tuple[NearMiss, ...]:
        """The nearest that are not shown: first those that only others were better than."""
        beyond = folded[policy.top_k : policy.top_k + SPARE]
        reasons = {unit.candidate.unit: reason for unit, reason in lost}
        return (
            *(
                NearMiss(hit, f"not among the best {policy.top_k}")
                for hit in beyond
                if hit.passage.id not in shown
            ),
            *(
                NearMiss(hit, reasons[hit.passage.id])
                for hit in self._load([unit for unit, _ in lost])
            ),
        )

    def _best(
        self, query: Query, kept: Sequence[ScoredCandidate], wanted: int
    ) -> tuple[tuple[Hit, ...], Reranking | None]:
        """The best of what is kept, at least as many as are wanted if there are."""
        if self._reranker is None or query.order is not None:
            return self._load(kept[:wanted]), None
        hits = self._load(kept[: max(READ, wanted)])
        chunks = {unit.candidate.unit: unit.candidate.chunk for unit in kept}
        texts = [
            self._store.passages.with_neighbours(chunks[hit.passage.id])
            if hit.passage.kind == "document"
            else hit.passage.text
            for hit in hits
        ]
        return rerank(self._reranker, query.with_background, hits, texts)

    def relevant(
        self, query: Query, ranked: Sequence[ScoredCandidate], *, opened: bool = False
    ) -> list[bool]:
        """For each candidate, whether it has enough to do with the query to be shown."""
        about_user = self._about_user(query, ranked)
        near = relevant(ranked, self._gauges, opened=opened, about_user=about_user)
        return [one.by_time or enough for one, enough in zip(ranked, near, strict=True)]

    def _about_user(self, query: Query, ranked: Sequence[ScoredCandidate]) -> AboutUser:
        """How far the query is about the user: not, where documents answer it. Where there are none
        "we" are the user; beside documents "we" may be all who wrote them.
        """
        documents = [one for one in ranked if one.candidate.kind == "document"]
        if query.about_user is AboutUser.SHARED:
            return AboutUser.NOT if documents else AboutUser.ASKS
        if query.about_user is AboutUser.ASKS and any(relevant(documents, self._gauges)):
            return AboutUser.NOT
        return query.about_user

    def notice(self, query: Query | None, scope: Scope) -> str | None:
        """What the user has to know of the languages of a query that found nothing, or of the
        library alone.
        """
        languages = self._store.languages(scope.collections, scope.kinds)
        if query is None:
            return library_notice(languages, self._gauges.belief)
        if query.times.alone and "memory" in scope.kinds:
            return "nothing was said in that time"
        return question_notice(query.language, languages, self._gauges.belief)

    def library_facts(self, query: Query, scope: Scope) -> LibraryFacts | None:
        """What the library says of itself to a query; see `library_facts`."""
        facts = library_facts(self._store, query, scope)
        return facts or nothing_said(self._store, query, scope)

    def explain(self, retrieval: Retrieval) -> dict[str, Explanation]:
        """How each passage of a retrieval was ranked, by its id."""
        about_user = self._about_user(retrieval.query, retrieval.candidates)
        return explain(retrieval.candidates, self._gauges, about_user=about_user)

    def similarity(self, query: Query, texts: Sequence[str]) -> list[float]:
        """How near each text is to the query: by the cosine as far as the model is believed in the
        query's language, and for the rest by the share of the query's words that the text holds.
        """
        belief = self._gauges.belief(query.language or "")
        cosines = self.embedder.embed_passages(texts) @ query.vector
        shares = words_held(query.text, texts, query.language or "")
        return [
            belief * float(cosine) + (1 - belief) * share
            for cosine, share in zip(cosines, shares, strict=True)
        ]

    def _load(self, units: Sequence[ScoredCandidate]) -> tuple[Hit, ...]:
        loaded = self._store.passages.load(
            [unit.candidate for unit in units],
            {unit.candidate.unit: unit.chunks for unit in units},
        )
        return tuple(_hits(units, loaded))


def _hits(units: Iterable[ScoredCandidate], loaded: Mapping[str, Passage]) -> list[Hit]:
    # What is added and taken off orders the passages; a score that is shown is from 0 to 1.
    return [
        Hit(
            passage=loaded[unit.candidate.unit],
            score=min(1.0, max(0.0, round(unit.score, 4))),
            signals=unit.candidate.signals,
        )
        for unit in units
        if unit.candidate.unit in loaded
    ]
