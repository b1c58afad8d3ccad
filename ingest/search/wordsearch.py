"""How well each chunk of a pool holds the words of a question."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import accumulate

from ingest.records.fulltext import FullText, Where
from ingest.search.asked_words import ENOUGH_TERMS, AskedWords
from ingest.search.exact_forms import exact_forms, exactness
from ingest.search.look_up import COMMON, LookUp
from ingest.search.shortlist import LARGE, LENGTH, Shortlist, Shortlisting
from ingest.search.sought import Sought
from ingest.search.tally import Tally, named_chunks
from ingest.search.terms import WordQuery
from ingest.search.word_counts import WordCounts

MOST_TERMS = 32
"""Words of a question that are looked up, the rarest first: a pasted page is a question, too."""
READ = 60_000
"""Chunks that the words of a question may be held by, all added up: 10 ms. The commonest beyond it
are left out, down to ENOUGH_TERMS."""


@dataclass(slots=True)
class WordScores:
    """By row of a chunk: its score, higher is better, and the share of the question's rarity that
    it holds, 0..1. `corrected` are the words as they were asked and as they were searched for.
    `held` are the `words` that a chunk holds, a bit each. `unknown_name`: the question has a name
    that none holds.
    """

    scores: dict[int, float] = field(default_factory=dict)
    coverage: dict[int, float] = field(default_factory=dict)
    corrected: dict[str, str] = field(default_factory=dict)
    held: Mapping[int, int] = field(default_factory=dict)
    words: AskedWords | None = None
    unknown_name: bool = False

    def added_beside(self, chunk: int, neighbours: Iterable[int]) -> float:
        """Return the coverage that the words of the chunks beside a chunk add to its own."""
        beside = 0
        for neighbour in neighbours:
            beside |= self.held.get(neighbour, 0)
        if self.words is None or not beside:
            return 0.0
        return self.words.share(self.held.get(chunk, 0), beside) - self.coverage.get(chunk, 0.0)


class WordSearch:
    """The chunks of an index that hold words of a question, whose rarity is that in `counts`;
    `where` narrows them. All that does not depend on which chunks are wanted is done at once.
    """

    def __init__(
        self, index: FullText, counts: WordCounts, query: WordQuery, where: Where = ("", ())
    ) -> None:
        self.index = index
        self._where = where
        self._look_up = LookUp(index, counts, query)
        self._sought = sought = _telling(index, counts, self._look_up.all())
        self._shortlisting: Shortlisting | None = None
        self._scores: WordScores | None = None
        if index.size >= LARGE:
            named = named_chunks(index, sought, where)
            self._shortlisting = Shortlisting(index, sought, named, where)
        else:
            self._scores = self._scored(None)

    def scores(self, wanted: Collection[int] = ()) -> WordScores:
        """Return what each chunk holds. In a large pool these are the best, and those of the
        `wanted` that hold any.
        """
        if self._shortlisting is not None:
            return self._scored(self._shortlisting.shortlist(wanted))
        return self._scores or WordScores()

    def _scored(self, listed: Shortlist | None) -> WordScores:
        index, look_up = self.index, self._look_up
        tally = Tally(index, self._where, listed)
        for one in self._sought:
            if not one.term.adjacent:
                tally.add(one)
        for one in self._sought:
            if one.term.adjacent:
                tally.add_adjacent(one)
        tally.add_names()
        best = nlargest(LENGTH, tally.scores, key=lambda chunk: tally.scores[chunk])
        exact = exactness(index.texts, exact_forms(self._sought), best, tally.held)
        for chunk, added in exact.items():
            tally.scores[chunk] += added
        return WordScores(
            scores=dict(tally.scores),
            coverage=look_up.words.coverage(tally.held),
            corrected=dict(look_up.corrected),
            held={**listed.beside, **tally.held} if listed else tally.held,
            words=look_up.words,
            unknown_name=look_up.unknown_name,
        )


def _telling(index: FullText, counts: WordCounts, sought: Sequence[Sought]) -> list[Sought]:
    """The terms to look up: the rarest, and the commonest only where there are no others; pairs of
    adjacent words if both are among them.
    """
    alone = (one for one in sought if one.is_held and not one.term.adjacent)
    present = sorted(alone, key=lambda one: one.chunks)
    rare = [one for one in present if one.chunks <= COMMON * counts.size]
    if not rare or index.size < LARGE:
        kept = present[:MOST_TERMS]
    else:
        read = list(accumulate(one.chunks for one in rare[:MOST_TERMS]))
        kept = rare[: max(ENOUGH_TERMS, bisect_right(read, READ))]
    words = 0
    for one in kept:
        words |= one.words
    pairs = (one for one in sought if one.term.adjacent)
    return [*kept, *(pair for pair in pairs if pair.words & words == pair.words)]
