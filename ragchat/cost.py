"""Tokens and money: what a turn cost, and what the full history would have cost; pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

PRICES_AS_OF = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cache_read: float


# https://platform.claude.com/docs/en/about-claude/pricing, at PRICES_AS_OF; the cache reads of the
# two older models are the usual tenth of their input.
PRICES: Mapping[str, Price] = {
    "claude-sonnet-5-5": Price(2, 10, 0.10),
    "claude-opus-5-5": Price(4, 20, 0.20),
    "claude-haiku-5-5": Price(0.10, 0.50, 0.01),
    "claude-fable-5-1": Price(10, 50, 0.25),
    "claude-sonnet-4-6": Price(3, 15, 0.30),
    "claude-haiku-4-5": Price(1, 5, 0.10),
}
LONG_PROMPT = 100_000
"""Input tokens above which a whole request has the model's LONG_PROMPT_PRICES."""

LONG_PROMPT_PRICES: Mapping[str, Price] = {"claude-haiku-5-5": Price(0.50, 2.50, 0.05)}
CACHE_WRITE = 1.25
"""What a token costs that is written to the prompt cache (5 minutes), in input tokens."""

INPUT_TOKENS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
"""The API's names of what a request's input is made of; their sum is all of it."""

_SNAPSHOT = re.compile(r"-\d{8}$")
_VERSION = re.compile(r"^claude-(?:[a-z]+-)?(\d+)(?:-(\d{1,2}))?(?:-|$)")

CHARACTERS_PER_TOKEN = 3.3
BYTES_PER_TOKEN_BEYOND_ASCII = 2.5
OLD_TOKENIZER = 0.77


def cost(usage: Mapping[str, int], model: str) -> float | None:
    """US dollars for one request with this usage; None where the model's price is not known."""
    name = _SNAPSHOT.sub("", model)
    price = PRICES.get(name)
    if price is None:
        return None
    fresh = usage.get("input_tokens", 0)
    read = usage.get("cache_read_input_tokens", 0)
    written = usage.get("cache_creation_input_tokens", 0)
    if fresh + read + written > LONG_PROMPT:
        price = LONG_PROMPT_PRICES.get(name, price)
    total = (fresh + CACHE_WRITE * written) * price.input + read * price.cache_read
    return (total + usage.get("output_tokens", 0) * price.output) / 1e6


def full_history_cost(
    model: str,
    *,
    history_tokens: int,
    other_tokens: int,
    output_tokens: int,
    cached: bool = False,
) -> float | None:
    """What the same answer would have cost with the whole conversation sent along.

    `other_tokens` are those that are sent either way: system prompt, context and question. With
    `cached` the comparison is as kind to the full history as it can be: everything said before is
    read from the prompt cache, which holds for five minutes.
    """
    name = "cache_read_input_tokens" if cached else "input_tokens"
    usage = {"input_tokens": other_tokens, "output_tokens": output_tokens}
    usage[name] = usage.get(name, 0) + history_tokens
    return cost(usage, model)


def estimate_tokens(text: str, model: str) -> int:
    """About how many tokens a text is to a model, without asking anybody.

    A rule of thumb, set to err on the high side: 3.3 characters a token for ASCII, 2.5 bytes of
    UTF-8 a token for all else, by the tokenizer of Claude 4.7 and later; 4.6 and earlier make
    about 23 % fewer of the same text (Anthropic gives 30 % more for the step up).
    """
    if not text:
        return 0
    characters = len(text)
    beyond = len(text.encode("utf-8", "replace"))
    if beyond == characters:
        tokens = characters / CHARACTERS_PER_TOKEN
    else:
        ascii_only = sum(map(str.isascii, text))
        tokens = ascii_only / CHARACTERS_PER_TOKEN
        tokens += (beyond - ascii_only) / BYTES_PER_TOKEN_BEYOND_ASCII
    return math.ceil(tokens * (OLD_TOKENIZER if _old_tokenizer(model) else 1))


def _old_tokenizer(model: str) -> bool:
    version = _VERSION.match(model)
    return version is not None and (int(version[1]), int(version[2] or 0)) < (4, 7)
