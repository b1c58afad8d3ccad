"""Workbooks: a heading for each sheet and a line for each row; hidden cells are left out.

ECMA-376, part 1, 18 (SpreadsheetML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ingest.document import Document
from ingest.readers import opc
from ingest.readers.archive import Archive
from ingest.readers.lines import Lines
from ingest.readers.tables import header_of
from ingest.readers.xlsx_dates import Dates
from ingest.readers.xml import events

WIDEST_GAP = 20
"""Empty cells in a row that are kept, so that columns stay apart."""

LOOKED_AT = 4
"""Rows among which the one that names the columns is looked for."""
LONGEST_FORMULA = 200

_COLUMN = re.compile("[A-Z]{1,3}")
_TRUTH = {"0": "FALSE", "1": "TRUE"}


def read(raw: bytes, name: str) -> Document:
    """The sheets of a workbook; `name` is its title when it has none.

    ReadError if it is not a workbook that can be read, SkippedFile if it has too much text.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    parts = opc.related(archive, main)
    strings = _strings(archive.read(opc.part_of_kind(archive, main, "sharedStrings")))
    styles = archive.read(opc.part_of_kind(archive, main, "styles"))
    dates = Dates(styles, archive.read(main))
    lines = Lines()
    for sheet, id_ in _sheets(archive.read(main)):
        kind, part = parts.get(id_, ("", ""))
        if kind == "worksheet":
            lines.heading(1, sheet)
            _Sheet(lines, strings, dates).render(archive.read(part))
    title = opc.title(archive) or name
    return Document(lines.text(), "xlsx", title, tables=tuple(lines.tables))


def _sheets(raw: bytes) -> Iterator[tuple[str, str]]:
    """The names of the sheets that are shown, and the ids of their parts."""
    for kind, tag, of in events(raw):
        if kind == "open" and tag == "sheet" and of.get("state", "visible") == "visible":
            yield of.get("name", ""), of.get("id", "")


def _strings(raw: bytes) -> list[str]:
    """The strings that cells name by number, without readings of Japanese words (rPh)."""
    strings: list[str] = []
    words: list[str] = []
    inside = reading = False
    for kind, name, _ in events(raw):
        if kind == "text":
            if inside and not reading:
                words.append(name)
        elif name == "t":
            inside = kind == "open"
        elif name == "rPh":
            reading = kind == "open"
        elif name == "si" and kind == "close":
            strings.append(" ".join("".join(words).split()))
            words.clear()
    return strings


@dataclass(slots=True)
class _Sheet:
    """The rows of a sheet as they come."""

    lines: Lines
    strings: Sequence[str]
    dates: Dates
    _hidden: set[int] = field(default_factory=set)  # columns
    _row: list[str] | None = None
    _cell: dict[str, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)
    _first: int = 1  # column that the sheet says it begins in
    _column: int = 0
    _filled: int = 0  # the last column of the row that has something in it
    _inside: bool = False
    _formula: list[str] | None = None
    _in_formula: bool = False
    _first_rows: list[list[str]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _reading: bool = False

    def render(self, raw: bytes) -> None:
        """Take in the sheet."""
        for kind, name, of in events(raw):
            if kind == "text":
                if self._in_formula and self._formula is not None:
                    self._formula.append(name)
                elif self._inside and not self._reading:
                    self._words.append(name)
            elif kind == "open":
                self._open(name, of)
            else:
                self._close(name)
        header = header_of(self._first_rows)
        if header is not None and header.stop < len(self._starts):
            first, body = self._starts[header.start], self._starts[header.stop]
            self.lines.tables.append((first, body, len(self.lines)))

    def _open(self, tag: str, of: dict[str, str]) -> None:
        if tag == "row":
            self._row = None if opc.is_on(of.get("hidden", "0")) else []
            self._column, self._filled = 0, self._first - 1
        elif tag == "c":
            self._cell, self._words, self._formula = of, [], None
        elif tag == "f":
            self._formula, self._in_formula = [], True
        elif tag in {"v", "t"}:
            self._inside = True
        elif tag == "rPh":
            self._reading = True
        elif tag == "dimension":
            self._first = _column(of.get("ref", "")) or 1
        elif tag == "col" and opc.is_on(of.get("hidden", "0")):
            self._hidden.update(range(_number(of.get("min")), _number(of.get("max")) + 1))

    def _close(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._inside = False
        elif tag == "f":
            self._in_formula = False
        elif tag == "rPh":
            self._reading = False
        elif tag == "c" and self._row is not None:
            self._put(self._row)
        elif tag == "row" and self._row is not None:
            if len(self._first_rows) < LOOKED_AT and self._row:
                self._first_rows.append(self._row)
                self._starts.append(len(self.lines))
            self.lines.line(" | ".join(self._row))
            self._row = None

    def _put(self, row: list[str]) -> None:
        self._column = _column(self._cell.get("r", "")) or self._column + 1
        value = self._value("".join(self._words).strip())
        if not value and self._formula:  # written by a program that does not calculate
            value = f"={''.join(self._formula).strip()[:LONGEST_FORMULA]}"
        if not value or self._column in self._hidden:
            return
        between = range(self._filled + 1, self._column)
        shown = (column for column in between if column not in self._hidden)
        row.extend("" for _ in islice(shown, WIDEST_GAP))
        row.append(value)
        self._filled = self._column

    def _value(self, raw: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            known = raw.isdecimal() and int(raw[:9]) < len(self.strings)
            return self.strings[int(raw[:9])] if known else ""
        if kind == "b":
            return _TRUTH.get(raw, raw)
        if kind == "n":
            return self.dates.shown(raw, self._cell.get("s", ""))
        return " ".join(raw.split())


def _column(reference: str) -> int:
    """The number of a cell's column, from 1; 0 when the reference names none."""
    letters = _COLUMN.match(reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str | None) -> int:
    """The number of a column, at most the last one that there is."""
    return min(int(text[:9]), 16_384) if text and text.isdecimal() else 0
