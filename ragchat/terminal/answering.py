"""An answer on the screen as it comes, and the lines under it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.text.amounts import counted
from ragchat.answer.checked_answer import CheckedAnswer
from ragchat.answer.citations import Marker
from ragchat.chat import ChatEvent, Summarizing
from ragchat.claude.cost import cost, input_tokens, money
from ragchat.claude.wire import Cited, Text, Thinking, Waiting
from ragchat.errors import RagchatError
from ragchat.interrupts import uninterrupted
from ragchat.request.composer import Request
from ragchat.terminal.parts import LinePart

MoreSources = Callable[[CheckedAnswer], str]
"""Returns what lists all sources of an answer."""

if TYPE_CHECKING:
    from ragchat.chat import Chat
    from ragchat.request.user_message import UserMessage
    from ragchat.terminal.markdown import MarkdownStream
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.status import Status


def show_answer(
    screen: Screen, events: Generator[ChatEvent, None, None], more: MoreSources
) -> CheckedAnswer:
    """Show an answer as it comes; Ctrl-C ends it and keeps what came.

    `more` returns the command that lists the sources which are not named.

    Raises RagchatError when nothing came, KeyboardInterrupt when it was stopped before it was sent.
    """
    with _View(screen) as view:
        drive(events, view.show)
    if view.answered is None:
        raise RagchatError("the answer ended before it began: please report this")
    show_foot(screen, view.answered, more, found_nothing=view.found_nothing)
    return view.answered


def take_answer(events: Generator[ChatEvent, None, None]) -> CheckedAnswer:
    """Return the answer and show nothing. Raises what `show_answer` raises."""
    answers: list[CheckedAnswer] = []
    drive(events, lambda event: answers.append(event) if isinstance(event, CheckedAnswer) else None)
    return answers[0]


def drive(events: Generator[ChatEvent, None, None], show: Callable[[ChatEvent], None]) -> None:
    """Show event after event.

    A Ctrl-C is raised within the turn, wherever it was received: the turn ends itself, and its
    last events are shown. It ends likewise when the terminal or pipe was closed.
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
        with suppress(KeyboardInterrupt), uninterrupted():  # SIGHUP comes after the failed write
            events.throw(KeyboardInterrupt())
        raise
    try:
        return next(events)
    except KeyboardInterrupt:
        return events.throw(KeyboardInterrupt())


def show_foot(
    screen: Screen, answered: CheckedAnswer, more: MoreSources, *, found_nothing: bool = False
) -> None:
    """Write why an answer ended early, its sources and what it cost."""
    if answered.answer.reason:
        screen.note(answered.answer.reason)
    for notice in answered.notices:
        screen.note(notice)
    if answered.strange_links:
        screen.note(f"links not found in any source: {', '.join(answered.strange_links)}")
    if found_nothing:
        screen.line("no relevant passages found in the library")
    _show_sources(screen, answered, more)
    _show_quotations(screen, answered)
    if answered.answer.text or input_tokens(answered.answer.usage):
        screen.parts(cost_parts(answered))


def _show_sources(screen: Screen, answered: CheckedAnswer, more: MoreSources) -> None:
    """Write the cited sources, and how many others there are."""
    cited = [source for source in answered.sources if source.cited]
    if cited:
        screen.result("")
        screen.sources(cited)
    others = [str(source.n) for source in answered.sources if not source.cited]
    if others and answered.answer.text:
        what = f"{len(others)} more" if cited else f"{counted(len(others), 'source')}, none cited"
        command = more(answered)
        screen.line(f"{what}: {command}" if command else what)


def _show_quotations(screen: Screen, answered: CheckedAnswer) -> None:
    verified = [quotation for quotation in answered.quotations if quotation.found]
    if verified:
        screen.line(f"{counted(len(verified), 'quotation')} verified")
    for quotation in answered.quotations:
        if not quotation.found:
            screen.note(f"not found verbatim in any source: “{quotation.text}”")


def cost_parts(answered: CheckedAnswer) -> list[LinePart]:
    """Return the tokens and the money of a turn; the money and the input stay longest."""
    usage = answered.answer.usage
    parts = [LinePart(f"{counted(input_tokens(usage), 'token')} in", 3)]
    if cached := usage.get("cache_read_input_tokens"):
        share = cached / input_tokens(usage)
        parts.append(LinePart(f"{cached:,} of them cached ({share:.0%})", 0))
    thinking = usage.get("thinking_tokens")
    thought = f" ({thinking:,} of them thinking)" if thinking else ""
    parts.append(LinePart(f"{usage.get('output_tokens', 0):,} out{thought}", 2))
    if answered.cost_usd is not None:
        parts.append(LinePart(money(answered.cost_usd), 4))
    full = answered.full_history_cost_usd
    if full is not None and money(full) != money(answered.cost_usd or 0.0):
        parts.append(LinePart(f"with the full history {money(full)}", 1))
    return parts


def price_of_whole(chat: Chat, message: UserMessage) -> str:
    """Return what sending all that was attached comes to: `about 9,000 tokens for $0.02 (…)`."""
    request = chat.prepare(replace(message, whole=True))
    tokens = request.estimated_input_tokens
    price = cost({"input_tokens": tokens}, chat.model.name)
    amount = "at an unknown price" if price is None else f"for {money(price)}"
    labels = "; ".join(attached.label for attached in message.attachments)
    return f"about {tokens:,} tokens {amount} ({labels})"


class _View:
    """A line with the reason for waiting, until the first words; then the words."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._marker: Marker | None = None
        self._waiting = ExitStack()
        self._showing = ExitStack()
        self._status: Status | None = None
        self._stream: MarkdownStream | None = None
        self._counting = False
        self.found_nothing = False
        self.answered: CheckedAnswer | None = None

    def __enter__(self) -> _View:
        self._status = self._waiting.enter_context(self._screen.status("searching …"))
        return self

    def __exit__(self, *error: object) -> None:
        self._waiting.close()
        self._showing.close()

    def show(self, event: ChatEvent) -> None:
        """Show one event of a turn."""
        if isinstance(event, Request):
            self._marker = Marker(event.prompt)
            self.found_nothing = event.found_nothing
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
        self._say(f"retrying in {event.seconds} s (Ctrl-C stops): {event.reason}")
        if not self._screen.err.is_terminal and not self._counting:
            self._screen.note(f"{event.reason}: retrying in {event.seconds} s")
        self._counting = event.seconds > 1

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._stream is None:
            self._waiting.close()
            self._stream = self._showing.enter_context(self._screen.answer())
        self._stream.feed(text)
