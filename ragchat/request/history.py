"""The part of a conversation that is sent with a question; pure.

Exchanges leave the window in steps, not one a turn, so that requests begin alike for several turns
in a row and can be read from Claude's prompt cache.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Literal

from ingest.conversation import Exchange

Count = Callable[[str], int]
Strategy = Literal["rag", "window", "summary", "full"]

STEP = 0.75
"""The part of the window that is dropped at once: tests/benchmarks/RESULTS.md has its price."""

LONG_STEP = 0.25
"""The same for windows of many exchanges, which can afford smaller steps."""

CACHE_LIFE = timedelta(minutes=5)
"""The lifetime of an entry of the prompt cache: https://docs.claude.com/en/docs/build-with-claude/prompt-caching"""

LONG_CACHE_LIFE = timedelta(hours=1)
"""The same where an hour is paid for."""

LONG_PAUSES = 0.3
"""The share of long pauses from which an hour pays: writing for an hour costs 2 times the input
instead of 1.25 for each new exchange, and after a pause it spares writing a quarter of the window
again, 0.31 of it, where reading all of it costs 0.1. With a window of 5,000 tokens and exchanges of
360 that is even at 0.26 (RESULTS.md#the-windows-size-and-step-by-money).
"""

KNOWN_PAUSES = 3
"""Pauses within an hour from which their share is taken for a habit."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary of the oldest exchanges of a conversation; `covers` counts them."""

    text: str
    covers: int


@dataclass(frozen=True, slots=True)
class Window:
    """The part that is sent: exchanges, oldest first, and a summary of those before.

    `unsummarized` are exchanges that are neither: the strategy "summary" wants them summarized.
    """

    exchanges: tuple[Exchange, ...] = ()
    summary: str = ""
    unsummarized: tuple[Exchange, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the exchanges."""
        return frozenset(exchange.id for exchange in self.exchanges)


def sendable(exchange: Exchange) -> bool:
    """Return whether an exchange may be sent: a refused turn would be refused again, and the API
    takes no empty text.
    """
    spoken = exchange.question.text.strip() and exchange.answer.text.strip()
    return bool(spoken) and exchange.answer.status in ("done", "interrupted", "cut off")


def sendable_exchanges(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges that may be sent, each with both sides."""
    return [exchange for exchange in two_sided(exchanges) if sendable(exchange)]


def two_sided(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges, each imported one with one side joined to its neighbour: a question to
    the next one, an answer to the one before.
    """
    found: list[Exchange] = []
    open_questions: list[str] = []
    for exchange in exchanges:
        asked, answered = exchange.question, exchange.answer
        if asked.text.strip() and not asked.here and not answered.text.strip():
            open_questions.append(asked.sent_text)
        elif not asked.text.strip() and found and answered.text.strip():
            before = found[-1].answer
            joined = replace(before, text=f"{before.text}\n\n{answered.sent_text}")
            found[-1] = replace(found[-1], answer=joined)
        elif open_questions:
            text = "\n\n".join([*open_questions, asked.text])
            found.append(replace(exchange, question=replace(asked, text=text)))
            open_questions = []
        else:
            found.append(exchange)
    return found


def window_of(
    exchanges: Sequence[Exchange],
    strategy: Strategy,
    tokens: int,
    count: Count,
    now: datetime,
    *,
    summary: Summary | None = None,
    life: timedelta = CACHE_LIFE,
) -> Window:
    """Return what a strategy sends within `tokens`; the prompt cache is kept for `life`.

    "rag" sends the last exchanges, and after a pause, when nothing of them can be cached any
    more, only as many as a step leaves; "window" sends the last exchanges whatever the pause;
    "full" all of them, trimmed from the oldest with the first one kept; "summary" is "rag" with a
    summary of those before, as far as there is one.
    """
    exchanges = sendable_exchanges(exchanges)
    if strategy == "full":
        return Window(_trimmed(exchanges, tokens, count))
    if strategy == "window":
        start = _start(exchanges, tokens, count, LONG_STEP)
    else:
        begun = _restart(exchanges, tokens, count, now, life)
        start = begun + _start(exchanges[begun:], tokens, count, STEP)
    kept = tuple(exchanges[start:]) or _cut(exchanges[-1:], tokens, count)
    if strategy != "summary":
        return Window(kept)
    covered = summary.covers if summary else 0
    if summary is None or covered > start:
        return Window(kept, "", tuple(exchanges[:start]))
    return Window(kept, summary.text, tuple(exchanges[covered:start]))


def in_flow(exchanges: Sequence[Exchange], now: datetime, life: timedelta = CACHE_LIFE) -> bool:
    """Return whether the last answer is so recent that the prompt cache still has it."""
    return bool(exchanges) and now - exchanges[-1].answer.time <= life


def cache_life(exchanges: Sequence[Exchange]) -> timedelta:
    """Return for how long the prompt cache is worth paying for, by the pauses between an answer and
    the next question so far.
    """
    gaps = (later.question.time - answered.answer.time for answered, later in pairwise(exchanges))
    pauses = [gap for gap in gaps if timedelta() <= gap <= LONG_CACHE_LIFE]
    long = sum(gap > CACHE_LIFE for gap in pauses)
    habit = len(pauses) >= KNOWN_PAUSES and long >= LONG_PAUSES * len(pauses)
    return LONG_CACHE_LIFE if habit else CACHE_LIFE


def _restart(
    exchanges: Sequence[Exchange], tokens: int, count: Count, now: datetime, life: timedelta
) -> int:
    """Return the start of the window after the last pause: a step less than before it."""
    paused = len(exchanges)
    while paused and now - exchanges[paused - 1].answer.time <= life:
        paused -= 1
        now = exchanges[paused].question.time
    room = (1 - STEP) * tokens
    begun = paused
    while begun and (room := room - _size(exchanges[begun - 1], count)) >= 0:
        begun -= 1
    return begun


def _trimmed(exchanges: Sequence[Exchange], tokens: int, count: Count) -> tuple[Exchange, ...]:
    """Return all exchanges; of too many, the first one and the last that fit beside it."""
    if sum(_size(exchange, count) for exchange in exchanges) <= tokens:
        return tuple(exchanges)
    left = tokens - _size(exchanges[0], count)
    if left <= 0:
        start = _start(exchanges, tokens, count, LONG_STEP)
        return tuple(exchanges[start:]) or _cut(exchanges[-1:], tokens, count)
    return (exchanges[0], *exchanges[1 + _start(exchanges[1:], left, count, LONG_STEP) :])


def _start(exchanges: Sequence[Exchange], tokens: int, count: Count, step: float) -> int:
    """Return the start of the last exchanges that fit.

    The start moves only when it must, and then over a whole step of tokens: it is the first
    exchange after a multiple of the step, counted from the first exchange, so that it is the same
    whenever the conversation is resumed.
    """
    ends = list(accumulate(_size(exchange, count) for exchange in exchanges))
    total = ends[-1] if ends else 0
    if total <= tokens:
        return 0
    stride = max(1.0, step * tokens)
    line = math.ceil((total - tokens) / stride) * stride
    starts = [0, *ends[:-1]]
    return next((n for n, start in enumerate(starts) if start >= line), len(exchanges))


def _size(exchange: Exchange, count: Count) -> int:
    return count(exchange.question.text) + count(exchange.answer.text)


def _cut(last: Sequence[Exchange], tokens: int, count: Count) -> tuple[Exchange, ...]:
    """Return the last exchange with its answer cut to fit, so that "tell me more" has something to
    refer to.
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
