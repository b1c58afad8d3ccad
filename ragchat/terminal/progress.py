"""How far an ingestion is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column

from ingest.text.amounts import counted
from ragchat.cleaning import clean
from ragchat.terminal.screen import console_on
from ragchat.terminal.sources import seen_from

SECONDS_BETWEEN_LINES = 5.0
RATE_OVER_SECONDS = 20.0
LARGE = 10_000_000
"""Bytes of a file that is read in parts: how far it is, is shown."""


class IngestProgress:
    """Shows on stderr what is done, what is known so far, how fast it goes and what is left.

    How much there will be is reckoned from the files that are read already.
    """

    def __init__(
        self, err: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console_on(err or sys.stderr)
        self._clock = clock
        self._files = self._started = self._known = self._done = 0
        self._path = self._name = ""
        self._read = 0
        self._marks = deque([(clock(), 0)])  # when so many chunks were done
        self._told = clock()
        self._bar: Progress | None = None

    def __enter__(self) -> IngestProgress:
        if self._console.is_terminal and not self._console.is_dumb_terminal:
            self._bar = _bar_on(self._console)
            self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away while something is asked."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        try:
            yield
        finally:
            self._bar.start()

    def found(self, files: int) -> None:
        """So many files are to be read."""
        self._files = files
        self._show()

    def start(self, path: Path) -> None:
        """This file is being read."""
        self._started += 1
        self._path = self._name = seen_from(Path.cwd(), str(path))
        self._read = 0
        self._show()

    def chunks(self, total: int) -> None:
        """So many chunks are known so far."""
        self._known = total
        self._show()

    def read(self, done: int, of: int) -> None:
        """So many bytes of a large file have been read, of so many."""
        if of >= LARGE and done - self._read >= LARGE // 100:
            self._read = done
            self._path = f"{done / 1e6:,.0f} of {of / 1e6:,.0f} MB of {self._name}"
            self._show()

    def advance(self, count: int) -> None:
        """So many more chunks are done."""
        self._done += count
        now = self._clock()
        self._marks.append((now, self._done))
        while len(self._marks) > 2 and self._marks[0][0] < now - RATE_OVER_SECONDS:
            self._marks.popleft()
        self._show()

    def note(self, text: str) -> None:
        """A line beside the progress."""
        self._console.out(clean(text), highlight=False)

    def _show(self) -> None:
        now = self._clock()
        if self._bar is not None:
            total = self._expected() or None
            self._bar.update(
                self._bar.task_ids[0], completed=self._done, total=total, description=str(self)
            )
        elif now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            self.note(str(self))

    def __str__(self) -> str:
        done_of = f"{self._done:,}/" if self._known else ""
        parts = [f"{done_of}{counted(self._known or self._done, 'chunk')}"]
        (since, before), (now, done) = self._marks[0], self._marks[-1]
        if done > before and now >= since + 1:
            rate = (done - before) / (now - since)
            parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
            if self._expected() > done:
                parts.append(f"{_duration((self._expected() - done) / rate)} left")
        elif not self._done and self._files:
            parts = [counted(self._files, "file")]
        return "  ".join([*parts, self._path]).rstrip()

    def _expected(self) -> float:
        """How many chunks there will be, if the files to come are like those that were read."""
        return self._known * max(1.0, self._files / max(1, self._started))


def _bar_on(console: Console) -> Progress:
    words = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    return Progress(
        BarColumn(bar_width=20),
        TextColumn("{task.description}", markup=False, table_column=words),
        console=console,
        transient=True,
        expand=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
