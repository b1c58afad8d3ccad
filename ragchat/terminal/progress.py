"""The progress of an ingestion: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task
from rich.table import Column
from rich.text import Text

from ingest.text.amounts import counted
from ragchat.cleaning import clean
from ragchat.terminal.console import console_on
from ragchat.terminal.estimate import Estimate
from ragchat.terminal.keys import quiet_keys
from ragchat.terminal.sources import seen_from

SECONDS_BETWEEN_LINES = 5.0
LARGE = 10_000_000
"""Bytes of a file that is read in parts: how far it is, is shown."""

STOPPING = "stopping after this batch … (Ctrl-C again stops at once)"


class IngestProgress:
    """Shows on stderr the share that is done, the chunks, their rate and the time left."""

    def __init__(
        self,
        err: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        quiet: bool = False,
    ) -> None:
        self._console = console_on(err or sys.stderr)
        self._quiet = quiet  # then only notes are written
        self._clock = clock
        self._estimate = Estimate(clock)
        self._files: int | None = None
        self._file: Path | None = None
        self._read = ""
        self._part = 0
        self._written = clock()
        self._bar: Progress | None = None
        self._keys = ExitStack()

    def __enter__(self) -> IngestProgress:
        if self._console.is_terminal and not (self._quiet or self._console.is_dumb_terminal):
            self._bar = _bar_on(self._console, self)
            self._bar.add_task("", total=1.0)
            self._keys.enter_context(quiet_keys(sys.stdin))  # an echoed ^C would move the bar
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._keys.close()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hide the bar while the user is asked something."""
        if self._bar is None:
            yield
            return
        self._bar.stop()
        self._keys.close()
        try:
            yield
        finally:
            self._keys.enter_context(quiet_keys(sys.stdin))
            self._bar.start()

    def found(self, files: int, size: int = 0) -> None:
        """Set the number of files to be read and their bytes; without bytes, files count alike."""
        self._files = files
        self._estimate.found(size or files)
        self._show()

    def start(self, path: Path, size: int = 0) -> None:
        """Show the file that is being read."""
        self._estimate.start(size or 1)
        self._file, self._read, self._part = path, "", 0
        self._show()

    def chunks(self, total: int) -> None:
        """Set the number of chunks known so far."""
        self._estimate.chunks(total)
        self._show()

    def read(self, done: int, of: int) -> None:
        """Show how many bytes of a large file have been read, and of how many."""
        if of >= LARGE and done - self._part >= LARGE // 100:
            self._part = done
            self._read = f"{done / 1e6:,.0f} of {of / 1e6:,.0f} MB of "
            self._show()

    def advance(self, count: int) -> None:
        """Add chunks that are done."""
        self._estimate.advance(count)
        self._show()

    def stopping(self) -> None:
        """Say that the run ends after the batch in hand; may be called from a signal handler."""
        # In a thread, since the handler may have interrupted a write to the same stream.
        threading.Thread(target=self.note, args=(STOPPING,)).start()

    def note(self, text: str) -> None:
        """Write a line above the progress."""
        self._console.print(Text(clean(text).replace("\n", " ")))

    def _show(self) -> None:
        now = self._clock()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._estimate.share())
        elif not self._quiet and now - self._written >= SECONDS_BETWEEN_LINES:
            self._written = now
            self.note(str(self))

    def __str__(self) -> str:
        if self._files is None:
            return "looking for files …"
        estimate = self._estimate
        if not estimate.known and not estimate.done:
            return "  ".join([counted(self._files, "file"), self._place()]).rstrip()
        parts = [f"{estimate.share():.0%}", counted(estimate.done, "chunk")]
        if rate := estimate.rate():
            parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        if left := estimate.left():
            seconds, may_be_longer = left
            parts.append(f"{'over ' * may_be_longer}{_duration(seconds)} left")
        return "  ".join([*parts, self._place()]).rstrip()

    def _place(self) -> str:
        """Return what is being read; only when it is shown, since most files are done at once."""
        file = self._file
        return self._read + seen_from(Path.cwd(), str(file)) if file else ""


class _Words(ProgressColumn):
    """The words beside the bar, as they are at each refresh."""

    def __init__(self, progress: IngestProgress) -> None:
        super().__init__(Column(no_wrap=True, overflow="ellipsis", ratio=1))
        self._progress = progress

    def render(self, task: Task) -> Text:
        """Return the words of now."""
        del task
        return Text(str(self._progress), no_wrap=True, overflow="ellipsis")


def _bar_on(console: Console, progress: IngestProgress) -> Progress:
    return Progress(
        BarColumn(bar_width=20),
        _Words(progress),
        console=console,
        transient=True,
        expand=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _duration(seconds: float) -> str:
    """Return a time as coarse as an estimate is: `40 s`, `12 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"
