"""Follow-up questions, which continue the conversation: "and in 2023?", "why?", "the other?"; pure.

Searched for by its own words alone, such a question finds nothing. It is searched for together with
the exchange that it follows; a question that stands on its own feet, and so a change of topic, is
searched for as it is. No model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.text.language import (
    UNKNOWN,
    language,
    language_of,
    may_be_in,
    telling_words,
    words_apart,
)
from ragchat.query.rules import Rules, rules

FEW_WORDS = 2
"""A question with no more telling words than these says too little by itself."""
ANSWER_CHARACTERS = 200
"""Of the answer before, this much is searched for, too."""
WEIGHT = 0.7
"""Weight of the vector of the previous turns, beside the question's own; flat from 0.6 to 0.8 on
the half of the follow-ups left out (RESULTS.md#memory)."""
WORDS = 0.7
"""Weight of a word of the previous turns, beside one of the question."""
PARTLY = 0.5
"""The share of both weights for a question that says half of it itself, or may be on another topic.
The three were chosen, as CARRIED, on half of the follow-ups (RESULTS.md#memory)."""
CARRIED = 0.1
"""Added to the score of what the last answer cited."""

PERHAPS_WORDS = 4
"""In a question with no more telling words, "this" and "other" are taken to point back."""

_LETTER = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An exchange before the question; `cited` are the ids of what its answer cited."""

    question: str
    answer: str
    cited: frozenset[str] = frozenset()


def leaning(question: str, code: str | None = None, before: str = "") -> float:
    """Return how far a question leans on what went before, 0..1: 0 for one that can be searched for
    alone.

    `code` is its language, by default as it is read from the words; English where they do not tell.
    `before` is the question before it: one in another language has another topic.
    """
    code = code or language_of(question) or UNKNOWN
    known = rules(code)
    if known is None:
        return 0.0
    words = words_apart(question)
    if says_little(question, code):
        if _changes_language(words, question, before, code, known):
            return 0.0
        return PARTLY if _asks_for_itself(words, question, code, known) else 1.0
    if known.few_characters is not None:
        return PARTLY if any(word in question for word in known.pointing) else 0.0
    if not known.pointing.isdisjoint(words):
        return PARTLY
    is_short = len(telling_words(question, code)) <= PERHAPS_WORDS
    return PARTLY if is_short and not known.perhaps.isdisjoint(words) else 0.0


def _changes_language(
    words: Sequence[str], question: str, before: str, code: str, known: Rules
) -> bool:
    """Return whether a question with a subject and a word that asks, and none that goes on from
    before, is in another language than the one before it.
    """
    last = language_of(before)
    if last is None or may_be_in(question, last):
        return False
    goes_on, asking = known.pointing | known.perhaps | known.opening, language(code).asking
    if known.few_characters is not None:
        held = {word for word in goes_on | asking if word in question}
    else:
        held = set(words)
    subjects = set(telling_words(question, code)) - known.weak - known.vague
    return bool(subjects and held & asking) and held.isdisjoint(goes_on)


def leans(question: str, code: str | None = None) -> bool:
    """Return whether a question says too little by itself to be searched for."""
    return leaning(question, code) > 0


def _asks_for_itself(words: Sequence[str], question: str, code: str, known: Rules) -> bool:
    """Return whether few words may be a whole question, on another topic: "When is the compost
    emptied?".

    It has a word that asks, and none that goes on from before.
    """
    if known.few_characters is not None or not words or words[0] in known.opening:
        return False
    if not (known.pointing | known.perhaps).isdisjoint(words):
        return False
    asks = not language(code).asking.isdisjoint(words)
    return asks and len(telling_words(question, code)) == FEW_WORDS


def says_little(question: str, code: str) -> bool:
    """Return whether a question has hardly a word of its own, in a language with rules."""
    known = rules(code)
    if known is not None and known.few_characters is not None:
        return len(_LETTER.findall(question)) <= known.few_characters
    return len(telling_words(question, code)) <= FEW_WORDS


def background(earlier: Sequence[Earlier]) -> str:
    """Return the text that a question leans on: the last question, the beginning of its answer, and
    the question before.
    """
    *before, last = earlier
    texts = [last.question, last.answer[:ANSWER_CHARACTERS]]
    return " ".join([*texts, *(earlier.question for earlier in before[-1:])])
