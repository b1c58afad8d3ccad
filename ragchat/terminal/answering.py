"""Showing one answer while it comes, and the lines under it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from ingest.text.amounts import counted
from ragchat.answer.citations import Marker
from ragchat.chat import ChatEvent, CheckedAnswer, Summarizing
from ragchat.claude.cost import INPUT_TOKENS
from ragchat.claude.wire import Cited, Text, Thinking, Waiting
from ragchat.errors import RagchatError
from ragchat.request.composer import Request

if TYPE_CHECKING:
    from ragchat.terminal.markdown import MarkdownStream
    from ragchat.terminal.screen import Screen, Status


def show_answer(screen: Screen, events: Generator[ChatEvent, None, None]) -> CheckedAnswer:
    """Show an answer as it comes; Ctrl-C ends it and keeps what came.

    Raises RagchatError when nothing came, KeyboardInterrupt when it was stopped before it was sent.
    """
    with _View(screen) as view:
        drive(events, view.show)
    if view.answered is None:
        raise RagchatError("the answer ended before it began: please report this")
    show_foot(screen, view.answered)
    return view.answered


def take_answer(events: Generator[ChatEvent, None, None]) -> CheckedAnswer:
    """The answer alone, nothing shown. Raises what `show_answer` raises."""
    answers: list[CheckedAnswer] = []
    drive(events, lambda event: answers.append(event) if isinstance(event, CheckedAnswer) else None)
    return answers[0]


def drive(events: Generator[ChatEvent, None, None], show: Callable[[ChatEvent], None]) -> None:
    """Show event after event. A Ctrl-C is handed to the turn, wherever it was heard: the turn
    ends itself, and the events that then still come are shown. So it ends, too, when they can no
    longer be shown, since the terminal or pipe was closed.
    """
    with suppress(StopIteration):
        event = next(events)
        while True:
            event = _shown(events, event, show)


def _shown(
    events: Generator[ChatEvent, None, None], event: ChatEvent, show: Callable[[ChatEvent], None]
) -> ChatEvent:
    try:
        show(event)
    except KeyboardInterrupt:
        return events.throw(KeyboardInterrupt())
    except OSError:
        with suppress(KeyboardInterrupt):
            events.throw(KeyboardInterrupt())
        raise
    try:
        return next(events)
    except KeyboardInterrupt:
        return events.throw(KeyboardInterrupt())


def show_foot(screen: Screen, answered: CheckedAnswer) -> None:
    """What stands under an answer: why it ended early, its sources, what it cost."""
    if answered.answer.reason:
        screen.note(answered.answer.reason)
    for notice in answered.notices:
        screen.note(notice)
    if answered.strange_links:
        screen.note(f"links that stand in no source: {', '.join(answered.strange_links)}")
    if answered.sources:
        screen.result("")
        screen.sources(answered.sources)
    _show_quotations(screen, answered)
    screen.line(cost_line(answered))


def _show_quotations(screen: Screen, answered: CheckedAnswer) -> None:
    held = [each for each in answered.quotations if each.found]
    if held:
        screen.line(f"quotations found word for word: {len(held)}")
    for each in answered.quotations:
        if not each.found:
            screen.note(f"in none of the sources word for word: “{each.text}”")


def cost_line(answered: CheckedAnswer) -> str:
    """Tokens and money of a turn, in one line."""
    usage = answered.answer.usage
    parts = [f"{counted(input_tokens(usage), 'token')} in"]
    if usage.get("cache_read_input_tokens"):
        share = usage["cache_read_input_tokens"] / input_tokens(usage)
        parts.append(f"{usage['cache_read_input_tokens']:,} of them cached ({share:.0%})")
    thinking = usage.get("thinking_tokens")
    parts.append(
        f"{usage.get('output_tokens', 0):,} out"
        + (f" ({thinking:,} of them thinking)" if thinking else "")
    )
    if answered.cost_usd is not None:
        parts.append(money(answered.cost_usd))
    full = answered.full_history_cost_usd
    if full is not None and money(full) != money(answered.cost_usd or 0.0):
        parts.append(f"with the full history {money(full)}")
    return " · ".join(parts)


def input_tokens(usage: Mapping[str, int]) -> int:
    """All input tokens of a request, whatever they cost."""
    return sum(usage.get(name, 0) for name in INPUT_TOKENS)


def money(usd: float) -> str:
    """US dollars, with as many places as a turn needs."""
    return f"${usd:.4f}" if usd < 1 else f"${usd:.2f}"


class _View:
    """A line that says what is waited for, until the first words; then the words."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._marker: Marker | None = None
        self._waiting = ExitStack()
        self._showing = ExitStack()
        self._status: Status | None = None
        self._stream: MarkdownStream | None = None
        self._counting = False
        self.answered: CheckedAnswer | None = None

    def __enter__(self) -> _View:
        self._status = self._waiting.enter_context(self._screen.status("searching …"))
        return self

    def __exit__(self, *error: object) -> None:
        self._waiting.close()
        self._showing.close()

    def show(self, event: ChatEvent) -> None:
        """One event of a turn."""
        if isinstance(event, Request):
            self._marker = Marker(event.prompt)
            self._say("waiting for Claude …")
        elif isinstance(event, Summarizing):
            self._say(f"summarizing {counted(event.exchanges, 'older exchange')} …")
        elif isinstance(event, Thinking):
            self._say("thinking …")
        elif isinstance(event, Waiting):
            self._count_down(event)
        elif isinstance(event, (Text, Cited)):
            self._write(self._marker.feed(event) if self._marker else "")
        elif isinstance(event, CheckedAnswer):
            self._write(self._marker.close() if self._marker else "")
            self.answered = event

    def _say(self, text: str) -> None:
        if self._status is not None and self._stream is None:
            self._status.update(text)

    def _count_down(self, event: Waiting) -> None:
        self._say(f"again in {event.seconds} s (Ctrl-C stops): {event.reason}")
        if not self._screen.err.is_terminal and not self._counting:
            self._screen.note(f"{event.reason}: again in {event.seconds} s")
        self._counting = event.seconds > 1

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._stream is None:
            self._waiting.close()
            self._stream = self._showing.enter_context(self._screen.answer())
        self._stream.feed(text)
