"""What of a conversation is sent along with a question; it only arranges; pure.

Whatever is left out is left out in steps, not by one exchange each turn, so that what is sent
begins alike for several turns in a row and Claude's prompt cache can read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Literal, get_args

from ingest.conversation import Exchange

Count = Callable[[str], int]
Strategy = Literal["rag", "window", "summary", "full"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

STEP = 0.5
"""The part of the window that is dropped at once: see tests/benchmarks/RESULTS.md for its price."""

FULL_STEP = 0.1
"""The same for the full history, which is long enough for small steps."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the oldest exchanges of a conversation came to; `covers` counts them."""

    text: str
    covers: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is sent of a conversation: exchanges, oldest first, and a summary of those before.

    `unsummarized` are exchanges that are neither: the strategy "summary" wants them summarized.
    """

    exchanges: tuple[Exchange, ...] = ()
    summary: str = ""
    unsummarized: tuple[Exchange, ...] = ()


def sendable(exchange: Exchange) -> bool:
    """Whether an exchange may stand in a request: a refused turn would be refused again, and the
    API takes no empty text.
    """
    spoken = exchange.question.text.strip() and exchange.answer.text.strip()
    return bool(spoken) and exchange.answer.status in ("done", "interrupted", "cut off")


def arrange(
    exchanges: Sequence[Exchange],
    strategy: Strategy,
    tokens: int,
    count: Count,
    *,
    summary: Summary | None = None,
    step: float | None = None,
) -> Arranged:
    """What a strategy sends within so many tokens.

    "rag" and "window" send the last exchanges (they differ in how many tokens that is), "full"
    all of them, trimmed from the oldest with the first one kept, and "summary" the last exchanges
    and, in place of those before, their summary, as far as there is one.
    """
    said = [each for each in exchanges if sendable(each)]
    if strategy == "full":
        return Arranged(_trimmed(said, tokens, count, FULL_STEP if step is None else step))
    start = _start(said, tokens, count, STEP if step is None else step)
    kept = tuple(said[start:]) or _cut(said[-1:], tokens, count)
    if strategy != "summary":
        return Arranged(kept)
    covered = min(summary.covers, start) if summary else 0
    text = summary.text if summary and summary.covers <= start else ""
    return Arranged(kept, text, tuple(said[covered if text else 0 : start]))


def _trimmed(
    said: Sequence[Exchange], tokens: int, count: Count, step: float
) -> tuple[Exchange, ...]:
    """All exchanges; when they are too many, the first one and the last that fit beside it."""
    if sum(_size(each, count) for each in said) <= tokens:
        return tuple(said)
    first = said[0]
    left = tokens - _size(first, count)
    if left <= 0:
        return tuple(said[_start(said, tokens, count, step) :]) or _cut(said[-1:], tokens, count)
    return (first, *said[1 + _start(said[1:], left, count, step) :])


def _start(said: Sequence[Exchange], tokens: int, count: Count, step: float) -> int:
    """Where the last exchanges begin that fit.

    The beginning moves only when it must, and then over a whole step of tokens: it stands on the
    first exchange after a multiple of the step, counted from the beginning of the conversation,
    so that it is the same whenever the same conversation is taken up again.
    """
    sizes = [_size(each, count) for each in said]
    ends = list(accumulate(sizes))
    total = ends[-1] if ends else 0
    if total <= tokens:
        return 0
    stride = max(1.0, step * tokens)
    line = math.ceil((total - tokens) / stride) * stride
    return _first_beyond(ends, sizes, line) if line < total else len(said)


def _first_beyond(ends: Sequence[int], sizes: Sequence[int], line: float) -> int:
    return next(
        (n for n, (end, size) in enumerate(zip(ends, sizes, strict=True)) if end - size >= line),
        len(ends),
    )


def _size(exchange: Exchange, count: Count) -> int:
    return count(exchange.question.text) + count(exchange.answer.text)


def _cut(last: Sequence[Exchange], tokens: int, count: Count) -> tuple[Exchange, ...]:
    """Of a last exchange that does not fit, the answer is cut, so that "tell me more" has
    something to refer to.
    """
    if not last:
        return ()
    (exchange,) = last
    room = tokens - count(exchange.question.text)
    if count(exchange.answer.text) <= room:
        return (exchange,)
    text = exchange.answer.text
    while text and count(f"{text} …") > room:
        text = text[: min(len(text) - 1, len(text) * max(0, room) // count(f"{text} …"))]
    if not text.strip():
        return ()
    return (replace(exchange, answer=replace(exchange.answer, text=f"{text} …")),)
