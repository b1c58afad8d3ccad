"""The words in which times are named, from the files of the languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ragchat.query.rules import spaceless_time_lists, time_lists


@cache
def numbered(*names: str, code: str | None = None) -> dict[str, int]:
    """Lists of words by their position: months, weekdays, counts. `a/b` are one position."""
    return _by_position(text for name in names for text in time_lists(name, code))


@cache
def numbered_spaceless(name: str) -> dict[str, int]:
    """The same for a list of the languages without spaces."""
    return _by_position(spaceless_time_lists(name))


def _by_position(lists: Iterable[str]) -> dict[str, int]:
    return {
        spelling.replace("_", " "): number
        for listed in lists
        for number, word in enumerate(listed.split())
        for spelling in word.split("/")
        if spelling != "-"
    }


@cache
def words(*names: str, code: str | None = None) -> frozenset[str]:
    """Lists of words, as a set; in the languages of a code, if one is given."""
    found = (word for name in names for text in time_lists(name, code) for word in text.split())
    return frozenset(word.replace("_", " ") for word in found)


def any_of(*lists: Iterable[str]) -> str:
    """A pattern for any of these words, the longer first."""
    names = {name for listed in lists for name in listed}
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"


def any_word(*names: str, code: str | None = None) -> str:
    """A pattern for any word of these lists."""
    return f"(?:{any_of(words(*names, code=code))})"


def any_spaceless(*names: str) -> str:
    """The same for lists of the languages without spaces."""
    found = (text.split() for name in names for text in spaceless_time_lists(name))
    return f"(?:{any_of(word.replace('_', ' ') for listed in found for word in listed)})"
