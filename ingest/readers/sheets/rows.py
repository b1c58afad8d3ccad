"""The rows of a sheet as lines, of whatever program: merged cells are repeated downwards, hidden
ones are counted and left out. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from ingest.readers.described import beside
from ingest.readers.lines import Lines
from ingest.readers.sheets.tables import SheetTables

WIDEST_GAP = 20
"""Empty cells in a row that are kept, so that columns stay apart."""

MOST_MERGED = 100_000
"""Cells below a merged one that get its value: a list that is grouped by hand has far fewer."""

_COVERED = "in hidden rows or columns"


@dataclass(slots=True)
class SheetRows:
    """The rows of a sheet as they come; rows and columns count from 1. `unseen` counts the cells
    that are left out, by reasons; `first` is the column that the sheet says it begins in.
    """

    lines: Lines
    unseen: Counter[str]
    first: int = 1
    hidden: set[int] = field(default_factory=set)
    """Columns that are not shown."""
    number: int = 0
    """The row that is open."""
    _row: dict[int, str] | None = None  # by column; None for a hidden one
    _tops: dict[tuple[int, int], str] = field(default_factory=dict)
    _below: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _wide: set[int] = field(default_factory=set)  # rows with cells over several columns
    _merged: int = 0
    _tables: SheetTables = field(init=False)

    def __post_init__(self) -> None:
        self._tables = SheetTables(self.lines, self._wide)

    def merge(self, left: int, top: int, right: int, bottom: int) -> None:
        """Note that the cells up to `right` and `bottom` are one, whose value all its rows have."""
        if left != right:
            self._wide.add(top)
        self._merged += bottom - top
        if self._merged > MOST_MERGED:
            return
        for row in range(top + 1, bottom + 1):
            self._below.setdefault(row, []).append((left, top))
            self._tops[top, left] = ""

    def begin(self, number: int, *, hidden: bool) -> None:
        """Begin a row."""
        self.number = number
        self._row = None if hidden else {}

    def put(self, column: int, value: str, reason: str = "", address: str = "") -> None:
        """Add a cell to the row. With a `reason` it is not seen; `address` is where it leads."""
        if value and reason:
            self.unseen[reason] += 1
            value = ""
        if (self.number, column) in self._tops:
            self._tops[self.number, column] = value
        if value and (self._row is None or column in self.hidden):
            self.unseen[_COVERED] += 1
        elif value and self._row is not None:
            self._row[column] = value + beside(value, address) if address else value

    def end_row(self) -> None:
        """Write the row that is open."""
        if self._row is None:
            self._tables.pass_over(self.number)
            return
        row = self._cells(self._row)
        if row:
            self._tables.add(row, self.number)
        self.lines.line(" | ".join(row))
        self._row = None

    def end(self) -> None:
        """End the sheet."""
        self._tables.end()

    def _cells(self, row: dict[int, str]) -> list[str]:
        """The cells of a row from left to right, with those that reach down from above."""
        if row:
            for left, top in self._below.get(self.number, ()):
                if left not in self.hidden and self._tops.get((top, left)):
                    row.setdefault(left, self._tops[top, left])
        cells: list[str] = []
        filled = self.first - 1
        for column in sorted(row):
            between = (n for n in range(filled + 1, column) if n not in self.hidden)
            cells.extend("" for _ in islice(between, WIDEST_GAP))
            cells.append(row[column])
            filled = column
        return cells
