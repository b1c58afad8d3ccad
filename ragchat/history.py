"""What of a conversation is sent along with a question; it only arranges; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.conversation import Exchange

Count = Callable[[str], int]


def sendable(exchange: Exchange) -> bool:
    """Whether an exchange may stand in a request: a refused turn would be refused again, and the
    API takes no empty text.
    """
    spoken = exchange.question.text.strip() and exchange.answer.text.strip()
    return bool(spoken) and exchange.answer.status in ("done", "interrupted", "cut off")


def window(exchanges: Sequence[Exchange], tokens: int, count: Count) -> tuple[Exchange, ...]:
    """The last exchanges that fit into so many tokens, oldest first.

    Of a last exchange that does not fit, the answer is cut, so that "tell me more" has something
    to refer to.
    """
    taken: list[Exchange] = []
    left = tokens
    for exchange in reversed([each for each in exchanges if sendable(each)]):
        size = count(exchange.question.text) + count(exchange.answer.text)
        if size > left:
            break
        left -= size
        taken.append(exchange)
    if not taken and exchanges and sendable(exchanges[-1]):
        return _cut(exchanges[-1], tokens, count)
    return tuple(reversed(taken))


def _cut(exchange: Exchange, tokens: int, count: Count) -> tuple[Exchange, ...]:
    room = tokens - count(exchange.question.text)
    text = exchange.answer.text
    while text and count(f"{text} …") > room:
        text = text[: min(len(text) - 1, len(text) * max(0, room) // count(f"{text} …"))]
    if not text.strip():
        return ()
    return (replace(exchange, answer=replace(exchange.answer, text=f"{text} …")),)
