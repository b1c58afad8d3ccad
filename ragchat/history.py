"""What of a conversation is sent along with a question; it only arranges; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.conversation import Exchange

Count = Callable[[str], int]


def sendable(exchange: Exchange) -> bool:
    """Whether an exchange may stand in a request: a refused turn would be refused again, and the
    API takes no empty text.
    """
    spoken = exchange.question.text.strip() and exchange.answer.text.strip()
    return bool(spoken) and exchange.answer.status in ("done", "interrupted")


def window(exchanges: Sequence[Exchange], tokens: int, count: Count) -> tuple[Exchange, ...]:
    """The last exchanges that fit into so many tokens, oldest first."""
    taken: list[Exchange] = []
    left = tokens
    for exchange in reversed([each for each in exchanges if sendable(each)]):
        left -= count(exchange.question.text) + count(exchange.answer.text)
        if left < 0:
            break
        taken.append(exchange)
    return tuple(reversed(taken))
