"""Workbooks that Excel 2003 and many web applications write as XML under the name .xls.

XML Spreadsheet Reference (SpreadsheetML 2003).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.comments import shown
from ingest.readers.lines import Lines
from ingest.readers.sheets.dates import Dates, kind_of
from ingest.readers.sheets.rows import SheetRows
from ingest.readers.xml import Event, events
from ingest.text.amounts import counted

MOST_COLUMNS, MOST_ROWS = 16_384, 2**20
_KINDS = {"Percent": "%", "Currency": "$", "Euro Currency": "€"}
_TRUTH = {"0": "FALSE", "1": "TRUE"}
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_DAY_ZERO = re.compile(r"1899-12-3[01]T")
_SECONDS = re.compile(r"(?::00)?(?:\.0+)?$")


def read(raw: bytes, name: str) -> Document:
    """Return the sheets of a workbook; `name` is its title.

    ReadError if it is broken, SkippedFile if it has no text, or too much of it.
    """
    book = _Book(_hidden_sheets(raw))
    for event in events(raw):
        book.take(event)
    text = book.lines.text()
    if not any(line and not line.startswith("# ") for line in text.split("\n")):
        raise SkippedFile("a workbook without text", SkipKind.NO_TEXT)
    said = [f"{counted(number, 'cell')} {reason}" for reason, number in book.unseen.items()]
    said += [counted(len(book.hidden), "hidden sheet")] if book.hidden else []
    return Document(text, "xls", name, tables=tuple(book.lines.tables), left_out=tuple(said))


def _hidden_sheets(raw: bytes) -> set[int]:
    """Return the numbers of the sheets that are not shown, which is said behind their cells."""
    hidden: set[int] = set()
    sheet, inside = -1, False
    for kind, name, _ in events(raw):
        if kind == "open":
            sheet += name == "Worksheet"
            inside = name == "Visible"
        elif kind == "text" and inside and name.strip().startswith("Sheet"):
            hidden.add(sheet)
        elif kind == "close":
            inside = False
    return hidden


@dataclass(slots=True)
class _Book:
    """The sheets as they come; `hidden` are the numbers of those that are left out."""

    hidden: set[int]
    lines: Lines = field(default_factory=Lines)
    unseen: Counter[str] = field(default_factory=Counter)
    _sheets: count[int] = field(default_factory=count)
    _kinds: dict[str, str] = field(default_factory=dict)  # of numbers, by their styles
    _style: str = ""
    _rows: SheetRows | None = None
    _row: int = 0
    _column: int = 0
    _cell: dict[str, str] = field(default_factory=dict)
    _type: str = ""
    _words: list[str] = field(default_factory=list)
    _inside: bool = False
    _author: str | None = None  # of the comment that is open
    _comments: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, name, of = event
        if kind == "text":
            self._words += [name] if self._inside else []
        elif kind == "open":
            self._open(name, of)
        else:
            self._close(name)

    def _open(self, tag: str, of: dict[str, str]) -> None:
        if tag == "Style":
            self._style = of.get("ID", "")
        elif tag == "NumberFormat":
            code = of.get("Format", "")
            self._kinds[self._style] = _KINDS.get(code) or kind_of(code) or ""
        elif tag == "Worksheet":
            shown_ = next(self._sheets) not in self.hidden
            self._rows = SheetRows(self.lines, self.unseen) if shown_ else None
            self._row, self._column = 0, 0
            if shown_:
                self.lines.heading(1, of.get("Name", ""))
        elif self._rows is not None:
            self._within(self._rows, tag, of)

    def _within(self, rows: SheetRows, tag: str, of: dict[str, str]) -> None:
        if tag == "Column":
            self._column = _number(of, "Index", self._column + 1, MOST_COLUMNS)
            span = _number(of, "Span", 0, MOST_COLUMNS)
            if of.get("Hidden") == "1":
                rows.hidden.update(range(self._column, self._column + span + 1))
            self._column += span
        elif tag == "Row":
            self._row, self._column = _number(of, "Index", self._row + 1, MOST_ROWS), 0
            rows.begin(self._row, hidden=of.get("Hidden") == "1")
        elif tag == "Cell":
            self._cell = of
            self._column = _number(of, "Index", self._column + 1, MOST_COLUMNS)
            across = _number(of, "MergeAcross", 0, MOST_COLUMNS)
            down = _number(of, "MergeDown", 0, MOST_ROWS)
            if across or down:
                rows.merge(self._column, self._row, self._column + across, self._row + down)
        elif tag == "Comment":
            self._author = of.get("Author", "")
        elif tag == "Data":
            self._type, self._words, self._inside = of.get("Type", "String"), [], True

    def _close(self, tag: str) -> None:
        rows = self._rows
        if rows is None:
            return
        if tag == "Data":
            self._inside = False
            text = " ".join("".join(self._words).split())
            if self._author is None:
                rows.put(self._column, self._value(text), "", self._cell.get("HRef", ""))
            elif text:
                place = f"row {self._row}, column {self._column}"
                self._comments.append(shown(place, self._author, text))
        elif tag == "Comment":
            self._author = None
        elif tag == "Cell":
            self._column += _number(self._cell, "MergeAcross", 0, MOST_COLUMNS)
        elif tag == "Row":
            rows.end_row()
        elif tag == "Worksheet":
            rows.end()
            for comment in self._comments:
                self.lines.paragraph(comment)
            self._comments, self._rows = [], None

    def _value(self, text: str) -> str:
        """Return what a cell shows."""
        if self._type == "Boolean":
            return _TRUTH.get(text, text)
        if self._type == "DateTime":
            if _MIDNIGHT.search(text):
                return _MIDNIGHT.sub("", text)
            return _SECONDS.sub("", _DAY_ZERO.sub("", text)).replace("T", " ")
        if self._type == "Number":
            return Dates(self._kinds, since_1904=False).shown(text, self._cell.get("StyleID", ""))
        return text


def _number(of: dict[str, str], name: str, otherwise: int, most: int) -> int:
    value = of.get(name, "")
    return min(int(value[:7]), most) if value.isdecimal() else otherwise
