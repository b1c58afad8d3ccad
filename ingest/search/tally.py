"""Adding up what chunks hold of the words of a question, in their texts and their files' names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.records.fulltext import FullText, Where
from ingest.search.shortlist import Shortlist
from ingest.search.sought import Sought

NAME_WEIGHT = 1.5
"""What a word counts for in the name of a file or folder, where one in the text counts 0 to 2.2."""
NAMED_DOCUMENTS, NAMED_CHUNKS = 20, 200
"""How many documents are looked up for their names, and how far into each."""


class Sums:
    """What chunks, or documents, hold of the terms: a score, and the bits of the words."""

    __slots__ = ("held", "scores")

    def __init__(self) -> None:
        self.scores: defaultdict[int, float] = defaultdict(float)
        self.held: defaultdict[int, int] = defaultdict(int)

    def add_better(self, one: Sums, other: Sums) -> None:
        """Add the higher score of each key, and the words of both."""
        for key in one.scores.keys() | other.scores.keys():
            self.scores[key] += max(one.scores.get(key, 0.0), other.scores.get(key, 0.0))
        for key, words in (*one.held.items(), *other.held.items()):
            self.held[key] |= words


class Tally:
    """Adds up what each chunk holds of the terms, by its text and by the name of its file; of all
    that `where` leaves, or of those `listed`.
    """

    def __init__(self, index: FullText, where: Where, listed: Shortlist | None) -> None:
        self._index = index
        self._where = where
        self._listed = listed
        self.chunks = Sums()
        self.documents = Sums()

    @property
    def scores(self) -> defaultdict[int, float]:
        """The scores of chunks."""
        return self.chunks.scores

    @property
    def held(self) -> Mapping[int, int]:
        """The bits of the words that chunks hold."""
        return self.chunks.held

    def add(self, one: Sought) -> None:
        """Add a term: what a chunk has of its whole or of its parts, whichever is more."""
        if not one.parts:
            self._add_plain(one)
            return
        parts = Tally(self._index, self._where, self._listed)
        for part in one.parts:
            parts.add(part)
        whole = Tally(self._index, self._where, self._listed)
        whole.add(replace(one, parts=()))
        self.chunks.add_better(whole.chunks, parts.chunks)
        self.documents.add_better(whole.documents, parts.documents)

    def _add_plain(self, one: Sought) -> None:
        chunks, documents = self.chunks, self.documents
        for chunk, occurrences in self._occurrences(one).items():
            chunks.scores[chunk] += one.weight * occurrences
            chunks.held[chunk] |= one.words
        for document in one.documents:
            documents.scores[document] += one.weight * NAME_WEIGHT
            documents.held[document] |= one.words

    def add_adjacent(self, one: Sought) -> None:
        """Add a pair of adjacent words; chunks that hold the two apart have less of them."""
        together = self._occurrences(one)
        scores = self.chunks.scores
        for chunk, occurrences in together.items():
            scores[chunk] += one.weight * occurrences
        for chunk, words in self.chunks.held.items():
            if words & one.words == one.words and chunk not in together:
                scores[chunk] = max(0.0, scores[chunk] - one.weight)

    def add_names(self) -> None:
        """Add what the names of files hold to the chunks of those that hold the most."""
        named = self.documents
        if not named.scores:
            return
        for chunk, document, worth in chunks_named(self._index, named.scores, self._where):
            if self._listed is None or chunk in self._listed.chunks:
                self.chunks.scores[chunk] += worth
                self.chunks.held[chunk] |= named.held[document]

    def _occurrences(self, one: Sought) -> dict[int, float]:
        found: dict[int, float] = {}
        for form in one.forms:
            among, held = None, None
            if self._listed:
                key = (form, one.term.prefix)
                among, held = self._listed.holding[key], self._listed.held[key]
            counted = self._index.occurrences(
                form, self._where, among, prefix=one.term.prefix, held=held
            )
            for chunk, count in counted.items():
                found[chunk] = max(count, found.get(chunk, 0.0))
        return found


def named_chunks(index: FullText, sought: Sequence[Sought], where: Where) -> dict[int, float]:
    """Return rough scores of chunks for the names of their files: for parts of identifiers, too."""
    documents: defaultdict[int, float] = defaultdict(float)
    for one in sought:
        for part in (one, *one.parts):
            for document in part.documents:
                documents[document] += part.weight * NAME_WEIGHT
    return {chunk: worth for chunk, _, worth in chunks_named(index, documents, where)}


def chunks_named(
    index: FullText, documents: Mapping[int, float], where: Where
) -> Iterator[tuple[int, int, float]]:
    """The first chunks of the documents whose names hold the most: chunk, document, and what the
    chunk gets for the name.
    """
    best = sorted(documents, key=lambda document: -documents[document])[:NAMED_DOCUMENTS]
    for chunk, document, position in index.chunks_of(best, NAMED_CHUNKS, where):
        yield chunk, document, documents[document] - 1e-4 * position
