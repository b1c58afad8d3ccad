"""The words to search for in a question, each in the forms in which a library may hold it; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.search.adjacent import Adjacent, adjacent_words
from ingest.search.term import Forms, Term
from ingest.text.language import language
from ingest.text.words import (
    Identifier,
    form,
    forms,
    identifier,
    pairs,
    tokens_of,
    whole_form,
    without_possessive,
    words_of,
)

LONGEST_JOIN = 3
"""Words that are also looked for written as one: "echo via pager" as `echoViaPager`."""

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,120})[\"”“»]")
_PLAIN = re.compile(r"[^\W\d_]+")
NONE = language("")
"""No language: names of files are indexed without stemming."""


@dataclass(frozen=True, slots=True)
class WordQuery:
    """The words to search for.

    - `language`: that of the question.
    - `weak`: words that say nothing about the subject: politeness, instructions.
    - `vague`: words that a passage need not hold.
    - `asked`: the parts of a long question that ask: a passage need not hold the words of the rest.
    - `behind`: the text of previous turns that it leans on, a word of which counts for
      `behind_weight`.
    """

    text: str
    language: str | None = None
    weak: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    behind: str = ""
    behind_weight: float = 0.0


def terms_of(query: WordQuery, languages: Collection[str]) -> list[Term]:
    """The terms of a question for a library in these languages, each once, without stop words
    unless there is nothing else.
    """
    return list(_terms_of(query, tuple(languages)))


@lru_cache(maxsize=4)  # documents and memory are mostly in the same languages
def _terms_of(query: WordQuery, languages: tuple[str, ...]) -> list[Term]:
    reading = _Reading(query, languages)
    terms = _each_once(reading.terms(query.text))
    said = (term for term in reading.terms(query.behind) if not term.adjacent)
    behind = [replace(term, behind=True) for term in said]
    if all(term.optional for term in (*terms, *behind)):
        reading.with_stop_words = True
        terms = _each_once(reading.terms(query.text))
    if not query.asked:
        return _parts_once(_each_once([*terms, *behind]))
    parts = [set(reading.terms(part)) for part in query.asked]
    terms = [
        replace(term, asked=sum(1 << n for n, part in enumerate(parts) if term in part))
        for term in terms
    ]
    asked = sorted(terms, key=lambda term: not term.asked)
    return _parts_once(_each_once([*asked, *behind]))


def as_written(token: str) -> str:
    """A word as it was asked, without case and the signs at its ends."""
    return without_possessive(token.casefold()).strip("-._/:@'’&~\\,")


def term_of(word: str, query: WordQuery, languages: Collection[str]) -> Term:
    """A plain word as a term of a question."""
    return _Reading(query, languages).plain(word)


def _each_once(terms: Iterable[Term]) -> list[Term]:
    kept: dict[tuple[Forms, tuple[Term, ...]], Term] = {}
    for term in terms:
        kept.setdefault((term.forms, term.parts), term)
    return list(kept.values())


def _parts_once(terms: Sequence[Term]) -> list[Term]:
    """The terms, with each part of an identifier in the first one alone: the minutes of a log are
    parts of every line, and asked for once.
    """
    counted = {term.forms for term in terms if not term.parts}
    fewer = (_less(term, counted) if term.parts else term for term in terms)
    return [term for term in fewer if term is not None]


def _less(term: Term, counted: set[Forms]) -> Term | None:
    """A term without the parts that are counted already; these are what it then holds."""
    if not term.parts:
        fresh = term.forms not in counted
        counted.add(term.forms)
        return term if fresh else None
    parts = tuple(part for part in (_less(part, counted) for part in term.parts) if part)
    if parts:
        return replace(term, parts=parts)
    leaves = tuple(_leaves(term))
    return replace(term, parts=(), optional=True, instead_of=leaves) if term.forms else None


def _leaves(term: Term) -> Iterator[Forms]:
    for part in term.parts:
        yield from _leaves(part) if part.parts else (part.forms,)


class _Reading:
    """Reads the terms of a text in the language of a question, for a library in `languages`."""

    def __init__(self, query: WordQuery, languages: Collection[str]) -> None:
        self._asked = language(query.language or "en")
        self._query = query
        self._spoken = [
            language(code) for code in dict.fromkeys([*languages, query.language or "en"])
        ]
        self.with_stop_words = False
        self._known: dict[tuple[str, bool, bool], Term] = {}
        self._joins: dict[tuple[str, ...], Term] = {}
        self._pairs_known: dict[Adjacent, Term] = {}

    def terms(self, text: str) -> Iterator[Term]:
        neighbours: list[str] = []
        has_names = not (self._asked.capitalised_nouns or text.isupper() or text.istitle())
        for n, (kind, token) in enumerate(tokens_of(text)):
            plain = kind == "word" and _PLAIN.fullmatch(token) is not None
            plain = plain and not self._asked.is_stop_word(token)
            neighbours = [*neighbours, token][-LONGEST_JOIN:] if plain else []
            if kind == "run":
                yield from self._pairs(token)
            elif kind == "emoji" or (kind == "signs" and len(token) > 1):
                yield Term((token,))
            elif kind == "word" and not self._is_left_out(token):
                name = without_possessive(token)
                is_name = has_names and n > 0 and name.isalpha() and name.istitle()
                yield self._as_asked(token, is_name=is_name)
                for first in range(len(neighbours) - 1):
                    yield self._joined(tuple(neighbours[first:]))
        for match in _QUOTED.finditer(text):
            yield from self._phrase(match[1])
        for pair in adjacent_words(text, self._asked, self._query.weak):
            yield self._adjacent(pair)

    def _pairs(self, run: str) -> Iterator[Term]:
        if len(run) == 1:
            yield Term((run,), prefix=True, name=run)
            return
        small = [False] * len(run)
        for match in () if self.with_stop_words else self._asked.small_words.finditer(run):
            small[match.start() : match.end()] = [True] * len(match[0])
        telling = [
            None if small[n] or small[n + 1] else pair for n, pair in enumerate(pairs(run)[:-1])
        ]
        for n, pair in enumerate(pairs(run)[:-1]):
            if not (small[n] and small[n + 1]):
                before = telling[n - 1] if n else None
                after = telling[n + 1] if n + 1 < len(telling) else None
                yield Term(
                    (pair,),
                    name=pair,
                    weak=pair in self._query.weak,
                    vague=not telling[n] or pair in self._query.vague,
                    beside=(before, after),
                )

    def _is_left_out(self, word: str) -> bool:
        return not self.with_stop_words and self._asked.is_stop_word(word)

    def _word(self, token: str) -> Term:
        """A word, or an identifier: as a whole, the same without its signs, its parts."""
        found = identifier(token)
        if len(found.parts) == 1 and not found.whole and isinstance(found.parts[0], str):
            return self.plain(found.parts[0])
        return self._identifier(found)

    def _identifier(self, found: Identifier) -> Term:
        parts = tuple(
            self._identifier(part) if isinstance(part, Identifier) else self.plain(part)
            for part in found.parts
            if isinstance(part, Identifier) or not self._is_left_out(part)
        )
        if found.is_name:  # of `file_name` no word is said by the way
            parts = tuple(replace(part, weak=False, vague=False) for part in parts)
        only_stop_words = bool(found.parts) and not parts
        for name in reversed(found.whole):
            whole = self._whole(name, found.words)
            weak = bool(parts) and all(part.weak for part in parts)  # "pourriez-vous"
            parts = (replace(whole, parts=parts, optional=only_stop_words, weak=weak),)
        return parts[0] if len(parts) == 1 else Term((), parts=parts)

    def plain(self, word: str) -> Term:
        """A word that is not an identifier."""
        return Term(
            self._forms(word),
            name=form(word, NONE),
            weak=word.casefold() in self._query.weak,
            vague=word.casefold() in self._query.vague,
            plain=word.isalpha() and len(word) > 4,
        )

    def _as_asked(self, token: str, *, is_name: bool) -> Term:
        """A word as it was asked; the parts of a long question hold the same ones."""
        key = (token, is_name, self.with_stop_words)
        if key not in self._known:
            self._known[key] = replace(
                self._word(token), written=as_written(token), is_name=is_name
            )
        return self._known[key]

    def _joined(self, words: tuple[str, ...]) -> Term:
        """Neighbouring words written as one."""
        if words not in self._joins:
            whole = self._whole("".join(words), words)
            instead = tuple(map(self._forms, words))
            self._joins[words] = Term(
                whole.forms, name=whole.name, optional=True, instead_of=instead
            )
        return self._joins[words]

    def _whole(self, name: str, words: Sequence[str]) -> Term:
        """An identifier as a whole, of these words, as names and plain texts have it."""
        name = name.casefold()
        whole = whole_form(name, words)
        stems = self._forms(name) if name.isalpha() else ()
        longest = max(map(len, words), default=0)
        kept = (stem for stem in stems if len(stem) > longest)
        return Term(
            tuple(dict.fromkeys((whole, *kept))), name=form(name, NONE) if name.isalpha() else name
        )

    def _phrase(self, quoted: str) -> Iterator[Term]:
        phrases = {" ".join(words_of(quoted, spoken)) for spoken in self._spoken}
        if any(" " in phrase for phrase in phrases):
            words = tuple(term.forms for term in self.terms(quoted))
            yield Term(tuple(sorted(phrases)), optional=True, instead_of=words)

    def _adjacent(self, pair: Adjacent) -> Term:
        if pair not in self._pairs_known:
            self._pairs_known[pair] = self._new_adjacent(pair)
        return self._pairs_known[pair]

    def _new_adjacent(self, pair: Adjacent) -> Term:
        phrases = {" ".join(words_of(pair.text, spoken)): None for spoken in self._spoken}
        ends = (self._forms(pair.first), self._forms(pair.last))
        return Term(
            tuple(phrases), optional=True, instead_of=ends, adjacent=True, is_name=pair.are_name
        )

    def _forms(self, word: str) -> Forms:
        found = (known for spoken in self._spoken for known in forms(word, spoken))
        return tuple(dict.fromkeys(found))
