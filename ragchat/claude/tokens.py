"""Estimates of tokens, without a request, corrected by the usage of answers; pure.

There is no local tokenizer for Claude: https://docs.claude.com/en/docs/build-with-claude/token-counting
"""

from __future__ import annotations

import math
import re
import string
from dataclasses import dataclass
from functools import cache, lru_cache

WORD = 0.9
LETTER = 0.1
DIGIT = 1.5
SIGN = 0.9
BYTE_BEYOND_ASCII = 0.4
"""What each adds to the tokens of a text. A word is a run of ASCII letters; signs are punctuation
and line ends; other white space joins the word that follows.

Fitted to six vocabularies over prose, chat, code and JSON: they differ by little but one factor,
and that is learned (tests/benchmarks/bench_tokens.py). A count of characters fits prose as well and
misses by a tenth when a table of numbers comes.
"""

OLD_TOKENIZER = 0.77

REMEMBERED = 10_000
"""Characters of a text that is counted once: each request counts the window several times."""

NEWEST = 0.6
"""How much of the scale the newest observation is: a request is most like the one before it."""

PLAUSIBLE = (0.3, 3.0)
"""A scale beyond these says that the usage was not one of this text."""


def _kind(byte: int) -> str:
    character = chr(byte)
    if byte >= 128:
        return "x"
    if character.isalpha():
        return "a"
    if character.isdigit():
        return "0"
    return "." if character in string.punctuation or character == "\n" else " "


_KINDS = "".join(map(_kind, range(256))).encode()

_VERSION = re.compile(r"^claude-(?:[a-z]+-)?(\d+)(?:-(\d{1,2}))?(?:-|$)")


def estimate_tokens(text: str, model: str) -> int:
    """About how many tokens a text is to a model, by a rule of thumb.

    Set to err on the high side, at about 3.3 characters of English a token, by the tokenizer of
    Claude 4.7 and later; 4.6 and earlier make about 23 % fewer of the same text (Anthropic states
    30 % more for the step up).
    """
    factor = _tokenizer_factor(model)
    return _estimated(text, factor) if len(text) <= REMEMBERED else _estimate(text, factor)


def _estimate(text: str, factor: float) -> int:
    if not text:
        return 0
    kinds = b" " + text.encode("utf-8", "replace").translate(_KINDS)
    tokens = (
        WORD * sum(kinds.count(before + b"a") for before in (b" ", b".", b"0", b"x"))
        + LETTER * kinds.count(b"a")
        + DIGIT * kinds.count(b"0")
        + SIGN * kinds.count(b".")
        + BYTE_BEYOND_ASCII * kinds.count(b"x")
    )
    return max(1, math.ceil(tokens * factor))


_estimated = lru_cache(maxsize=1024)(_estimate)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a rule-of-thumb estimate is multiplied with, as learned from the usage of one model."""

    factor: float = 1.0
    seen: int = 0

    def applied(self, estimate: float) -> int:
        """The corrected estimate."""
        return math.ceil(estimate * self.factor)

    def learned(self, estimate: int, tokens: int) -> Scale:
        """The scale after a request that was estimated (uncorrected) and then counted."""
        if estimate <= 0 or not PLAUSIBLE[0] <= tokens / estimate <= PLAUSIBLE[1]:
            return self
        weight = NEWEST if self.seen else 1.0
        return Scale((1 - weight) * self.factor + weight * tokens / estimate, self.seen + 1)


UNCORRECTED = Scale()
"""Before anything was counted."""


class ChatModel:
    """The model that answers: its name and how the estimate of its tokens is corrected.

    One object is shared by all that depend on the model, so that a change of model reaches them
    all.
    """

    def __init__(self, name: str, scale: Scale = UNCORRECTED) -> None:
        self.change(name, scale)

    def change(self, name: str, scale: Scale) -> None:
        """Let another model answer from now on."""
        self.name = name
        self.scale = scale
        self._first_scale = scale

    def learn(self, uncorrected: int, counted: int) -> None:
        """Correct the estimate by what the model counted of a request."""
        self.scale = self.scale.learned(uncorrected, counted)

    def uncorrected(self, text: str) -> int:
        """The estimate of a text's tokens before it is corrected."""
        return estimate_tokens(text, self.name)

    def tokens(self, text: str) -> int:
        """The corrected estimate of a text's tokens."""
        return self.scale.applied(self.uncorrected(text))

    def steady_tokens(self, text: str) -> int:
        """The estimate as it was when the model was chosen, which later corrections do not move."""
        return self._first_scale.applied(self.uncorrected(text))


@cache
def _tokenizer_factor(model: str) -> float:
    version = _VERSION.match(model)
    is_old = version is not None and (int(version[1]), int(version[2] or 0)) < (4, 7)
    return OLD_TOKENIZER if is_old else 1.0
