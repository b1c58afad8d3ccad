"""The words of a question beside its times: of saying, of doing, or of a subject; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ingest.text.language import language, script_of, telling_words
from ragchat.query.date_words import any_spaceless, words
from ragchat.query.rules import times_read_as

EDGES = ("before", "until", "since", "after")
"""The lists of words that leave one end of a time open."""


@dataclass(frozen=True, slots=True)
class WordsAround:
    """The words of a question beside its times: whether some are of saying or of doing, are for
    those who speak here, or tell what the question is about.
    """

    says: bool
    does: bool
    by_us: bool
    tells: bool


def words_around(timeless: str, code: str | None) -> WordsAround:
    """Return what the words of a question without its times say of their kind."""
    script = script_of(timeless)
    if script == "ko":
        return _around_in_korean(re.findall(r"\w+", timeless))
    if script in ("zh", "ja"):
        runs = " ".join(re.findall(r"\w+", timeless))
        kinds = ("persons", "said", "doing", "talking", *EDGES, "span", "to", "and")
        said = re.compile(any_spaceless(*kinds))
        about = language(script).small_words.sub("", said.sub("", runs))
        says, does, by_us = (
            re.search(any_spaceless(name), runs) is not None
            for name in ("said", "doing", "persons")
        )
        return WordsAround(says or by_us, does, by_us, bool(about.split()))
    read_as = times_read_as(code)
    rest, telling = set(re.findall(r"\w+", timeless)), set(telling_words(timeless, code))
    return WordsAround(
        says=not rest.isdisjoint(_saying(read_as)),
        does=not rest.isdisjoint(words("doing", code=read_as)),
        by_us=not rest.isdisjoint(words("persons", "conjugated", code=read_as)),
        tells=not telling <= _talking(read_as) | words("doing", code=read_as),
    )


def _around_in_korean(written: Sequence[str]) -> WordsAround:
    """The same in Korean, where endings are written to the word: a word that only consists of
    known ones and of endings tells nothing.
    """
    kinds = ("persons", "said", "doing", "talking", *EDGES, "span", "to", "and")
    endings = any_spaceless("endings")
    known = re.compile(rf"{any_spaceless(*kinds)}+{endings}*|{endings}")
    says, does, by_us = (
        any(re.match(any_spaceless(name), word) for word in written)
        for name in ("said", "doing", "persons")
    )
    return WordsAround(says or by_us, does, by_us, not all(map(known.fullmatch, written)))


@cache
def _saying(code: str) -> frozenset[str]:
    return words("say", "participles", "conjugated", code=code)


@cache
def _talking(code: str) -> frozenset[str]:
    return _saying(code) | words("persons", "talking", code=code)
