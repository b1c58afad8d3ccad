"""The sentences of what was said, as they are compared: with their words of change; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from ragchat.query.change_words import (
    Changes,
    LastingState,
    changes_hinted_at,
    states,
    without_reason,
)
from ragchat.query.wording import Wording, wording
from ragchat.retrieval.folding import is_statement

SENTENCE_END = re.compile(r"(?<=[.!?;])(?<!\d\.)\s+|(?<=[。！？；])|\n+")
_CLAUSE_END = re.compile(r",\s+|:\s+|\s[-–—]+\s|[，、：]")
QUESTION = re.compile(r"[?？؟]\s*$")
_NUMBERED = re.compile(
    r"\W*(?:[^\W\d_]{1,4}[\s'’]+)?(?P<thing>[^\W\d_]{2,})\s+(?:(?:#|no?[.º°]|nr\.)\s?)?"
    r"(?P<number>\d[\d.]*)(?![\d:])",
    re.IGNORECASE,
)
"""A thing by its number, which a sentence begins with: "Release 2.4", "our sprint 12"."""
_SUBJECT = re.compile(r"\b([^\W\d_][\w-]*)['’]s\b")
"""Whose something is: "Anna's appointment" is not Ben's."""

START = 3
"""Letters with which a word and its other forms begin."""
LONG = 24
"""Words of a sentence that is about more than one thing: twice those that may be about one."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is compared; `plain`: without its words of change.

    - `owners`: whose thing it is about.
    - `changed`: the states that it says have changed, each with whose it is.
    - `things`: what it says is new, or gone.
    - `is_claim`: it states something, and not only "great, John!".
    - `is_clause`: it is a part of a sentence, which may leave its subject to the rest.
    """

    text: str
    plain: str
    said: Wording
    owners: frozenset[str]
    changed: frozenset[tuple[LastingState, str]]
    things: frozenset[str]
    is_change: bool
    is_claim: bool
    is_clause: bool

    @cached_property
    def starts(self) -> frozenset[str]:
        """The beginnings of its words: without one in common, two sentences share no word."""
        return frozenset(word[:START] for word in self.said.affirmed)

    @cached_property
    def numbered(self) -> tuple[str, str] | None:
        """The thing that it begins with, and its number; a date has none."""
        found = _NUMBERED.match(self.plain)
        if found is None or not wording(found["thing"]).words - self.said.figures:
            return None
        return found["thing"].casefold(), found["number"].rstrip(".")

    @property
    def may_be_short(self) -> bool:
        """Whether it may be about one thing, without the words that only hold it together."""
        return len(self.said.affirmed) <= LONG or bool(self.said.caseless)

    @property
    def words(self) -> frozenset[str]:
        """Its content words, without figures, which are what changes."""
        return self.said.affirmed - self.said.figures

    @property
    def names(self) -> frozenset[str]:
        """Its capitalised words."""
        return self.said.names | self.said.openers


def sentences(text: str, *, only_changes: bool = False) -> tuple[Sentence, ...]:
    """The sentences of a text that state something, and the clauses of each."""
    found: list[Sentence] = []
    for sentence in map(str.strip, SENTENCE_END.split(text)):
        if not sentence or QUESTION.search(sentence):
            continue
        if only_changes and not says_any_change(sentence):
            continue
        whole = _sentence(sentence, is_clause=False)
        found.append(whole)
        what = without_reason(sentence)
        if what != sentence:
            found.append(replace(_sentence(what, is_clause=False), owners=whole.owners))
        clauses = [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]
        if len(clauses) > 1:
            parts = (_sentence(clause, is_clause=True) for clause in clauses)
            found += (replace(part, owners=part.owners or whole.owners) for part in parts)
    return tuple(found)


def says_any_change(text: str) -> bool:
    """Return whether a text has words of change."""
    return any(
        known.words.search(text)
        or _things(known, text)
        or any(_who(state.changed, text) is not None for state in known.states)
        for known in changes_hinted_at(text)
    )


def _things(known: Changes, text: str) -> list[str]:
    """Return the things that a sentence says are new, or gone."""
    return [found["thing"] for pattern in known.of_thing for found in pattern.finditer(text)]


def _who(patterns: Sequence[re.Pattern[str]], text: str) -> str | None:
    """Whose state a pattern finds, "" for that of the one who speaks; None for no one's."""
    for pattern in patterns:
        found = pattern.search(text)
        if found:
            return (found.groupdict().get("who") or "").casefold()
    return None


@lru_cache(maxsize=1024)
def states_of(text: str) -> frozenset[tuple[LastingState, str]]:
    """The states that a sentence speaks of, each with whose it is."""
    found = ((state, _who((*state.changed, *state.stated), text)) for state in states())
    return frozenset((state, who) for state, who in found if who is not None)


def _sentence(text: str, *, is_clause: bool) -> Sentence:
    plain = text
    changed, things = set(), list[str]()
    for known in changes_hinted_at(text):
        things += _things(known, text)
        plain = known.words.sub(" ", plain)
        found = ((state, _who(state.changed, text)) for state in known.states)
        changed |= {(state, who) for state, who in found if who is not None}
    owners = _SUBJECT.findall(plain)
    said = wording(plain)
    return Sentence(
        text=text,
        plain=plain,
        said=said,
        owners=wording(" ".join(owners)).words if owners else frozenset(),
        changed=frozenset(changed),
        things=wording(" ".join(things)).words,
        is_change=bool(changed) or plain != text,
        is_claim=bool(said.figures) or is_statement(text),
        is_clause=is_clause,
    )
