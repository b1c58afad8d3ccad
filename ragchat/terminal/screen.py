"""The two streams of the screen: results on stdout, everything else on stderr.

Every string is cleaned before it is written. Colours follow NO_COLOR and are only for terminals.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from ragchat.cleaning import clean, one_line
from ragchat.errors import SHELL
from ragchat.terminal.keys import keys_by_line, quiet_keys
from ragchat.terminal.parts import LinePart, fitted
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
from ragchat.terminal.stream import Link, Stream

if TYPE_CHECKING:
    from ingest.conversation import SourceRef, Turn
    from ingest.document import Hit, Passage
    from ragchat.answer.citations import AnswerSource
    from ragchat.terminal.markdown import MarkdownStream

_INDENT = "    "

_MOST_ASKED = 3
"""How often a question is asked that gets neither yes nor no; then it is no."""

PREPARING = "preparing the embedding model, only this once …"


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
        self.out = Stream(out or sys.stdout, width)
        self.err = Stream(err or sys.stderr, width)
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
        self.out.print(one_line(text))

    def note(self, text: str) -> None:
        """Write a line beside the results; a file's name in it may hold line ends."""
        self.err.print(clean(self.surface.worded(text)).replace("\n", " "))

    def line(self, text: str) -> None:
        """Write a dim line beside the results."""
        self.err.print(one_line(text), "dim")

    def parts(self, parts: Sequence[LinePart]) -> None:
        """Write parts on one dim line, without those that do not fit the width."""
        self.line(fitted(parts, self.err.width))

    def error(self, message: str) -> None:
        """Write what went wrong; one line where it is not a terminal."""
        self.err.print(f"ragchat: {one_line(self.surface.worded(message))}", "red")

    @contextmanager
    def answer(self) -> Iterator[MarkdownStream]:
        """Show an answer as it comes. Nothing else may be printed until the stream closes."""
        from ragchat.terminal.markdown import MarkdownStream

        whole = self.out.laid_out and not self.out.is_terminal
        with quiet_keys(self._keys), MarkdownStream(self.out.console, whole=whole) as stream:
            yield stream

    def passage(self, text: str) -> None:
        """Write a text of the library, indented, wrapped at words on a terminal."""
        if self.out.laid_out:
            from rich.padding import Padding
            from rich.text import Text

            self.out.console.print(Padding(Text(clean(text)), (0, 0, 0, 4)))
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
        if page.getvalue() and page.getvalue().count("\n") >= self.out.console.height:
            from ragchat.terminal import opening

            opening.page(page.getvalue())
        else:
            draw(self)

    def turn(self, turn: Turn) -> None:
        """Write one side of an exchange with its speaker and its local time."""
        self.result("")
        self.out.print(one_line(turn.spoken_by()), "bold", end="")
        self.out.print(f"  {turn.time.astimezone():%Y-%m-%d %H:%M}")
        with self.answer() as stream:
            stream.feed(turn.text)

    def sources(self, sources: Sequence[AnswerSource | SourceRef]) -> None:
        """Write the sources of an answer, a line each: the cited ones first, the others dim."""
        for source in sorted(sources, key=lambda source: (not source.cited, source.n)):
            passage = passage_of(source)
            line = source_line(source.n, source, Path.cwd(), self.out.width)
            self._one_row(line, passage, "" if source.cited else "dim")

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
            self._one_row(line, passage, "bold")
            width = self.out.width - len(_INDENT)
            for text in snippet(passage.text, query, heading=heading(passage), width=width):
                self.out.print(f"{_INDENT}{text}", "dim", one_row=True)
            for older in hit.earlier:
                also = f"{_INDENT}also {label(older.passage, Path.cwd())}"
                self.out.print(also, "dim", one_row=True)
            if passage.id in notes:
                self.out.print(f"{_INDENT}{one_line(notes[passage.id])}", "magenta")

    def table(self, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> None:
        """Write rows under their headers; not on a terminal, with tabs between the cells."""
        names, *cells = [[one_line(str(cell)) for cell in row] for row in (headers, *rows)]
        if not self.out.laid_out:
            for line in (names, *cells):
                self.result("\t".join(line))
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for at, header in enumerate(map(Text, names)):
            numbers = all(isinstance(row[at], int | float) for row in rows)
            table.add_column(header, justify="right" if numbers else "left", overflow="fold")
        for line in cells:
            table.add_row(*map(Text, line))
        self.out.console.print(table)

    @contextmanager
    def status(self, text: str) -> Iterator[Status]:
        """Show a spinner while there is nothing else to see; only on a terminal."""
        if not self.err.shows_progress:
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
            self.err.print(f"{one_line(question)} [y/N] ", end="")
            for _ in range(_MOST_ASKED):
                answer = self._keys.readline().strip().lower()
                if answer in {"y", "yes"}:
                    return True
                if answer in {"", "n", "no"}:
                    break
                self.err.print("y or n? [y/N] ", end="")
            return False

    def _one_row(self, line: Line, passage: Passage, style: str) -> None:
        """Print a source's line, cut at the edge of a terminal, its place linked to its file;
        terminals without links show the text.
        """
        target = address(passage) if self.out.laid_out and os.environ.get("TERM") != "linux" else ""
        link = Link(line.place, target) if target else None
        self.out.print(line.text, style, one_row=True, link=link)
