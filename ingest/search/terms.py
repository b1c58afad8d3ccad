"""The words to search for in a question, each in the forms in which a library may hold it; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ingest.text.language import Language, language
from ingest.text.words import compound, form, pairs, tokens_of, words_of

LONGEST_JOIN = 3
"""Words that are also looked for written as one: "echo via pager" as `echoViaPager`."""

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,120})[\"”“»]")
_PLAIN = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What is searched for by words.

    `language` is that of the question. `weak` words are searched for, but say nothing about what is
    asked: politeness, instructions.
    """

    text: str
    language: str | None = None
    weak: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question. `forms` are FTS5 strings, any of which is the word; `name` is its form
    in the names of files. `weak`: says nothing about what is asked. `derived`: made of other terms,
    counts only where the library has it. `plain`: could be misspelt.
    """

    forms: tuple[str, ...]
    name: str | None = None
    weak: bool = False
    derived: bool = False
    plain: bool = False
    prefix: bool = False
    phrase: bool = False


def terms_of(query: WordQuery, languages: Collection[str]) -> list[Term]:
    """The terms of a question for a library in these languages, each once, without stop words
    unless there is nothing else.
    """
    spoken = [language(code) for code in dict.fromkeys([*languages, query.language or "en"])]
    asked = language(query.language or "en")
    terms = list(_terms(query, asked, spoken, stop=True)) or list(
        _terms(query, asked, spoken, stop=False)
    )
    return list({term.forms: term for term in reversed(terms)}.values())[::-1]


def _terms(
    query: WordQuery, asked: Language, spoken: Sequence[Language], *, stop: bool
) -> Iterator[Term]:
    stop_words = asked.stop_words if stop else frozenset()
    neighbours: list[str] = []
    for kind, token in tokens_of(query.text):
        plain = kind == "word" and _PLAIN.fullmatch(token) is not None
        plain = plain and token.casefold() not in asked.stop_words
        neighbours = [*neighbours, token][-LONGEST_JOIN:] if plain else []
        if kind == "run":
            yield from _pair_terms(token, stop_words)
        elif kind == "emoji" or (kind == "signs" and len(token) > 1):
            yield Term((token,))
        elif kind == "word":
            yield from _word_terms(token, query, stop_words, spoken)
            for first in range(len(neighbours) - 1):
                yield _whole("".join(neighbours[first:]), spoken)
    for match in _QUOTED.finditer(query.text):
        phrases = {" ".join(words_of(match[1], one)) for one in spoken}
        if any(" " in phrase for phrase in phrases):
            yield Term(tuple(sorted(phrases)), derived=True, phrase=True)


def _pair_terms(run: str, stop_words: Collection[str]) -> Iterator[Term]:
    if len(run) == 1:
        yield Term((run,), prefix=True, name=run)
        return
    for pair in pairs(run)[:-1]:
        if pair not in stop_words:
            yield Term((pair,), name=pair)


def _word_terms(
    token: str, query: WordQuery, stop_words: Collection[str], spoken: Sequence[Language]
) -> Iterator[Term]:
    if token.casefold() in stop_words:
        return
    whole, parts = compound(token)
    weak = token.casefold() in query.weak
    if len(parts) == 1 and not whole:
        yield _plain(parts[0], spoken, weak=weak)
        return
    for name in whole:
        yield _whole(name, spoken)
    for part in parts:
        if part.casefold() not in stop_words and (len(part) > 1 or len(parts) == 1):
            yield _plain(part, spoken, weak=part.casefold() in query.weak)


def _plain(word: str, spoken: Sequence[Language], *, weak: bool = False) -> Term:
    forms = tuple(dict.fromkeys(form(word, one) for one in spoken))
    misspelt = word.isalpha() and len(word) > 4
    return Term(forms, name=form(word, language("")), weak=weak, plain=misspelt)


def _whole(word: str, spoken: Sequence[Language]) -> Term:
    if not word.isalpha():
        return Term((word.casefold(),), name=word.casefold(), derived=not word[0].isdigit())
    forms = tuple(dict.fromkeys(form(word, one) for one in spoken))
    return Term(forms, name=form(word, language("")), derived=True)
