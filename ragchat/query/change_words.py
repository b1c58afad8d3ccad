"""Words of change ("postponed", "no longer"), and states that last until changed; by language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from ragchat.query.hints import words_in
from ragchat.query.languages import languages

_NOT_LATIN = re.compile("[\u0400-\uffff]")


class LastingState:
    """What holds until it changes, such as where someone lives: how it is stated, and how that it
    changed. A pattern names `who`, if that is not the one who speaks.

    Patterns are compiled where they are first looked for: those of all languages take as long as
    the rest of a search in a new process.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    @cached_property
    def stated(self) -> tuple[re.Pattern[str], ...]:
        """Patterns of statements of the state."""
        return _compiled(self._data["stated"])

    @cached_property
    def changed(self) -> tuple[re.Pattern[str], ...]:
        """Patterns of statements that it changed."""
        return _compiled(self._data["changed"])


class Changes:
    """The words of change of a language ("postponed", "no longer"), and the states that it knows.

    `hints` are words that its patterns are made of; without any, letters that are not Latin are a
    hint.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.hints = frozenset(data.get("hints", "").split())
        self.states = tuple(map(LastingState, data.get("states", ())))

    @cached_property
    def words(self) -> re.Pattern[str]:
        """Finds the words of change."""
        return re.compile("|".join(self._data["patterns"]), re.IGNORECASE)

    @cached_property
    def of_thing(self) -> tuple[re.Pattern[str], ...]:
        """Patterns that name what is changed as `thing`: "our new plumber", "I sold the boat"."""
        return _compiled(self._data.get("of_thing", ()))


@lru_cache(maxsize=1024)  # what is remembered is read for each question that it may answer
def changes_hinted_at(text: str) -> tuple[Changes, ...]:
    """The words of change of each language of which a text has a hint: to look for hints first is
    many times faster than to look for all words.
    """
    words = set(words_in(text))
    return tuple(
        known
        for known in _changes()
        if (not words.isdisjoint(known.hints) if known.hints else _NOT_LATIN.search(text))
    )


def without_reason(sentence: str) -> str:
    """A sentence up to the reason that it gives: "moved to the 23rd because of the rain"."""
    found = _reasons().search(sentence)
    return sentence[: found.start()] if found else sentence


@cache
def _reasons() -> re.Pattern[str]:
    known = (data["changes"].get("reason") for data in languages().values() if "changes" in data)
    return re.compile(rf"(?:\s*,)?(?:{'|'.join(filter(None, known))})", re.IGNORECASE)


def states() -> tuple[LastingState, ...]:
    """The states that all languages know."""
    return tuple(state for known in _changes() for state in known.states)


@cache
def _changes() -> tuple[Changes, ...]:
    return tuple(Changes(data["changes"]) for data in languages().values() if "changes" in data)


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
