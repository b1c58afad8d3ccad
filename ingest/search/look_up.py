"""Looking up the words of a question: which forms a pool holds, how rare they are.

The weights here, in `tally`, `substitutes`, `asked_words` and `exact_forms` were chosen together,
with the questions of RESULTS.md#hard-questions-over-code in view, and then checked on the sets of
RESULTS.md#retrieval-on-labelled-sets; none of them was measured alone but those that say so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.records.fulltext import FullText
from ingest.search.asked_words import AskedWords
from ingest.search.sought import Sought
from ingest.search.spelling import is_slip_of
from ingest.search.substitutes import CORRECTED, Substitutes
from ingest.search.term import Forms, Term
from ingest.search.terms import WordQuery, as_written, terms_of
from ingest.search.word_counts import WordCounts
from ingest.text.language import UNKNOWN, language

COMMON = 0.3
"""In more of the pool than this, a word is left out where there are rarer ones: it costs the most
time and tells the least."""
WEAK = 0.5
"""Weight of a word that says nothing about the subject: politeness, instructions."""
PARTS = 0.5
"""Share of an identifier that its parts count for, where the library has it as a whole."""
ASIDE = 0.3
"""Weight of a word of a long question outside the parts that ask."""
SHORTEST_OPENING, SHORTEST_ASKING, SHORTEST_ASIDE = 3, 5, 6
"""Letters of a misspelt word that asks, where it opens the question and within it, and of one that
says nothing about the subject: shorter ones may mean another word ("wire" is not "were")."""
ADJACENT = 3
"""The power of their share of the question with which two adjacent words count as a pair: who asks
for two words alone means them as they are (RESULTS.md#names-of-several-words)."""
OF_NAME = 0.2
"""What two words count for at least that are written like a name."""
LEAST, MOST_ADJACENT = 0.05, 6
"""Pairs that count for less are not looked up, and no more than this many."""
CODE = 2.0
"""What a word of letters and figures counts for ("E1047", "rfc7231"): it is what is asked for, in
whatever words, which may be of another language than the texts."""
LANGUAGES = 3
"""Languages of a library whose stems are tried, the commonest first."""

_LETTER_AND_FIGURE = re.compile(r"[^\W\d_].*\d|\d.*[^\W\d_]")


class LookUp:
    """Looks up how often a pool holds the terms of a question, before any chunk is looked at."""

    def __init__(self, index: FullText, counts: WordCounts, query: WordQuery) -> None:
        self._index = index
        self._counts = counts
        languages = list(index.languages)[:LANGUAGES]
        self._terms = terms_of(query, languages)
        self._substitutes = Substitutes(index, query, languages)
        singles = sorted(set(_forms(self._terms)))
        self._present = counts.held(index, singles)
        if index.kind == "document":
            counts.read_names(tuple(_names(self._terms)))
        self._asked = language(query.language or UNKNOWN)
        self._weak, self._opening = query.weak, as_written(query.text)
        self._narrowed = bool(query.asked)
        self._behind = query.behind_weight
        self._files = index.sources() if index.kind == "document" else 0
        self._bits: dict[Forms, int] = {}
        self._weights: dict[Forms, float] = {}
        self.words = AskedWords(len(query.asked))
        self.unknown_name = False

    @property
    def corrected(self) -> Mapping[str, str]:
        """The words that are searched for instead of misspelt ones."""
        return self._substitutes.corrected

    def all(self) -> list[Sought]:
        """Every term of the question that counts."""
        terms = [
            replace(term, weak=True) if self._is_misspelt_aside(term) else term
            for term in self._terms
        ]
        if all(term.weak or term.vague or term.optional for term in terms):
            terms = [replace(term, weak=False, vague=False) for term in terms]
        asked, again = _each_word_once([term for term in terms if not term.optional])
        found = [self._sought(term, CODE if _is_code(term) else 1.0) for term in asked]
        for term, first in again:
            self._bits[term.forms] = self._bits[first.forms]
            self._weights[term.forms] = self._weights[first.forms]
        optional = [self._optional(term) for term in terms if term.optional and not term.adjacent]
        total = sum(one.weight for one in found)
        adjacent = self._adjacent([term for term in terms if term.adjacent], total)
        return [*found, *(one for one in optional if one.is_held), *adjacent]

    def _is_misspelt_aside(self, term: Term) -> bool:
        """Return whether a word that the library lacks is a slip of one that asks, or says nothing:
        "Whta is …?", "plaese".
        """
        word = term.written
        if not word or not word.isalpha() or term.parts or term.is_name:
            return False
        if self._in_texts(term)[1] or self._named(term)[1]:
            return False
        opens, asking = self._opening.startswith(word), self._asked.asking
        if len(word) >= (SHORTEST_OPENING if opens else SHORTEST_ASKING):
            return is_slip_of(word, asking, another_letter=opens) or self._is_aside(word)
        return False

    def _is_aside(self, word: str) -> bool:
        known = (self._weak, self._asked.stop_words)
        return len(word) >= SHORTEST_ASIDE and any(is_slip_of(word, words) for words in known)

    def _sought(self, term: Term, scale: float = 1.0) -> Sought:
        """A term that is asked for, with a bit of its own or one for each of its parts."""
        forms, chunks = self._in_texts(term)
        documents, named = self._named(term)
        strength = WEAK if term.weak else ASIDE if self._narrowed and not term.asked else 1.0
        strength *= self._behind if term.behind else 1.0
        held = 1.0
        is_compound = False
        if term.plain and not (chunks or named or term.weak or term.vague):
            instead = self._substitutes.of(term)
            forms, held, term = instead.forms, instead.counts, replace(term, parts=instead.parts)
            chunks, is_compound = self._counts.chunks(forms), bool(term.parts)
            self._present.update(self._index.counts(_forms(term.parts)))
        elif not (chunks or named or term.weak or term.vague):
            forms = self._spelt_otherwise(term)
            chunks, held = self._counts.chunks(forms), CORRECTED if forms else held
        self.unknown_name |= term.is_name and not (term.weak or forms or named)
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
        weight = rarity * strength * held
        self._bits[term.forms], self._weights[term.forms] = words, weight if chunks else 0.0
        return Sought(term, forms, chunks, documents, weight, words, strength, parts)

    def _spelt_otherwise(self, term: Term) -> Forms:
        """A name that the library has nowhere, nor one of its words: in other letters, misspelt."""
        latin = self._substitutes.in_latin(term)
        if latin or not (term.forms and term.parts):
            return latin
        lacks_one = any(not self._in_texts(part)[1] for part in term.parts)
        return self._substitutes.of_name(term.forms[0]) if lacks_one else ()

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
        parts = [replace(part, asked=term.asked, behind=term.behind) for part in term.parts]
        if whole is not None:
            rarity = sum(self._rarity_of(part) for part in parts)
            scale = min(scale, whole / rarity) if rarity else scale
        return tuple(
            self._optional(part) if part.optional else self._sought(part, scale) for part in parts
        )

    def _optional(self, term: Term) -> Sought:
        """Another way to write words of the question: it holds what they hold."""
        words = 0
        for forms in term.instead_of:
            words |= self._bits.get(forms, 0)
        forms, chunks = self._in_texts(term)
        documents, named = self._named(term)
        rarity = self._counts.rarity(max(chunks, named))
        if not term.instead_of and chunks:  # an identifier of stop words: `is_in`
            words = self.words.add(rarity, rarity, term.asked)
        return Sought(term, forms, chunks, documents, rarity, words)

    def _adjacent(self, pairs: Sequence[Term], total: float) -> Iterator[Sought]:
        """Pairs of adjacent words, of those that the pools hold; the words of the question weigh
        `total`.
        """
        counted = []
        for pair in pairs:
            weights = [self._weights.get(forms, 0.0) for forms in pair.instead_of]
            if all(weights):
                share = min(1.0, sum(weights) / total) ** ADJACENT
                share = max(share, OF_NAME) if pair.is_name else share
                share *= ASIDE if self._narrowed and not pair.asked else 1.0
                counted.append((share, sum(weights), pair))
        counted.sort(key=lambda one: (-one[0], -one[1]))
        for share, weight, pair in counted[:MOST_ADJACENT]:
            if share < LEAST:
                break
            forms = tuple(form for form in pair.forms if self._counts.is_anywhere(form))
            if forms:
                first, last = (self._bits[ends] for ends in pair.instead_of)
                yield Sought(pair, forms, len(forms), (), share * weight, first | last)

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
        documents = self._counts.documents(self._index, term.name)
        # A word in the names of many files, or in that of their folder, tells none from another.
        return (documents if len(documents) < COMMON * self._files + 1 else ()), named

    def _rarity_of(self, term: Term) -> float:
        if term.parts and not self._in_texts(term)[1]:
            return sum(map(self._rarity_of, term.parts))
        return self._counts.rarity(max(self._in_texts(term)[1], self._named(term)[1]))


def _each_word_once(terms: Iterable[Term]) -> tuple[list[Term], list[tuple[Term, Term]]]:
    """The terms, and those that are another of them in another form, each with that one: "dock" and
    "docks" have a form in common, though in a library of many languages they have others, too.
    """
    kept: list[Term] = []
    again: list[tuple[Term, Term]] = []
    known: dict[str, Term] = {}
    for term in terms:
        first = next((known[form] for form in term.forms if form in known), None)
        if first is not None and not term.parts and not term.asked & ~first.asked:
            again.append((term, first))
            continue
        kept.append(term)
        if not term.parts:
            known.update(dict.fromkeys(term.forms, term))
    return kept, again


def _is_code(term: Term) -> bool:
    word = term.written or ""
    return len(word) > 2 and _LETTER_AND_FIGURE.search(word) is not None


def _forms(terms: Collection[Term]) -> list[str]:
    """Every form of some terms and their parts that is one word."""
    return [
        form for term in terms for form in (*term.forms, *_forms(term.parts)) if " " not in form
    ]


def _names(terms: Iterable[Term]) -> Iterator[str]:
    """The names of some terms and their parts."""
    for term in terms:
        if term.name is not None:
            yield term.name
        yield from _names(term.parts)
