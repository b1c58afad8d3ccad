"""The line of a terminal with the reason for waiting, and a spinner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ragchat.cleaning import one_line

if TYPE_CHECKING:
    from rich.live import Live

    from ragchat.terminal.stream import Stream


class Status:
    """One line with the reason for waiting."""

    def __init__(self, text: str = "", live: Live | None = None) -> None:
        self._text = text
        self._underlying = ""
        self._live = live

    def update(self, text: str) -> None:
        """Show `text` from now on."""
        self._text = text
        self._draw()

    def yield_to(self, text: str) -> None:
        """Show `text` in place of the status's own, until it is empty."""
        self._underlying = text
        self._draw()

    def _draw(self) -> None:
        if self._live is not None:
            from rich.spinner import Spinner
            from rich.text import Text

            line = Text(one_line(self._underlying or self._text), style="dim")
            line.truncate(max(1, self._live.console.width - 3), overflow="ellipsis")
            self._live.update(Spinner("dots", line, style="progress.spinner"), refresh=True)


class StatusLine:
    """The place of the statuses of one stream: at most one shows, and only on a terminal."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._shown: Status | None = None
        self._underlying = ""

    @contextmanager
    def show(self, text: str) -> Iterator[Status]:
        """Show a spinner with a text while there is nothing else to see."""
        from rich.live import Live

        console = self._stream.console
        live = Live(console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        status, before = Status(text, live), self._shown
        self._shown = status
        status.yield_to(self._underlying)
        try:
            with live:
                yield status
        finally:
            self._shown = before

    @contextmanager
    def underlying(self, text: str) -> Iterator[None]:
        """Show a text in place of the status's own: what everything waits for, in any thread."""
        self._say_underlying(text)
        try:
            yield
        finally:
            self._say_underlying("")

    def _say_underlying(self, text: str) -> None:
        self._underlying = text
        if self._shown is not None:
            self._shown.yield_to(text)
