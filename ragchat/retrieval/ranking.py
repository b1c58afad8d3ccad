"""A query becomes a ranking: the candidates of all pools, fused, and sifted by the times it names.

Nothing is left out here for being too far: that is decided by `relevance`, of the ranking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.search.scope import Scope
from ragchat.query.about_user import AboutUser
from ragchat.query.dates import Interval
from ragchat.query.events import NamedEvent
from ragchat.query.followup import CARRIED
from ragchat.query.order import Order, Which
from ragchat.query.query import Query, read_query
from ragchat.retrieval.belief import measured_gauges
from ragchat.retrieval.fusion import ScoredCandidate, carried, fuse, timely
from ragchat.retrieval.narrowing import narrowed, narrowed_files, narrowed_since
from ragchat.retrieval.relevance import relevant

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

POOL = 100
"""Candidates a side from each pool: fewer cost recall (up to 4 points at 30), more only time."""

_FIGURE = re.compile(r"\d")

ENDS = 3
"""Exchanges that are the first, or the last: what was meant may be the one beside it."""


class Ranker:
    """Ranks the chunks of one store for a query, with one embedding model."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self.gauges = measured_gauges(store, embedder)

    def rank(self, query: Query, scope: Scope) -> list[ScoredCandidate]:
        """Every candidate for a query, best first: before thresholds and folding.

        Where the query asks for a time, and something is found there, the ranking is of that time
        alone; so it is for what was said with a tool. Otherwise what was said in a time that it
        names, or on its side of an event, is raised.
        """
        of_its_tools = self._of_its_tools(query, scope)
        if of_its_tools is not None:
            return of_its_tools
        of_its_time = self._of_its_time(query, scope)
        if of_its_time is not None:
            return of_its_time
        times = query.times.intervals or self._around(query.event, scope)
        return timely(self._fused(query, scope), times)

    def about_user(self, query: Query, ranked: Sequence[ScoredCandidate]) -> AboutUser:
        """Return how far the query is about the user: not, where documents answer it. Where there
        are none "we" are the user; beside documents "we" may be all who wrote them.
        """
        documents = [one for one in ranked if one.candidate.kind == "document"]
        if query.about_user is AboutUser.SHARED:
            return AboutUser.NOT if documents else AboutUser.ASKS
        if query.about_user is AboutUser.ASKS and any(relevant(documents, self.gauges)):
            return AboutUser.NOT
        return query.about_user

    def relevant(self, query: Query, ranked: Sequence[ScoredCandidate]) -> list[bool]:
        """For each candidate, whether it has enough to do with the query to be sent."""
        return relevant(ranked, self.gauges, about_user=self.about_user(query, ranked))

    def _fused(self, query: Query, scope: Scope) -> list[ScoredCandidate]:
        """The candidates by both signals; what the last answer cited is raised for a follow-up."""
        self._store.use_model(self._embedder)
        search = self._store.begin_search(query.words, scope)
        fused = fuse(search(query.vector, POOL), self.gauges)
        return carried(fused, query.cited, CARRIED) if query.background else fused

    def _around(self, event: NamedEvent | None, scope: Scope) -> tuple[Interval, ...]:
        """The side of an event that a query asks for, by when the memory speaks of it."""
        if event is None or "memory" not in scope.kinds:
            return ()
        query = self._read(event.words)
        best = self._fused(query, replace(scope, kinds=("memory",)))[:1]
        near = best and all(self.relevant(query, best))
        said = best[0].candidate.time if near else None
        return () if said is None else (event.interval(datetime.fromtimestamp(said, UTC)),)

    def _of_its_tools(self, query: Query, scope: Scope) -> list[ScoredCandidate] | None:
        """The ranking with memory of the tools alone that are asked for; None if none is, or
        nothing of theirs is found.
        """
        if not query.tools or scope.origins or "memory" not in scope.kinds:
            return None
        ranked = self.rank(query, replace(scope, origins=tuple(sorted(query.tools))))
        memory = [one for one in ranked if one.candidate.kind == "memory"]
        return ranked if any(self.relevant(query, memory)) else None

    def _of_its_time(self, query: Query, scope: Scope) -> list[ScoredCandidate] | None:
        """The ranking of the time that is asked for; None if none is, or nothing is found there."""
        if query.order is not None and "memory" in scope.kinds:
            return self._first_or_last(query, query.order, scope)
        files = narrowed_files(scope, query.times)
        if files:
            ranked = self._fused(query, files)
            return ranked if any(self.relevant(query, ranked)) else None
        narrow = narrowed(scope, query.times) or narrowed_since(scope, query.times)
        if narrow is None:
            return None
        if query.times.alone:
            return self._said_in(query, narrow)
        ranked = self._fused(query, narrow)
        memory = [one for one in ranked if one.candidate.kind == "memory"]
        # Other days do not answer "what did I say about it yesterday?".
        return ranked if any(self.relevant(query, memory)) else None

    def _said_in(self, query: Query, narrow: Scope) -> list[ScoredCandidate]:
        """Return what was said in a time, where nothing else is asked for: documents do not answer
        that, but for minutes that name the day, where nothing was said.
        """
        said = self._fused(query, replace(narrow, kinds=("memory",)))
        if said or "document" not in narrow.kinds or not _FIGURE.search(query.times.words):
            return [replace(one, by_time=True) for one in said]
        minutes = self._fused(query, replace(narrow, kinds=("document",)))
        return [one for one in minutes if one.candidate.signals.coverage >= 1]

    def _first_or_last(
        self, query: Query, order: Order, scope: Scope
    ) -> list[ScoredCandidate] | None:
        """Return what was said first or last: of all, or of what has to do with the query."""
        if not order.about:
            ends = self._end_of_memory(scope, order.which)
            return _in_order_said(self._fused(query, ends), order.which) if ends else None
        about = self._read(order.about)
        ranked = self._fused(about, replace(scope, kinds=("memory",)))
        near = zip(ranked, self.relevant(about, ranked), strict=True)
        return _in_order_said([one for one, enough in near if enough], order.which) or None

    def _end_of_memory(self, scope: Scope, which: Which) -> Scope | None:
        """The scope with its memory narrowed to what was said first or last."""
        rows = [self._store.look_up(name) for name in scope.collections]
        times = self._store.catalogue.times_said(rows, scope, ENDS, latest=which == "last")
        if not times:
            return None
        # A second more, for times are kept with their fractions.
        return replace(scope, kinds=("memory",), since=min(times), until=max(times) + 1)

    def _read(self, words: str) -> Query:
        return read_query(words, self._embedder.begin_question)


def _in_order_said(ranked: Sequence[ScoredCandidate], which: Which) -> list[ScoredCandidate]:
    """Memory by when it was said, which alone is asked for."""
    said = [replace(one, by_time=True) for one in ranked if one.candidate.time is not None]
    return sorted(said, key=lambda one: one.candidate.time or 0.0, reverse=which == "last")
