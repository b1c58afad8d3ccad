"""A query returns hits, of documents and memory in one ranking. `Retriever.retrieve` is the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.document import Hit, Passage
from ingest.search.scope import Scope
from ingest.text.language import may_be_in
from ingest.text.sentences import words_held
from ragchat.query.about_user import AboutUser
from ragchat.query.followup import Earlier
from ragchat.query.query import Query, read_query
from ragchat.retrieval.folding import fold
from ragchat.retrieval.fusion import ScoredCandidate, best_of_each_unit
from ragchat.retrieval.language_notice import question_notice
from ragchat.retrieval.library_facts import LibraryFacts, library_facts
from ragchat.retrieval.loading import hits_of, load_hits
from ragchat.retrieval.newest import newest_first
from ragchat.retrieval.policy import ForReader, ForRequest, Policy, Unfiltered
from ragchat.retrieval.ranking import Ranker
from ragchat.retrieval.relevance import relevant, relevant_for_reader
from ragchat.retrieval.reranking import READ, Reranker, Reranking, rerank

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store
    from ragchat.retrieval.explanation import Explanation

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
    ranking. `about_user` is how far the query is about the user, by what was found. `reranking` is
    there if a reranker has read the hits.
    """

    query: Query
    hits: tuple[Hit, ...]
    candidates: tuple[ScoredCandidate, ...]
    about_user: AboutUser
    personal_memories: tuple[Hit, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    reranking: Reranking | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all hits, without their older near-duplicates."""
        return tuple(hit.passage for hit in (*self.hits, *self.personal_memories))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What may be shown: a passage of a file or an exchange; `reason` is why it is not, or None."""

    unit: ScoredCandidate
    reason: str | None


class Retriever:
    """Searches one store with one embedder; a `reranker` decides on the order of the best."""

    def __init__(self, store: Store, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self.embedder = embedder
        self._store = store
        self._reranker = reranker
        self._ranker = Ranker(store, embedder)

    def read(
        self, question: str, before: Sequence[Earlier] = (), now: datetime | None = None
    ) -> Query:
        """Read a question; see `read_query`."""
        return read_query(question, self.embedder.begin_question, before=before, now=now)

    def retrieve(self, query: Query, scope: Scope, policy: Policy) -> Retrieval:
        """The best hits for a query."""
        # 1. All candidates of all pools in one ranking; an exchange counts by its best chunk.
        nothing = query.asks_nothing and isinstance(policy, ForRequest)
        ranking = [] if nothing else self._ranker.rank(query, scope)
        units = best_of_each_unit(ranking)
        # 2. Those that have too little to do with the query are left out, and what is sent anyway.
        about_user = self._ranker.about_user(query, units)
        judged = self._judged(units, policy, about_user)
        kept = [one.unit for one in judged if one.reason is None]
        # 3. The best are read from the store, and put in order by the reranker if there is one.
        best, reranking = self._best(query, kept, policy.top_k + SPARE)
        # 4. Near-duplicates become one; of what disagrees the newest comes first, whatever ranked.
        shown = {hit.passage.id for hit in best}
        others = [one.unit for one in judged if one.reason in (None, TOO_FAR)]
        others = [unit for unit in others if unit.candidate.unit not in shown]
        ordered = newest_first(self._store, best, others, query.text)
        if query.asks_how_new:
            ordered = tuple(replace(hit, dated=hit.passage.kind == "document") for hit in ordered)
        hits, beyond = ordered[: policy.top_k], ordered[policy.top_k : policy.top_k + SPARE]
        found = Retrieval(query, hits, tuple(ranking), about_user, reranking=reranking)
        if not isinstance(policy, ForRequest):
            return found
        # 5. A request about the user holds more of what they said; its ledger says what was near.
        personal: tuple[Hit, ...] = ()
        if about_user.asks_for_statements:
            personal = self._personal(kept, hits, policy.personal_memories)
        stated = {hit.passage.id for hit in personal}
        outdone = [
            NearMiss(hit, f"not among the best {policy.top_k}")
            for hit in beyond
            if hit.passage.id not in stated
        ]
        near_misses = (*outdone, *self._left_out(judged))
        return replace(found, personal_memories=personal, near_misses=near_misses)

    def rank(self, query: Query, scope: Scope) -> list[ScoredCandidate]:
        """Every candidate for a query, best first; see `Ranker.rank`."""
        return self._ranker.rank(query, scope)

    def relevant(self, query: Query, ranked: Sequence[ScoredCandidate]) -> list[bool]:
        """For each candidate, whether it has enough to do with the query to be sent."""
        return self._ranker.relevant(query, ranked)

    def _judged(
        self, units: Sequence[ScoredCandidate], policy: Policy, about_user: AboutUser
    ) -> list[_Judged]:
        """Each unit, with why it is not shown."""
        gauges = self._ranker.gauges
        known: dict[str, str] = {}
        match policy:
            case Unfiltered():
                enough = [True] * len(units)
            case ForReader():
                enough = relevant_for_reader(units, gauges, about_user=about_user)
            case ForRequest():
                enough = relevant(units, gauges, about_user=about_user)
                known = dict.fromkeys(policy.in_window, IN_WINDOW)
                known[policy.instead_of] = ASKED_AGAIN
        return [
            _Judged(unit, known.get(unit.candidate.unit) or (None if near else TOO_FAR))
            for unit, near in zip(units, enough, strict=True)
        ]

    def _best(
        self, query: Query, kept: Sequence[ScoredCandidate], wanted: int
    ) -> tuple[tuple[Hit, ...], Reranking | None]:
        """The best of what is kept, at least as many as are wanted if there are."""
        if self._reranker is None or query.order is not None:
            return load_hits(self._store, kept[:wanted]), None
        hits = load_hits(self._store, kept[: max(READ, wanted)])
        chunks = {unit.candidate.unit: unit.candidate.chunk for unit in kept}
        texts = [
            self._store.passages.with_neighbours(chunks[hit.passage.id])
            if hit.passage.kind == "document"
            else hit.passage.text
            for hit in hits
        ]
        return rerank(self._reranker, query.with_background, hits, texts)

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
            folded = fold(hits_of(nearest, stated))
            if len(folded) >= most:
                break
        return folded[:most]

    def _left_out(self, judged: Sequence[_Judged]) -> tuple[NearMiss, ...]:
        """The best of what is not shown for another reason than its rank."""
        reasons = {one.unit.candidate.unit: one.reason for one in judged if one.reason}
        units = [one.unit for one in judged if one.reason][:NEAR]
        hits = load_hits(self._store, units)
        return tuple(NearMiss(hit, reasons[hit.passage.id]) for hit in hits)

    def notice(self, query: Query, scope: Scope) -> str | None:
        """Return why a query may have found nothing: for its time, or for the languages of the
        library.
        """
        if query.times.alone and "memory" in scope.kinds:
            return "nothing was said in that time"
        return None if query.asks_nothing else self.language_notice(query, scope)

    def language_notice(self, query: Query, scope: Scope) -> str | None:
        """What to know of the languages of the library where nothing in it answers a query."""
        rows = [self._store.look_up(name) for name in scope.collections]
        languages = self._store.catalogue.languages(rows, scope)
        if query.language not in languages and any(
            may_be_in(query.gist, code) for code in languages
        ):
            return None
        return question_notice(query.language, languages, self._ranker.gauges.belief)

    def library_facts(self, query: Query, scope: Scope) -> LibraryFacts | None:
        """Return what the library says of itself to a query; see `library_facts`."""
        return library_facts(self._store, query, scope)

    def explain(self, retrieval: Retrieval) -> dict[str, Explanation]:
        """Return how each passage of a retrieval was ranked, by its id."""
        from ragchat.retrieval.explanation import explain

        gauges, about_user = self._ranker.gauges, retrieval.about_user
        return explain(retrieval.candidates, gauges, about_user=about_user)

    def similarity(self, query: Query, texts: Sequence[str]) -> list[float]:
        """Return how near each text is to the query: by the cosine as far as the model is believed
        in the query's language, and for the rest by the share of the query's words that the text
        holds.
        """
        belief = self._ranker.gauges.belief(query.language or "")
        cosines = self.embedder.embed_passages(texts) @ query.vector
        shares = words_held(query.text, texts, query.language or "")
        return [
            belief * float(cosine) + (1 - belief) * share
            for cosine, share in zip(cosines, shares, strict=True)
        ]
