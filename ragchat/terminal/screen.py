"""The two streams of the screen: results on stdout, everything else on stderr.

Every string is cleaned before it is written. Colours follow NO_COLOR and are only for terminals.
"""

from __future__ import annotations

import io
import os
import pydoc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from ragchat.cleaning import clean, one_line
from ragchat.errors import SHELL
from ragchat.terminal.keys import keys_by_line, quiet_keys
from ragchat.terminal.parts import Part, fitted
from ragchat.terminal.snippets import snippet
from ragchat.terminal.sources import (
    Line,
    address,
    heading,
    hit_line,
    label,
    passage_of,
    source_line,
)
from ragchat.terminal.status import Status, StatusLine

if TYPE_CHECKING:
    from ingest.conversation import SourceRef, Turn
    from ingest.document import Hit, Passage
    from ragchat.answer.citations import AnswerSource
    from ragchat.terminal.markdown import MarkdownStream

# Only colours that can be read on a white and on a black background; without colours, bold stays.
_THEME = Theme(
    {
        "markdown.code": "bold magenta",
        "markdown.code_block": "magenta",
        "markdown.h1": "bold",
        "markdown.h2": "bold",
        "markdown.item.bullet": "bold",
        "markdown.item.number": "bold",
        "markdown.hr": "dim",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.block_quote": "italic",
        "markdown.table.header": "bold",
        "markdown.table.border": "dim",
        "progress.spinner": "magenta",
        "bar.complete": "magenta",
        "bar.finished": "magenta",
        "bar.pulse": "magenta",
        "bar.back": "dim",
    }
)
_UNBOUNDED = 100_000
_INDENT = "    "

_MOST_ASKED = 3
"""How often a question is asked that gets neither yes nor no; then it is no."""

PREPARING = "preparing the embedding model, only this once …"


