"""The words in which times are named, from the files of the languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ragchat.query.rules import time_lists


@cache
def numbered(*names: str) -> dict[str, int]:
    """Lists of words by their position: months, weekdays, counts. `a/b` are one position."""
    return {
        spelling.replace("_", " "): number
        for name in names
        for words in time_lists(name)
        for number, word in enumerate(words.split())
        for spelling in word.split("/")
        if spelling != "-"
    }


@cache
def words(*names: str) -> frozenset[str]:
    """Lists of words, as a set."""
    found = (word for name in names for text in time_lists(name) for word in text.split())
    return frozenset(word.replace("_", " ") for word in found)


def any_of(*lists: Iterable[str]) -> str:
    """A pattern for any of these words, the longer first."""
    names = {name for listed in lists for name in listed}
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def any_word(*names: str) -> str:
    """A pattern for any word of these lists."""
    return f"(?:{any_of(words(*names))})"
