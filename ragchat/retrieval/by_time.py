"""What was said when: memory narrowed to a time, to the first or the last that was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.search.scope import Scope
from ragchat.query.order import Order, Which
from ragchat.retrieval.fusion import ScoredCandidate
from ragchat.retrieval.library_facts import LibraryFacts, span_in_words
from ragchat.retrieval.narrowing import narrowed, narrowed_files, narrowed_since

if TYPE_CHECKING:
    from ingest.store import Store
    from ragchat.query.query import Query

ENDS = 3
"""Exchanges that are the first, or the last: what was meant may be the one beside it."""


class ByTime:
    """Ranks what a query asks for by its time.

    `read` reads a query, `fused` returns its candidates, best first, and `relevant` which of them
    have enough to do with it.
    """

    def __init__(
        self,
        store: Store,
        read: Callable[[str], Query],
        fused: Callable[[Query, Scope], list[ScoredCandidate]],
        relevant: Callable[[Query, Sequence[ScoredCandidate]], list[bool]],
    ) -> None:
        self._store = store
        self._read = read
        self._fused = fused
        self._relevant = relevant

    def ranked(self, query: Query, scope: Scope) -> list[ScoredCandidate] | None:
        """The candidates of the time that is asked for; None if it is of no account."""
        if query.order is not None and "memory" in scope.kinds:
            return self._first_or_last(query, query.order, scope)
        files = narrowed_files(scope, query.times)
        if files:
            ranked = self._fused(query, files)
            return ranked if any(self._relevant(query, ranked)) else None
        narrow = narrowed(scope, query.times) or narrowed_since(scope, query.times)
        if narrow is None:
            return None
        ranked = self._fused(query, narrow)
        if query.times.alone:
            ranked = [replace(one, by_time=one.candidate.kind == "memory") for one in ranked]
        memory = [one for one in ranked if one.candidate.kind == "memory"]
        # Other days are no answer to "what did I say yesterday?".
        return ranked if query.times.alone or any(self._relevant(query, memory)) else None

    def _first_or_last(
        self, query: Query, order: Order, scope: Scope
    ) -> list[ScoredCandidate] | None:
        """What was said first or last: of all, or of what has to do with the query."""
        if not order.about:
            ends = self._end_of_memory(scope, order.which)
            return _in_order_said(self._fused(query, ends), order.which) if ends else None
        about = self._read(order.about)
        ranked = self._fused(about, replace(scope, kinds=("memory",)))
        near = zip(ranked, self._relevant(about, ranked), strict=True)
        return _in_order_said([one for one, enough in near if enough], order.which) or None

    def _end_of_memory(self, scope: Scope, which: Which) -> Scope | None:
        """The scope with its memory narrowed to what was said first or last."""
        rows = [self._store.look_up(name) for name in scope.collections]
        times = self._store.catalogue.times_said(rows, scope, ENDS, latest=which == "last")
        if not times:
            return None
        # A second more, for times are kept with their fractions.
        return replace(scope, kinds=("memory",), since=min(times), until=max(times) + 1)


def _in_order_said(ranked: Sequence[ScoredCandidate], which: Which) -> list[ScoredCandidate]:
    """Memory by when it was said, which alone is asked for."""
    said = [replace(one, by_time=True) for one in ranked if one.candidate.time is not None]
    return sorted(said, key=lambda one: one.candidate.time or 0.0, reverse=which == "last")


def nothing_said(store: Store, query: Query, scope: Scope) -> LibraryFacts | None:
    """That nothing was said in the time that a question names, where it asks what was said then."""
    narrow = narrowed(scope, query.times)
    if narrow is None:
        return None
    rows = [store.look_up(name) for name in scope.collections]
    memory = replace(narrow, kinds=("memory",))
    if store.catalogue.times_said(rows, memory, 1, latest=True):
        return None
    named = f" {query.times.words}" if query.times.words and query.language in (None, "en") else ""
    said = f"nothing was said{named} ({span_in_words(query.times.span)})"
    others = "" if query.times.alone else "; passages of other days may follow"
    return LibraryFacts(
        f"In the past conversations {said}{others}",
        command="ragchat conversations list",
        alone=False,
        notice=said,
    )
