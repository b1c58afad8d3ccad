"""Substitutes for a word that a library does not have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import nsmallest

from ingest.records.fulltext import FullText
from ingest.search.compounds import SHORTEST, compound_of
from ingest.search.cyrillic_spelling import cyrillic_spellings
from ingest.search.latin_spelling import latin_spellings
from ingest.search.spelling import LONG, MOST, corrections, relatives
from ingest.search.term import Forms, Term
from ingest.search.terms import WordQuery, term_of
from ingest.text.language import language
from ingest.text.words import forms

CORRECTED = 0.8
"""Weight of a word whose spelling was corrected."""
RELATED = 0.6
"""Weight of a word that only begins like a word of the question that the library lacks."""

CYRILLIC = ("ru", "uk")
"""Languages in whose letters a name in Latin letters is looked for."""
SURELY_NAME = 5
"""Letters from which on any word that the library lacks may be a name in other letters: "stol" is
not "стол"."""
LIKELIEST = 3
"""Spellings in other letters that a name may be a slip from."""

VOCABULARY_READ = 10_000
"""Chunks of a pool of which the vocabulary is read for corrections, all of one letter: 10 ms."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """Forms that stand for a word, each of which counts for this much of it; or its parts."""

    forms: Forms
    counts: float = 1.0
    parts: tuple[Term, ...] = ()


class Substitutes:
    """Looks for words of one full-text index; `corrected` are those that were misspelt."""

    def __init__(self, index: FullText, query: WordQuery, languages: Collection[str]) -> None:
        self._index = index
        self._query = query
        self._languages = languages
        self.corrected: dict[str, str] = {}
        self._vocabularies: dict[str, list[tuple[str, int]]] = {}

    def of(self, term: Term) -> Substitute:
        """Return what a word may be: misspelt, in other letters, a compound of two words that the
        library has, another form of one of its words, the end of compounds, a compound with one of
        them; the first that is found.
        """
        word = term.forms[0]
        near = self._corrected(term) or self.in_latin(term) or self._in_cyrillic(term)
        if near:
            self.corrected[word] = near[0]
            return Substitute(near, CORRECTED)
        parts, are_known = self._compound(term)
        if not are_known:
            related = relatives(word, self._vocabulary)
            if related:
                return Substitute(tuple(form for form, _ in related), RELATED)
        compounds = () if are_known else self._compounds_of(word)
        return Substitute(compounds, RELATED) if compounds else Substitute((), parts=parts)

    def _corrected(self, term: Term) -> Forms:
        """The nearest words to one in any of its forms: those of the question's language first, and
        last as it was asked, since a slip may look like an ending.
        """
        asked = language(self._query.language or "")
        own = forms(term.name, asked) if term.name is not None else ()
        first = (form for form in own if form in term.forms)
        tried = dict.fromkeys((*first, *term.forms, *filter(None, (term.name,))))
        return next(filter(None, map(self._corrections, tried)), ())

    def in_latin(self, term: Term) -> Forms:
        """A word in Cyrillic letters as the library has it in Latin ones: "докер" is "docker"."""
        spelled = tuple(latin for form in term.forms for latin in latin_spellings(form))
        held = tuple(self._index.counts(spelled)) if spelled else ()
        if held:
            return held
        return next(filter(None, map(self._corrections, spelled)), ())

    def _in_cyrillic(self, term: Term) -> Forms:
        """A name in Latin letters as the library has it in Cyrillic ones."""
        spoken = [language(code) for code in CYRILLIC if code in self._index.languages]
        word = term.written or ""
        if not spoken or not (term.is_name or len(word) >= SURELY_NAME):
            return ()
        spelled = [
            form
            for cyrillic in cyrillic_spellings(word)
            for one in spoken
            for form in forms(cyrillic, one)
        ]
        held = tuple(self._index.counts(dict.fromkeys(spelled))) if spelled else ()
        if held or not term.is_name:
            return held
        return next(filter(None, map(self._corrections, spelled[:LIKELIEST])), ())

    def of_name(self, name: str) -> Forms:
        """The identifiers that one of the question may be, misspelt, each as a whole."""
        return self._corrections(name) if name.isalpha() and len(name) >= LONG else ()

    def _compounds_of(self, word: str) -> Forms:
        """The commonest compounds that end with a word: "Kaltmiete" is a kind of "Miete"."""
        code = self._query.language or next(iter(self._languages), "")
        if language(code).linking is None or len(word) < SHORTEST:
            return ()
        if self._index.size > VOCABULARY_READ:
            return ()
        found = (
            (term, count)
            for term, count in self._all_words
            if len(term) >= len(word) + SHORTEST and term.endswith(word) and term.isalpha()
        )
        return tuple(term for term, _ in nsmallest(MOST, found, key=lambda one: (-one[1], one[0])))

    @cached_property
    def _all_words(self) -> list[tuple[str, int]]:
        """The words of the index: of 3,000 chunks 9,000, which takes 15 ms."""
        return list(self._index.words())

    def _corrections(self, word: str) -> Forms:
        """The nearest words of the index, which is too large to read whole beyond a size."""
        index = self._index
        counts = index.counts if index.size > VOCABULARY_READ else None
        return tuple(form for form, _ in corrections(word, self._vocabulary, counts))

    def _vocabulary(self, beginning: str) -> list[tuple[str, int]]:
        """The words of the index that begin like this, read once for all words of a question."""
        if beginning not in self._vocabularies:
            self._vocabularies[beginning] = list(self._index.vocabulary(beginning))
        return self._vocabularies[beginning]

    def _compound(self, term: Term) -> tuple[tuple[Term, ...], bool]:
        """The parts of a compound, and whether the library has both of them."""
        linking = language(self._query.language or "").linking
        if linking is None or term.name is None:
            return (), False

        def read(part: str) -> Term:
            return term_of(part, self._query, self._languages)

        def forms_of(part: str) -> Forms:
            return read(part).forms

        found = compound_of(term.name, linking, forms_of, self._index.counts)
        if found is None:
            return (), False
        parts = (replace(read(part), weak=term.weak, vague=term.vague) for part in found.parts)
        return tuple(parts), found.is_known
