"""Tokens and money: what a turn cost, and what the full history would have cost; pure."""

from __future__ import annotations

from collections.abc import Mapping

from ragchat.claude.prices import CACHE_WRITE, CACHE_WRITE_HOUR, price_of
from ragchat.claude.wire import Answer

INPUT_TOKENS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
"""The API's names of the parts of a request's input; their sum is all of it."""


def input_tokens(usage: Mapping[str, int]) -> int:
    """Return all input tokens of a request, at whatever price."""
    return sum(usage.get(name, 0) for name in INPUT_TOKENS)


def cost(usage: Mapping[str, int], model: str) -> float | None:
    """US dollars for one request with this usage; None where the model's price is not known.

    Of the tokens written to the prompt cache `ephemeral_1h_input_tokens` are kept for an hour.
    """
    price = price_of(model, input_tokens(usage))
    if price is None:
        return None
    written = usage.get("cache_creation_input_tokens", 0)
    for_an_hour = min(usage.get("ephemeral_1h_input_tokens", 0), written)
    writes = CACHE_WRITE * (written - for_an_hour) + CACHE_WRITE_HOUR * for_an_hour
    total = (usage.get("input_tokens", 0) + writes) * price.input
    total += usage.get("cache_read_input_tokens", 0) * price.cache_read
    return (total + usage.get("output_tokens", 0) * price.output) / 1e6


def answer_cost(answer: Answer) -> float | None:
    """US dollars for an answer and for the attempts at it that broke off without a text; None where
    the price is not known or the counts cannot be right.
    """
    if not answer.believable:
        return None
    prices = (cost(usage, answer.model) for usage in (answer.usage, *answer.wasted))
    known = [price for price in prices if price is not None]
    return sum(known) if known else None


def money(usd: float) -> str:
    """Return US dollars with as many decimal places as a turn needs."""
    return f"${usd:.4f}" if usd < 1 else f"${usd:.2f}"


def full_history_cost(
    model: str,
    *,
    history_tokens: int,
    other_tokens: int,
    output_tokens: int,
    cached: bool = False,
) -> float | None:
    """Return the US dollars for the same answer with the whole conversation in its request.

    `other_tokens` are those that are sent either way: system prompt, context and question. With
    `cached` the comparison is as kind to the full history as it can be: everything said before is
    read from the prompt cache, which holds for five minutes.
    """
    name = "cache_read_input_tokens" if cached else "input_tokens"
    usage = {"input_tokens": other_tokens, "output_tokens": output_tokens}
    usage[name] = usage.get(name, 0) + history_tokens
    return cost(usage, model)
