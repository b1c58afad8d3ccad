"""The tables of a sheet: where each begins, and which of its rows name the columns. Pure.

People put several tables below each other, with an empty row between them.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.document import TableSpan
from ingest.readers.lines import Lines
from ingest.readers.tables import header_of
from ingest.text.tables import is_header

LOOKED_AT = 4
"""Rows of a part among which those that name the columns are looked for."""


class _Row(NamedTuple):
    cells: list[str]
    number: int
    start: int


@dataclass(slots=True)
class SheetTables:
    """The rows of a sheet as they come; `wide` are the numbers of rows with cells over several
    columns. Tables are written to `lines`.
    """

    lines: Lines
    wide: Set[int]
    _first: list[_Row] = field(default_factory=list)  # of the part in hand
    _undecided: bool = True  # whether that part may be a table of its own
    _table: tuple[int, int] | None = None  # the open one: its header, its first row
    _names: list[str] = field(default_factory=list)
    _last: int = 0

    def add(self, cells: list[str], number: int) -> None:
        """Take in a row that is about to be written to `lines`; `number` is that of the sheet."""
        if self._last and number > self._last + 1:
            self._decide()
            self._first, self._undecided = [], True
        self._last = number
        if len(self._first) < LOOKED_AT:
            self._first.append(_Row(cells, number, len(self.lines)))
            if len(self._first) == LOOKED_AT:
                self._decide()

    def pass_over(self, number: int) -> None:
        """Take in the number of a hidden row, which parts nothing."""
        if self._last and number == self._last + 1:
            self._last = number

    def end(self) -> None:
        """End the sheet."""
        self._decide()
        self._close(len(self.lines))

    def _decide(self) -> None:
        """Begin a table with the part in hand, if it has names of its own."""
        rows = self._first
        if not (self._undecided and rows):
            return
        self._undecided = False
        header = self._header()
        if header is None or header.stop >= len(rows):
            return
        names, below = rows[header.stop - 1].cells, rows[header.stop].cells
        if self._table and (names == self._names or (is_header(below) and len(rows) > 2)):
            return  # a list of words goes on
        self._close(rows[0].start)
        self._table, self._names = (rows[header.start].start, rows[header.stop].start), names

    def _close(self, end: int) -> None:
        if self._table and self._table[1] < end:
            self.lines.tables.append(TableSpan(*self._table, end))
        self._table = None

    def _header(self) -> range | None:
        """Return the rows that name the columns: two where cells of the first span several."""
        rows = [row.cells for row in self._first]
        first = next((n for n, row in enumerate(rows) if len(row) > 1), len(rows))
        if first + 1 < len(rows) and self._first[first].number in self.wide:
            padded = [cell or "-" for cell in rows[first + 1]]
            if is_header(padded):
                return range(first, first + 2)
        return header_of(rows)
