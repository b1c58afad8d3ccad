"""How well each chunk of a pool holds the words of a question."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from ingest.records.fulltext import FullText, Where
from ingest.search.asked_words import ENOUGH_TERMS, AskedWords
from ingest.search.shortlist import LARGE, shortlist
from ingest.search.sought import Sought
from ingest.search.substitutes import Substitutes
from ingest.search.terms import Forms, Term, WordQuery, terms_of
from ingest.search.word_counts import WordCounts

MOST_TERMS = 32
"""Words of a question that are looked up, the rarest first: a pasted page is a question, too."""
COMMON = 0.3
"""In more of the pool than this, a word is left out where there are rarer ones: it costs the most
time and tells the least."""
READ = 60_000
"""Chunks that the words of a question may be held by, all added up: 10 ms. The commonest beyond it
are left out, down to ENOUGH_TERMS."""
NAME_WEIGHT = 1.5
"""What a word counts for in the name of a file or folder, where one in the text counts 0 to 2.2."""
NAMED_DOCUMENTS, NAMED_CHUNKS = 20, 200
"""How many documents are looked up for their names, and how far into each."""
WEAK = 0.5
"""Weight of a word that says nothing about the subject: politeness, instructions."""
PARTS = 0.5
"""Share of an identifier that its parts count for, where the library has it as a whole."""
ASIDE = 0.3
"""Weight of a word of a long question outside the parts that ask."""
LANGUAGES = 3
"""Languages of a library whose stems are tried, the commonest first."""


@dataclass(slots=True)
class WordScores:
    """By row of a chunk: its score, higher is better, and the share of the question's rarity that
    it holds, 0..1. `corrected` are the words as they were asked and as they were searched for.
    `held` are the `words` that a chunk holds, a bit each.
    """

    scores: dict[int, float] = field(default_factory=dict)
    coverage: dict[int, float] = field(default_factory=dict)
    corrected: dict[str, str] = field(default_factory=dict)
    held: Mapping[int, int] = field(default_factory=dict)
    words: AskedWords | None = None

    def added_beside(self, chunk: int, neighbours: Iterable[int]) -> float:
        """What the words that the chunks beside a chunk hold add to its coverage."""
        beside = 0
        for neighbour in neighbours:
            beside |= self.held.get(neighbour, 0)
        if self.words is None or not beside:
            return 0.0
        return self.words.share(self.held.get(chunk, 0), beside) - self.coverage.get(chunk, 0.0)


def search_words(
    index: FullText,
    counts: WordCounts,
    query: WordQuery,
    where: Where = ("", ()),
    wanted: Collection[int] = (),
) -> WordScores:
    """The chunks that hold words of a question, whose rarity is that in `counts`; `where` narrows
    them. In a large pool these are the best, and those of the `wanted` that hold any.
    """
    found = WordScores()
    if not index.size:
        return found
    look_up = _LookUp(index, counts, query)
    sought = _telling(index, counts, look_up.all())
    found.corrected = dict(look_up.corrected)
    listed = None
    if index.size >= LARGE:
        listed = shortlist(index, sought, _named_chunks(index, sought, where), where, wanted)
    tally = _Tally(index, where, listed.chunks if listed else None)
    for one in sought:
        tally.add(one)
    tally.add_names()
    found.scores = dict(tally.scores)
    found.held, found.words = tally.held, look_up.words
    found.coverage = look_up.words.coverage(tally.held)
    if listed:
        found.held = {**listed.beside, **tally.held}
    return found


def _named_chunks(index: FullText, sought: Sequence[Sought], where: Where) -> dict[int, float]:
    """What chunks get for the names of their files, roughly: of an identifier the parts, too."""
    documents: defaultdict[int, float] = defaultdict(float)
    for one in sought:
        for part in (one, *one.parts):
            for document in part.documents:
                documents[document] += part.weight * NAME_WEIGHT
    return {chunk: worth for chunk, _, worth in _chunks_named(index, documents, where)}


def _chunks_named(
    index: FullText, documents: Mapping[int, float], where: Where
) -> Iterator[tuple[int, int, float]]:
    """The first chunks of the documents whose names hold the most: chunk, document, and what the
    chunk gets for the name.
    """
    best = sorted(documents, key=lambda document: -documents[document])[:NAMED_DOCUMENTS]
    for chunk, document, position in index.chunks_of(best, NAMED_CHUNKS, where):
        yield chunk, document, documents[document] - 1e-4 * position


def _telling(index: FullText, counts: WordCounts, sought: Sequence[Sought]) -> list[Sought]:
    """The terms to look up: the rarest, and the commonest only where there are no others."""
    present = sorted((one for one in sought if one.is_held), key=lambda one: one.chunks)
    rare = [one for one in present if one.chunks <= COMMON * counts.size]
    if not rare or index.size < LARGE:
        return present[:MOST_TERMS]
    read = list(accumulate(one.chunks for one in rare[:MOST_TERMS]))
    return rare[: max(ENOUGH_TERMS, bisect_right(read, READ))]


class _LookUp:
    """Looks up how often a pool holds the terms of a question, before any chunk is looked at."""

    def __init__(self, index: FullText, counts: WordCounts, query: WordQuery) -> None:
        self._index = index
        self._counts = counts
        languages = list(index.languages)[:LANGUAGES]
        self._terms = terms_of(query, languages)
        self._substitutes = Substitutes(index, query, languages)
        singles = sorted(set(_forms(self._terms)))
        self._present = counts.held(index, singles)
        self._narrowed = bool(query.asked)
        self._files = index.sources() if index.kind == "document" else 0
        self._bits: dict[Forms, int] = {}
        self.words = AskedWords(len(query.asked))

    @property
    def corrected(self) -> Mapping[str, str]:
        """The words that are searched for instead of misspelt ones."""
        return self._substitutes.corrected

    def all(self) -> list[Sought]:
        """Every term of the question that counts."""
        terms = self._terms
        if all(term.weak or term.vague or term.optional for term in terms):
            terms = [replace(term, weak=False, vague=False) for term in terms]
        found = [self._sought(term) for term in terms if not term.optional]
        optional = [self._optional(term) for term in terms if term.optional]
        return [*found, *(one for one in optional if one.is_held)]

    def _sought(self, term: Term, scale: float = 1.0) -> Sought:
        """A term that is asked for, with a bit of its own or one for each of its parts."""
        forms, chunks = self._in_texts(term)
        documents, named = self._named(term)
        strength = WEAK if term.weak else ASIDE if self._narrowed and not term.asked else 1.0
        held = 1.0
        is_compound = False
        if term.plain and not (chunks or named or term.weak or term.vague):
            instead = self._substitutes.of(term)
            forms, held, term = instead.forms, instead.counts, replace(term, parts=instead.parts)
            chunks, is_compound = self._counts.chunks(forms), bool(term.parts)
            self._present.update(self._index.counts(_forms(term.parts)))
        rarity = self._counts.rarity(max(chunks, named)) * scale
        parts: tuple[Sought, ...] = ()
        if term.parts:
            whole = rarity * PARTS if chunks or named else rarity if is_compound else None
            parts = self._parts(term, whole, scale)
        words = 0
        for part in parts:
            words |= part.words
        if not words or chunks or named:
            wanted = 0.0 if term.weak or term.vague else rarity * self._share(term, chunks)
            wanted *= 1 - PARTS if words else 1
            words |= self.words.add(wanted, held * wanted, term.asked)
        self._bits[term.forms] = words
        return Sought(term, forms, chunks, documents, rarity * strength * held, words, parts)

    def _share(self, term: Term, chunks: int) -> float:
        """The share of a term that a passage has to hold: of a pair of characters that the pool
        does not have, those that are not in the words before and after it.
        """
        if term.beside is None or chunks:
            return 1.0
        return sum(pair is None or pair not in self._present for pair in term.beside) / 2

    def _parts(self, term: Term, whole: float | None, scale: float) -> tuple[Sought, ...]:
        """The parts of an identifier. Together they count for no more than `whole`, where it is
        known: `SQLite` is one rare word and not three.
        """
        parts = [replace(part, asked=term.asked) for part in term.parts]
        if whole is not None:
            rarity = sum(self._rarity_of(part) for part in parts)
            scale = min(scale, whole / rarity) if rarity else scale
        return tuple(self._sought(part, scale) for part in parts)

    def _optional(self, term: Term) -> Sought:
        """Another way to write words of the question: it holds what they hold."""
        words = 0
        for forms in term.instead_of:
            words |= self._bits.get(forms, 0)
        forms, chunks = self._in_texts(term)
        documents, named = self._named(term)
        rarity = self._counts.rarity(max(chunks, named))
        return Sought(term, forms, chunks, documents, rarity, words)

    def _in_texts(self, term: Term) -> tuple[Forms, int]:
        """The forms of a term that the pool holds, and how many chunks do at least."""
        if any(" " in form for form in term.forms):
            phrases = {form: self._counts.holding(form) for form in term.forms}
            held = tuple(form for form, chunks in phrases.items() if chunks)
            return held, max(phrases.values(), default=0)
        held = tuple(form for form in term.forms if form in self._present or term.prefix)
        return held, self._counts.chunks(term.forms)

    def _named(self, term: Term) -> tuple[tuple[int, ...], int]:
        """The documents whose names hold a term, and how many do in all pools."""
        if self._index.kind != "document" or term.name is None:
            return (), 0
        named = self._counts.named(term.name)
        documents = tuple(dict.fromkeys(self._index.named(term.name)))
        # A word in the names of many files, or in that of their folder, tells none from another.
        return (documents if len(documents) < COMMON * self._files + 1 else ()), named

    def _rarity_of(self, term: Term) -> float:
        return self._counts.rarity(max(self._in_texts(term)[1], self._named(term)[1]))


def _forms(terms: Collection[Term]) -> list[str]:
    """Every form of some terms and their parts that is one word."""
    return [
        form for term in terms for form in (*term.forms, *_forms(term.parts)) if " " not in form
    ]


class _Tally:
    """Adds up what each chunk holds of the terms: a score, and the bits of the words; of all that
    `where` leaves, or of those `among` some.
    """

    def __init__(self, index: FullText, where: Where, among: Collection[int] | None) -> None:
        self._index = index
        self._where = where
        self._among = among
        self.scores: defaultdict[int, float] = defaultdict(float)
        self.held: defaultdict[int, int] = defaultdict(int)
        self._names: defaultdict[int, float] = defaultdict(float)
        self._named: defaultdict[int, int] = defaultdict(int)

    def add(self, one: Sought) -> None:
        """Add a term: what a chunk has of its whole or of its parts, whichever is more."""
        if not one.parts:
            self._add_plain(one)
            return
        parts = _Tally(self._index, self._where, self._among)
        for part in one.parts:
            parts.add(part)
        whole = _Tally(self._index, self._where, self._among)
        whole._add_plain(replace(one, parts=()))
        for mine, theirs, others in (
            (self.scores, whole.scores, parts.scores),
            (self._names, whole._names, parts._names),
        ):
            for key in theirs.keys() | others.keys():
                mine[key] += max(theirs.get(key, 0.0), others.get(key, 0.0))
        for bits, theirs_held, others_held in (
            (self.held, whole.held, parts.held),
            (self._named, whole._named, parts._named),
        ):
            for key, words in (*theirs_held.items(), *others_held.items()):
                bits[key] |= words

    def _add_plain(self, one: Sought) -> None:
        for chunk, occurrences in self._occurrences(one).items():
            self.scores[chunk] += one.weight * occurrences
            self.held[chunk] |= one.words
        for document in one.documents:
            self._names[document] += one.weight * NAME_WEIGHT
            self._named[document] |= one.words

    def add_names(self) -> None:
        """Add what the names of files hold to the chunks of those that hold the most."""
        if not self._names:
            return
        for chunk, document, worth in _chunks_named(self._index, self._names, self._where):
            if self._among is None or chunk in self._among:
                self.scores[chunk] += worth
                self.held[chunk] |= self._named[document]

    def _occurrences(self, one: Sought) -> dict[int, float]:
        found: dict[int, float] = {}
        for form in one.forms:
            held = self._index.occurrences(form, self._where, self._among, prefix=one.term.prefix)
            for chunk, count in held.items():
                found[chunk] = max(count, found.get(chunk, 0.0))
        return found
