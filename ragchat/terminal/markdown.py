"""An answer as it comes, as Markdown.

Finished lines are printed for good and scroll as any output does; only the unfinished part is
painted again and again. Between two paintings the cursor rests where the unfinished part
begins, so that nothing has to be counted back when the window has changed its size.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment

from ragchat.cleaning import StreamCleaner
from ragchat.terminal.blocks import Line, Unit, end_of, lines_of, units

REDRAWS_A_SECOND = 12
REST = 3
"""The painter rests at least this many times as long as it painted: a long table stays cheap."""

# A last line of these alone can still become a heading, a rule, a fence or an item.
_UNDECIDED = re.compile(r"(?:^|\n)[-=*_#>`~+|:.)\d \t]{1,12}$")

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_WRAP_OFF, _WRAP_ON = "\x1b[?7l", "\x1b[?7h"
_CLEAR_LINE = "\r\x1b[K"
# Not from column 0: in the first row, tmux would first copy the whole screen to its history.
_CLEAR_BELOW = "\r\x1b[K \x1b[J\r"


class MarkdownStream:
    """Shows the pieces of an answer; use it as a context, and print nothing else until it closes.

    On a terminal the answer is rendered; anywhere else the text passes through as it comes, or with
    `whole` is rendered at the end. It is cleaned in any case. The painting is done in a thread of
    its own, so that Ctrl-C, which stops the main thread anywhere, never leaves a half-written line
    behind.
    """

    def __init__(self, console: Console, *, whole: bool = False) -> None:
        self._cleaner = StreamCleaner()
        self._out: _Painter | _Pipe | _Whole
        if whole:
            self._out = _Whole(console)
        elif console.is_terminal and not console.is_dumb_terminal:
            self._out = _Painter(console)
        else:
            self._out = _Pipe(console)

    def feed(self, delta: str) -> None:
        """Show `delta`, the next piece of the answer."""
        if text := self._cleaner.feed(delta):
            self._out.feed(text)

    def close(self) -> None:
        """Print the rest, and end the last line."""
        if text := self._cleaner.close():
            self._out.feed(text)
        self._out.close()

    def __enter__(self) -> MarkdownStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Pipe:
    """Writes the text as it is."""

    def __init__(self, console: Console) -> None:
        self._file = console.file
        self._last = "\n"

    def feed(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()
        self._last = text[-1]

    def close(self) -> None:
        if self._last != "\n":
            self.feed("\n")


class _Whole:
    """Renders the text at its end, as plain lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""

    def feed(self, text: str) -> None:
        self._text += text

    def close(self) -> None:
        for n, unit in enumerate(units(self._text)):
            lines = lines_of(unit, self._console)
            if n and unit.first and lines:
                self._console.file.write("\n")
            for line in lines:
                self._console.file.write("".join(segment.text for segment in line).rstrip() + "\n")
        self._text = ""


class _Painter:
    """Paints from a thread, at most REDRAWS_A_SECOND times a second, and once more at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._page = Page(console)
        self._arrived: deque[str] = deque()
        self._wake = Event()
        self._closed = Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="painter")
        self._painting: Future[None] | None = None

    def feed(self, text: str) -> None:
        self._arrived.append(text)
        self._wake.set()
        if self._painting is None:
            self._painting = self._thread.submit(self._paint_until_closed)
        elif self._painting.done():
            # The terminal is gone: end the answer now, not when all of it has come.
            self._painting.result()

    def close(self) -> None:
        if self._painting is None or self._closed.is_set():
            return
        self._closed.set()
        self._wake.set()
        try:
            self._painting.result()
            self._page.paint(self._taken(), last=True)
        finally:
            self._console.show_cursor(True)
            self._thread.shutdown(wait=False)

    def _paint_until_closed(self) -> None:
        while self._wake.wait() and not self._closed.is_set():
            self._wake.clear()
            began = time.monotonic()
            self._page.paint(self._taken())
            spent = time.monotonic() - began
            self._closed.wait(max(1 / REDRAWS_A_SECOND, REST * spent))

    def _taken(self) -> str:
        return "".join(self._arrived.popleft() for _ in range(len(self._arrived)))


class Page:
    """The part of the answer that is not printed for good yet."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._size = console.size
        self._text = ""  # from the start of the first block that is not final
        self._printed = 0  # the units of `_text` that are printed for good
        self._blank = True  # nothing is printed for good yet

    def paint(self, more: str, *, last: bool = False) -> None:
        """Print the lines that `more` has finished, and paint the rest over the old rest."""
        self._text += more
        lines = self._text if last else self._text[: self._text.rfind("\n") + 1]
        known = units(lines)
        final = len(known) if last else max(self._printed, len(known) - 1)
        done = self._lines(known[self._printed : final])
        self._blank = self._blank and not done
        live: list[Line] = []
        if not last:
            rows = max(1, self._console.height // 2)
            open_units = units(_UNDECIDED.sub("", self._text))[final:]
            live = self._lines([end_of(unit, rows) for unit in open_units])[-rows:]
            self._forget(known, final)
        self._write(done, live)

    def _lines(self, shown: Iterable[Unit]) -> list[Line]:
        lines: list[Line] = []
        for unit in shown:
            rendered = lines_of(unit, self._console)
            if rendered and unit.first and not (self._blank and not lines):
                lines.append([])
            lines += rendered
        return lines

    def _forget(self, known: Sequence[Unit], final: int) -> None:
        """Drop the blocks before the last one, which further text cannot change."""
        self._printed = final
        if known and (line := known[-1].line):
            self._text = "\n".join(self._text.split("\n")[line:])
            self._printed -= sum(unit.line < line for unit in known)

    def _write(self, done: Sequence[Line], live: Sequence[Line]) -> None:
        resized = self._size != self._console.size
        self._size = self._console.size
        self._console.print(_Frame(done, live, resized=resized), end="", crop=False)


class _Frame:
    """One painting, as one write: from the start of the live part and back to the new start.

    Live lines are painted with the terminal's own wrapping off: a character that is wider than
    we think is then cut at the edge, and the rows are those that we count.
    """

    def __init__(self, done: Sequence[Line], live: Sequence[Line], *, resized: bool) -> None:
        self._done, self._live, self._resized = done, live, resized

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _control(_HIDE_CURSOR + _CLEAR_BELOW * (self._resized or bool(self._done)))
        for line in self._done:
            yield from line
            yield Segment.line()
        yield _control(_WRAP_OFF if self._live else _CLEAR_BELOW)
        for below, line in zip(reversed(range(len(self._live))), self._live, strict=True):
            yield _control(_CLEAR_LINE if below else _CLEAR_BELOW)
            yield from line
            if below:
                yield Segment.line()
        up = len(self._live) - 1
        yield _control(_WRAP_ON + "\r" + (f"\x1b[{up}A" if up > 0 else ""))


def _control(codes: str) -> Segment:
    return Segment(codes, None, [])
