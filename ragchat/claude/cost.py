"""Tokens and money: what a turn cost, and what the full history would have cost; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ragchat.claude.wire import Answer

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


def answer_cost(answer: Answer) -> float | None:
    """US dollars for an answer, and for the attempts at it that broke off without a word."""
    prices = (cost(each, answer.model) for each in (answer.usage, *answer.wasted))
    known = [price for price in prices if price is not None]
    return sum(known) if known else None


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
