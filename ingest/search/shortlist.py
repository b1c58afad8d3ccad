"""The shortlist of a word search: the chunks in which occurrences are worth counting.

FTS5 takes a tenth of a microsecond to name a chunk that holds a word, and 3 to count how often the
word occurs in it and how long the chunk is (RESULTS.md#preparing-a-question). So in a large pool
chunks are ranked by which words they hold first, and only in the best of them words are counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.records.fulltext import FullText, Where
from ingest.search.sought import Sought
from ingest.search.term import Forms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGE = 2_000
"""Chunks of a pool from which on a shortlist saves time."""
LENGTH = 400
"""Chunks on it: four times as many as the candidates that are taken from them."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The chunks on it, by row; `beside` are the words of the question, a bit each, that the chunks
    next to them hold. By form, or begin of a word: `held` is how many chunks of the pool hold it,
    `holding` are those on the list that do.
    """

    chunks: frozenset[int]
    beside: Mapping[int, int] = field(default_factory=dict)
    held: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    holding: Mapping[tuple[str, bool], Sequence[int]] = field(default_factory=dict)


class Shortlisting:
    """The chunks that hold the most telling words, each word counted once. `named` is what chunks
    get for the names of their files; `where` narrows the chunks.
    """

    def __init__(
        self, index: FullText, sought: Sequence[Sought], named: Mapping[int, float], where: Where
    ) -> None:
        import numpy as np

        self._index = index
        self._sought = sought
        self._holding = holding = _Holding(index)
        weights = np.zeros(index.newest + 1)
        for one in sought:
            _add(holding, weights, one)
        for chunk, weight in named.items():
            weights[chunk] += weight
        if where[0]:
            inside = np.zeros(len(weights), dtype=bool)
            inside[index.chunks_where(where)] = True
            weights[~inside] = 0
        self._best = _best(weights, LENGTH)

    def shortlist(self, wanted: Collection[int]) -> Shortlist:
        """Return them with those that are `wanted` anyway."""
        import numpy as np

        holding = self._holding
        chunks = _each_once(np.array([*self._best, *wanted], np.int64))
        # A file's chunks are written one after the other; of another file's a passage knows
        # nothing.
        next_to = chunks[:0]
        if self._index.kind == "document":
            next_to = _each_once(np.concatenate((chunks - 1, chunks + 1)))
        beside = _words_of(holding, self._sought, next_to)
        listed = {form: _common(rows, chunks).tolist() for form, rows in holding.forms.items()}
        counts = {form: len(rows) for form, rows in holding.forms.items()}
        return Shortlist(frozenset(chunks.tolist()), beside, counts, listed)


def _words_of(
    holding: _Holding, sought: Sequence[Sought], chunks: NDArray[np.int64]
) -> dict[int, int]:
    """The words of the question that chunks hold, a bit each."""
    held: dict[int, int] = {}
    for one in _each_part(sought):
        for chunk in holding.among(one, chunks).tolist():
            held[chunk] = held.get(chunk, 0) | one.words
    return held


def _each_part(sought: Sequence[Sought]) -> Iterator[Sought]:
    for one in sought:
        yield one
        yield from _each_part(one.parts)


class _Holding:
    """The chunks that hold a term, by row in their order; each is asked of FTS5 once."""

    def __init__(self, index: FullText) -> None:
        self._index = index
        self._known: dict[tuple[Forms, bool], NDArray[np.int64]] = {}
        self.forms: dict[tuple[str, bool], NDArray[np.int64]] = {}

    def of(self, one: Sought) -> NDArray[np.int64]:
        """Return all of them."""
        import numpy as np

        key = (one.forms, one.term.prefix)
        if key not in self._known:
            found = [self._index.holding(form, prefix=one.term.prefix) for form in one.forms]
            for form, chunks in zip(one.forms, found, strict=True):
                self.forms[form, one.term.prefix] = chunks
            if len(found) != 1:
                found = [_each_once(np.concatenate([np.empty(0, np.int64), *found]))]
            self._known[key] = found[0]
        return self._known[key]

    def among(self, one: Sought, chunks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those that are among some, given in their order."""
        return _common(self.of(one), chunks)


def _each_once(chunks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows in their order, each once; `np.unique` would import numpy's masked arrays, a
    fifth of the time that numpy itself takes.
    """
    import numpy as np

    ordered = np.sort(chunks)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def _common(every: NDArray[np.int64], chunks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows that are in both; both are in their order."""
    import numpy as np

    if not len(every):
        return every
    at = np.searchsorted(every, chunks).clip(max=len(every) - 1)
    found: NDArray[np.int64] = chunks[every[at] == chunks]
    return found


def _add(holding: _Holding, weights: NDArray[np.float64], one: Sought) -> None:
    """Add what a chunk has of a term: of the whole of it or of its parts, whichever is more."""
    import numpy as np

    whole = holding.of(one)
    if not one.parts:
        weights[whole] += one.weight
        return
    parts = np.zeros(len(weights))
    for part in one.parts:
        _add(holding, parts, part)
    parts[whole] = np.maximum(parts[whole], one.weight)
    weights += parts


def _best(weights: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """The rows of the greatest weights; of those with the same, the newest."""
    import numpy as np

    held = np.flatnonzero(weights)[::-1]
    if len(held) <= most:
        return held
    # Only those that may be among them are put in order.
    least = np.partition(weights[held], len(held) - most)[len(held) - most]
    likely: NDArray[np.int64] = held[weights[held] >= least]
    return likely[np.argsort(-weights[likely], kind="stable")[:most]]
