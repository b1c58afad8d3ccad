"""Words of change ("postponed", "no longer"), and states that last until changed; by language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ragchat.query.hints import words_in
from ragchat.query.languages import languages

_NOT_LATIN = re.compile("[\u0400-\uffff]")


@dataclass(frozen=True, slots=True)
class LastingState:
    """What holds until it changes, such as where someone lives: how it is stated, and how that it
    changed. A pattern names `who`, if that is not the one who speaks.
    """

    stated: tuple[re.Pattern[str], ...]
    changed: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The words of change of a language ("postponed", "no longer"), and the states that it knows.

    `of_thing`: patterns that name what is changed as `thing`: "our new plumber", "I sold the boat".
    `hints` are words that they are made of; without any, letters that are not Latin are a hint.
    """

    hints: frozenset[str]
    words: re.Pattern[str]
    of_thing: tuple[re.Pattern[str], ...]
    states: tuple[LastingState, ...]


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
    known = [data["changes"] for data in languages().values() if "changes" in data]
    return tuple(
        Changes(
            hints=frozenset(changes.get("hints", "").split()),
            words=re.compile("|".join(changes["patterns"]), re.IGNORECASE),
            of_thing=_compiled(changes.get("of_thing", ())),
            states=tuple(
                LastingState(_compiled(state["stated"]), _compiled(state["changed"]))
                for state in changes.get("states", ())
            ),
        )
        for changes in known
    )


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
