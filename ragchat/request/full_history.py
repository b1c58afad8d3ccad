"""The cost of a turn if the whole conversation were sent with it, from counted tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ragchat.claude.capabilities import cache_minimum
from ragchat.claude.cost import answer_cost, full_history_cost, input_tokens
from ragchat.request.history import in_flow, sendable

if TYPE_CHECKING:
    from ingest.conversation import Exchange
    from ragchat.claude.tokens import ChatModel
    from ragchat.claude.wire import Answer
    from ragchat.request.composer import Request

EXCHANGE_TOKENS = "exchange_tokens"
"""The name in a turn's usage of the tokens of its exchange in later requests."""


def exchange_tokens(request: Request, answer: Answer, model: ChatModel) -> int:
    """Return the tokens of an exchange in later requests, as the API counted them: the question's
    share of the input, and the answer without its thinking.
    """
    sent = input_tokens(answer.usage)
    asked = model.uncorrected(request.asked)
    share = sent * asked / request.uncorrected_tokens if sent else model.tokens(request.asked)
    output = answer.usage.get("output_tokens", 0) - answer.usage.get("thinking_tokens", 0)
    return round(share) + max(0, output)


def tokens_of(exchange: Exchange, model: ChatModel) -> int:
    """Return the tokens of an exchange: as counted when it was answered, else as estimated without
    the correction, which comes from requests of another size.
    """
    stored = exchange.answer.usage.get(EXCHANGE_TOKENS)
    if stored:
        return int(stored)
    return sum(map(model.steady_tokens, (exchange.question.text, exchange.answer.text)))


def with_full_history(
    request: Request,
    before: Sequence[Exchange],
    answer: Answer,
    model: ChatModel,
    now: datetime,
) -> float | None:
    """Return the US dollars for the same answer with the full history in its request.

    The repeated part is priced as read from the prompt cache where a program that sends everything
    would have it there: while the talk goes on, and from the least length that is cached.
    """
    exchanges = [exchange for exchange in before if sendable(exchange)]
    if {exchange.id for exchange in exchanges} == request.window or not answer.believable:
        return answer_cost(answer)
    tokens = {exchange.id: tokens_of(exchange, model) for exchange in exchanges}
    history = sum(tokens.values())
    in_window = sum(tokens.get(exchange, 0) for exchange in request.window)
    sent = input_tokens(answer.usage) or request.estimated_input_tokens
    return full_history_cost(
        answer.model or model.name,
        history_tokens=history,
        other_tokens=max(0, sent - in_window),
        output_tokens=answer.usage.get("output_tokens", 0),
        cached=in_flow(exchanges, now) and history >= cache_minimum(model.name),
    )
