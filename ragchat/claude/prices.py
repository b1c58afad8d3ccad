"""What each model costs, as a dated table; pure data.

https://platform.claude.com/docs/en/about-claude/pricing, at PRICES_AS_OF. The names are those that
the SDK lists (anthropic.types.Model), newest first, which decides what "haiku" alone means. A model
whose price was on no page that day has None.
"""

from __future__ import annotations

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


PRICES: Mapping[str, Price | None] = {
    "claude-fable-5-2": None,
    "claude-mythos-5-2": None,
    "claude-haiku-5-5": Price(0.10, 0.50, 0.01),
    "claude-sonnet-5-5": Price(2, 10, 0.10),
    "claude-opus-5-5": Price(4, 20, 0.20),
    "claude-fable-5-1": Price(10, 50, 0.25),
    "claude-mythos-5-1": Price(10, 50, 0.25),
    "claude-opus-5": Price(5, 25, 0.50),
    "claude-sonnet-5": Price(2, 10, 0.20),
    "claude-fable-5": Price(10, 50, 1.00),
    "claude-mythos-5": Price(10, 50, 1.00),
    "claude-opus-4-8": Price(5, 25, 0.50),
    "claude-opus-4-7": Price(5, 25, 0.50),
    "claude-mythos-preview": Price(25, 125, 2.50),
    "claude-opus-4-6": Price(5, 25, 0.50),
    "claude-sonnet-4-6": Price(3, 15, 0.30),
    "claude-haiku-4-5": Price(1, 5, 0.10),
    "claude-opus-4-5": Price(5, 25, 0.50),
    "claude-sonnet-4-5": Price(3, 15, 0.30),
}

LONG_PROMPT = 100_000
"""Input tokens above which a whole request costs the model's LONG_PROMPT_PRICES."""

LONG_PROMPT_PRICES: Mapping[str, Price] = {"claude-haiku-5-5": Price(0.50, 2.50, 0.05)}

CACHE_WRITE = 1.25
"""The price of a token written to the prompt cache for five minutes, in input tokens."""

CACHE_WRITE_HOUR = 2.0
"""The same for an hour."""

_SNAPSHOT = re.compile(r"-\d{8}$")


def without_date(model: str) -> str:
    """Return the name of a model without the day of its snapshot: claude-opus-5-20261010."""
    return _SNAPSHOT.sub("", model)


def price_of(model: str, input_tokens: int = 0) -> Price | None:
    """The price of a request of this size, None where it is not known."""
    name = without_date(model)
    price = PRICES.get(name)
    if price is not None and input_tokens > LONG_PROMPT:
        return LONG_PROMPT_PRICES.get(name, price)
    return price
