"""The two sides of the screen: results on stdout, everything else on stderr.

Every string is cleaned on its way here. Colours follow NO_COLOR and are only for terminals.
"""

from __future__ import annotations

import io
import pydoc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from ragchat.cleaning import clean, one_line
from ragchat.terminal.keys import quiet_keys
from ragchat.terminal.sources import label, passage_of, score_of, source_line

if TYPE_CHECKING:
    from rich.live import Live

    from ingest.conversation import SourceRef
    from ingest.document import Hit
    from ragchat.answer.citations import AnswerSource
    from ragchat.terminal.markdown import MarkdownStream

SNIPPET_LINES = 3

_THEME = Theme({"markdown.code": "cyan", "markdown.h1": "bold", "markdown.h2": "bold"})
_UNBOUNDED = 100_000


def console_on(stream: TextIO) -> Console:
    """A console that takes text as it is, and never wraps what does not go to a terminal."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    is_terminal = stream.isatty()
    return _Console(
        file=stream,
        force_terminal=is_terminal,
        width=None if is_terminal else _UNBOUNDED,
        theme=_THEME,
        markup=False,
        emoji=False,
        highlight=False,
    )


class Status:
    """One line that says what is being waited for."""

    def __init__(self, live: Live | None = None) -> None:
        self._live = live

    def update(self, text: str) -> None:
        """Show `text` from now on."""
        from rich.spinner import Spinner

        if self._live is not None:
            line = Text(one_line(text), style="dim")
            line.truncate(max(1, self._live.console.width - 3), overflow="ellipsis")
            self._live.update(Spinner("dots", line), refresh=True)


class Screen:
    """What a person sees, and the questions they are asked."""

    def __init__(
        self, out: TextIO | None = None, err: TextIO | None = None, keys: TextIO | None = None
    ) -> None:
        self.out = console_on(out or sys.stdout)
        self.err = console_on(err or sys.stderr)
        self._keys: TextIO | None = keys or sys.stdin  # None where it was closed

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits there to be asked."""
        return self._keys is not None and self._keys.isatty()

    def result(self, text: str) -> None:
        """A line of what was asked for."""
        self.out.file.write(f"{clean(text)}\n")

    def note(self, text: str) -> None:
        """A line beside the results; the name of a file in it may hold line ends."""
        self.err.out(clean(text).replace("\n", " "), highlight=False)

    def line(self, text: str) -> None:
        """A dim line beside the results: tokens, cost."""
        self.err.print(Text(one_line(text), style="dim"), soft_wrap=True)

    def error(self, message: str) -> None:
        """What went wrong, on one line."""
        self.err.print(Text(f"ragchat: {one_line(message)}", style="red"), soft_wrap=True)

    @contextmanager
    def answer(self) -> Iterator[MarkdownStream]:
        """A stream that shows an answer as it comes. Nothing else is printed until it closes."""
        from ragchat.terminal.markdown import MarkdownStream

        with quiet_keys(self._keys), MarkdownStream(self.out) as stream:
            yield stream

    def paged(self, draw: Callable[[Screen], None]) -> None:
        """Draw what may be longer than the screen: then the person's pager ($PAGER) shows it."""
        plain = io.StringIO()
        if self.out.is_terminal:
            draw(Screen(plain, plain, self._keys))
        if plain.getvalue().count("\n") >= self.out.height:
            pydoc.pager(plain.getvalue())
        else:
            draw(self)

    def turn(self, speaker: str, time: datetime, text: str) -> None:
        """What was said once, by whom and when (shown in local time)."""
        self.result("")
        head = Text.assemble((one_line(speaker), "bold"), f"  {time.astimezone():%Y-%m-%d %H:%M}")
        self.out.print(head, soft_wrap=True)
        with self.answer() as stream:
            stream.feed(text)

    def sources(self, sources: Sequence[AnswerSource | SourceRef]) -> None:
        """The sources of an answer, a line each: the cited ones first, the others dim."""
        for source in sorted(sources, key=lambda source: (not source.cited, source.n)):
            passage, score = passage_of(source), score_of(source)
            line = Text(source_line(source.n, passage, score, Path.cwd()))
            line.stylize("" if source.cited else "dim")
            self._one_row(line)

    def found(self, hits: Sequence[Hit], notes: Mapping[str, str] = MappingProxyType({})) -> None:
        """What a search found, in order, with the beginning of each text; beneath it the older
        exchanges that say the same, and a note by the id of a passage.
        """
        for n, hit in enumerate(hits, start=1):
            passage = hit.passage
            self._one_row(Text(source_line(n, passage, hit.score, Path.cwd()), style="bold"))
            lines = filter(None, map(one_line, passage.text.split("\n")))
            for _, line in zip(range(SNIPPET_LINES), lines, strict=False):
                self._one_row(Text(f"    {line}", style="dim"))
            for older in hit.earlier:
                self._one_row(Text(f"    also {label(older.passage, Path.cwd())}", style="dim"))
            if passage.id in notes:
                self.out.print(Text(f"    {one_line(notes[passage.id])}", style="cyan"))

    def table(self, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> None:
        """Rows under their headers; where it is no terminal, with tabs between the cells."""
        names, *cells = [[one_line(str(cell)) for cell in row] for row in (headers, *rows)]
        if not self.out.is_terminal:
            for line in (names, *cells):
                self.result("\t".join(line))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for at, header in enumerate(map(Text, names)):
            numbers = all(isinstance(row[at], int | float) for row in rows)
            table.add_column(header, justify="right" if numbers else "left", overflow="fold")
        for line in cells:
            table.add_row(*map(Text, line))
        self.out.print(table)

    @contextmanager
    def status(self, text: str) -> Iterator[Status]:
        """Something that turns while there is nothing to see; only on a terminal."""
        if not self.err.is_terminal or self.err.is_dumb_terminal:
            yield Status()
            return
        from rich.live import Live

        live = Live(console=self.err, transient=True, redirect_stdout=False, redirect_stderr=False)
        status = Status(live)
        status.update(text)
        with quiet_keys(self._keys), live:
            yield status

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """For a session of many prompts: what is typed between two of them waits for the next."""
        with quiet_keys(self._keys):
            yield

    def confirm(self, question: str) -> bool:
        """Ask, and take anything but yes for no. Where nobody can be asked, it is yes."""
        if self._keys is None or not self.can_ask:
            return True
        self.err.print(Text(f"{one_line(question)} [y/N] "), end="", soft_wrap=True)
        return self._keys.readline().strip().lower() in {"y", "yes"}

    def _one_row(self, line: Text) -> None:
        """Print `line`, cut at the edge of a terminal."""
        self.out.print(line, no_wrap=True, overflow="ellipsis")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the caller, who knows the exit codes."""
        raise BrokenPipeError
