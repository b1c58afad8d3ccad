"""The text of a file that has no lines of its own: one for each paragraph or row, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.document import NamedPlace, TableSpan
from ingest.errors import SkipKind, SkippedFile

MAX_CHARACTERS = 50_000_000
"""Of text in one file: a shelf of books. More is a dump, or made to fill the memory."""

_GAP = "\n\n"
_MARKUP = re.compile(r"#{1,6}(?: |$)|`{3}|~{3}|(?:=+|-+)$")


def too_long() -> SkippedFile:
    """Return the error for a file with more than MAX_CHARACTERS."""
    reason = f"text of more than {MAX_CHARACTERS // 10**6} million characters"
    return SkippedFile(reason, SkipKind.TOO_LARGE)


def escaped(line: str) -> str:
    """Return the line, escaped if it looks like a heading or a fence."""
    return "\\" + line if _MARKUP.match(line) else line


class Parts:
    """Texts of a file with an empty line between them, each with its place in words. SkippedFile
    once they hold more than MAX_CHARACTERS.
    """

    def __init__(self) -> None:
        self.places: list[NamedPlace] = []
        self._texts: list[str] = []
        self._length = 0

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str, place: str) -> None:
        """Append a text."""
        self.places.append(NamedPlace(self._length, place))
        self._texts.append(text)
        self._length += len(text) + len(_GAP)
        if self._length > MAX_CHARACTERS:
            raise too_long()

    def text(self) -> str:
        """Return all texts as one."""
        return _GAP.join(self._texts)


class Lines:
    """Lines as they come. SkippedFile once they hold more than MAX_CHARACTERS."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self._after_code = False
        self.title = ""
        """The first heading."""
        self.tables: list[TableSpan] = []
        """Those that have a header row; see `Document.tables`."""

    def __len__(self) -> int:
        """Characters of the text so far, the end of its last line included."""
        return self._length

    def heading(self, level: int, text: str) -> None:
        """A heading between blank lines; level 1 is the highest, 6 the lowest."""
        title = " ".join(text.split())
        if title:
            self.title = self.title or title
            self.blank()
            self._put(f"{'#' * min(max(level, 1), 6)} {title}")
            self.blank()

    def paragraph(self, text: str) -> None:
        """A paragraph between blank lines."""
        self.blank()
        self.line(text)
        self.blank()

    def line(self, text: str, prefix: str = "") -> None:
        """Add each line of `text` as a line of its own, with runs of white space made one space."""
        self._after_code = False
        for part in text.split("\n"):
            if words := " ".join(part.split()):
                self._put(prefix + words if prefix else escaped(words))

    def code(self, text: str) -> None:
        """Lines of code with their indentation; code that follows code goes on with it."""
        if not self._after_code:
            self.blank()
        for row in text.expandtabs(4).split("\n"):
            self._put(escaped(row.rstrip()))
        self._after_code = True

    def ready(self, text: str) -> None:
        """Add lines that are Markdown already, between blank lines."""
        self.blank()
        for row in text.split("\n"):
            self._put(row)
        self.blank()

    def table(self, rows: Sequence[tuple[str, int]], header: range | None = None) -> None:
        """The rows of a table, each with its line in the file; `header` are the rows of names."""
        starts = [len(self)]
        for row, _ in rows:
            self.line(row)
            starts.append(len(self))
        if header is not None and header.stop < len(rows):
            table = TableSpan(starts[header.start], starts[header.stop], starts[-1])
            self.tables.append(table)

    def blank(self) -> None:
        """A blank line, unless there is one."""
        self._after_code = False
        if self._lines and self._lines[-1]:
            self._put("")

    def text(self) -> str:
        """All of it, without blank lines at its end."""
        return "\n".join(self._lines).rstrip("\n")

    def _put(self, line: str) -> None:
        self._lines.append(line)
        self._length += len(line) + 1
        if self._length > MAX_CHARACTERS:
            raise too_long()