def console_on(stream: TextIO, width: int | None = None) -> Console:
    """Return a console that takes text as it is and wraps only on a terminal, or at a width."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    is_terminal = stream.isatty()
    return _Console(
        file=stream,
        force_terminal=is_terminal,
        width=width if width or is_terminal else _UNBOUNDED,
        theme=_THEME,
        markup=False,
        emoji=False,
        highlight=False,
    )


class Screen:
    """Writes for the user, and asks. Own lines are wrapped at words on a terminal.

    With a `width` it is a page for a pager: laid out as on a terminal, without its control codes.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        keys: TextIO | None = None,
        *,
        width: int | None = None,
    ) -> None:
        self.out = console_on(out or sys.stdout, width)
        self.err = console_on(err or sys.stderr, width)
        self._laid_out = self.out.is_terminal or width is not None
        self._statuses = StatusLine(self.err)
        self._keys: TextIO | None = keys or sys.stdin  # None where it was closed
        self.surface = SHELL
        """Decides what messages call the commands: a session has others than the shell."""

    @property
    def can_ask(self) -> bool:
        """Whether a user can answer a question."""
        return self._keys is not None and self._keys.isatty()

    def result(self, text: str) -> None:
        """Write a result as it is: a text of the library, which is neither wrapped nor cut."""
        self.out.file.write(f"{clean(text)}\n")

    def say(self, text: str) -> None:
        """Write a result in ragchat's own words."""
        self.out.print(Text(one_line(text)))

    def note(self, text: str) -> None:
        """Write a line beside the results; a file's name in it may hold line ends."""
        self.err.print(Text(clean(self.surface.worded(text)).replace("\n", " ")))

    def line(self, text: str) -> None:
        """Write a dim line beside the results."""
        self.err.print(Text(one_line(text), style="dim"))

    def parts(self, parts: Sequence[Part]) -> None:
        """Write parts on one dim line, without those that do not fit the width."""
        self.line(fitted(parts, self.err.width))

    def error(self, message: str) -> None:
        """Write what went wrong; one line where it is not a terminal."""
        self.err.print(Text(f"ragchat: {one_line(self.surface.worded(message))}", style="red"))

    @contextmanager
    def answer(self) -> Iterator[MarkdownStream]:
        """Show an answer as it comes. Nothing else may be printed until the stream closes."""
        from ragchat.terminal.markdown import MarkdownStream

        whole = self._laid_out and not self.out.is_terminal
        with quiet_keys(self._keys), MarkdownStream(self.out, whole=whole) as stream:
            yield stream

    def passage(self, text: str) -> None:
        """Write a text of the library, indented, wrapped at words on a terminal."""
        if self._laid_out:
            self.out.print(Padding(Text(clean(text)), (0, 0, 0, 4)))
        else:
            self.result("\n".join(f"    {line}" for line in text.splitlines()))

    def markdown(self, text: str) -> None:
        """Write a whole Markdown text, rendered on a terminal."""
        with self.answer() as stream:
            stream.feed(text)

    def paged(self, draw: Callable[[Screen], None]) -> None:
        """Draw on the screen, or in the user's pager ($PAGER) if it is longer than the screen."""
        page = io.StringIO()
        if self.out.is_terminal:
            draw(Screen(page, page, self._keys, width=self.out.width))
        if page.getvalue().count("\n") >= self.out.height:
            pydoc.pager(page.getvalue())
        else:
            draw(self)

    def turn(self, turn: Turn) -> None:
        """Write one side of an exchange with its speaker and its local time."""
        self.result("")
        speaker, time = one_line(turn.spoken_by()), turn.time.astimezone()
        self.out.print(Text.assemble((speaker, "bold"), f"  {time:%Y-%m-%d %H:%M}"), soft_wrap=True)
        with self.answer() as stream:
            stream.feed(turn.text)

    def sources(self, sources: Sequence[AnswerSource | SourceRef]) -> None:
        """Write the sources of an answer, a line each: the cited ones first, the others dim."""
        for source in sorted(sources, key=lambda source: (not source.cited, source.n)):
            passage = passage_of(source)
            line = source_line(source.n, source, Path.cwd(), self.out.width)
            self._one_row(self._linked(line, passage, "" if source.cited else "dim"))

    def found(
        self,
        hits: Sequence[Hit],
        notes: Mapping[str, str] = MappingProxyType({}),
        *,
        query: str = "",
    ) -> None:
        """Write the hits of a search, each with the lines that hold most words of the query.

        Below a hit are the older exchanges that say the same, and its note by the passage's id.
        """
        for n, hit in enumerate(hits, start=1):
            passage = hit.passage
            line = hit_line(n, hit, Path.cwd(), self.out.width)
            self._one_row(self._linked(line, passage, "bold"))
            width = self.out.width - len(_INDENT)
            for text in snippet(passage.text, query, heading=heading(passage), width=width):
                self._one_row(Text(f"{_INDENT}{text}", style="dim"))
            for older in hit.earlier:
                self._one_row(
                    Text(f"{_INDENT}also {label(older.passage, Path.cwd())}", style="dim")
                )
            if passage.id in notes:
                self.out.print(Text(f"{_INDENT}{one_line(notes[passage.id])}", style="magenta"))

    def table(self, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> None:
        """Write rows under their headers; not on a terminal, with tabs between the cells."""
        names, *cells = [[one_line(str(cell)) for cell in row] for row in (headers, *rows)]
        if not self._laid_out:
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
        """Show a spinner while there is nothing else to see; only on a terminal."""
        if not self.err.is_terminal or self.err.is_dumb_terminal:
            yield Status()
            return
        with quiet_keys(self._keys), self._statuses.show(text) as status:
            yield status

    def preparing(self) -> AbstractContextManager[None]:
        """Say in every status meanwhile that the model is prepared, which happens only once."""
        return self._statuses.underlying(PREPARING)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep the keys that are typed between two prompts for the next one."""
        with quiet_keys(self._keys):
            yield

    @contextmanager
    def done_so_far(self, line: str) -> Iterator[None]:
        """Say what is done already if the rest of a command is stopped or fails."""
        try:
            yield
        except BaseException:
            self.note(line)
            raise

    def confirm(self, question: str) -> bool:
        """Ask; Enter alone is no, and what is neither yes nor no is asked again, since it may have
        been typed for something else. Without a user to ask, the answer is yes.
        """
        if self._keys is None or not self.can_ask:
            return True
        # A line that is typed before the terminal collects lines would never end.
        with keys_by_line(self._keys):
            self.err.print(Text(f"{one_line(question)} [y/N] "), end="")
            for _ in range(_MOST_ASKED):
                answer = self._keys.readline().strip().lower()
                if answer in {"y", "yes"}:
                    return True
                if answer in {"", "n", "no"}:
                    break
                self.err.print(Text("y or n? [y/N] "), end="")
            return False

    def _linked(self, line: Line, passage: Passage, style: str) -> Text:
        """Link the place in a source's line to its file; terminals without links show the text."""
        text = Text(line.text, style=style)
        target = address(passage) if os.environ.get("TERM") != "linux" else None
        if target:
            start = line.text.index(line.place)
            text.stylize(Style(link=target), start, start + len(line.place))
        return text

    def _one_row(self, line: Text) -> None:
        """Print `line`, cut at the edge of a terminal."""
        self.out.print(line, no_wrap=True, overflow="ellipsis")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raise the error for the caller, which sets the exit code."""
        raise BrokenPipeError
