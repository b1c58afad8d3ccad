"""Rows of a table as lines; cells that span others are padded, so that each is in its column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.text.tables import asks, is_header

MOST_COLUMNS = 200
MOST_HEADER_ROWS = 3
LOOKED_AT = 3
"""Rows among which the first with several cells is looked for: titles are above it."""


@dataclass(slots=True)
class Cell:
    """A cell that is open, or that reaches down into the rows below."""

    text: str = ""
    rows: int = 1
    columns: int = 1
    head: bool = False


@dataclass(slots=True)
class Grid:
    """The cells of one table as they come. The text of a cell that reaches down is repeated."""

    _rows: list[tuple[list[str], int, bool]] = field(default_factory=list)
    _row: list[str] = field(default_factory=list)
    _heads: list[bool] = field(default_factory=list)
    _line: int = 0
    _open: Cell | None = None
    _reaching: dict[int, Cell] = field(default_factory=dict)
    _named_rows: int = 0
    _wide: list[list[str]] = field(default_factory=list)  # rows with cells over several columns
    _is_wide: bool = False
    _feet: list[tuple[list[str], int, bool]] = field(default_factory=list)

    def open(self, head: bool = False, rows: int = 1, columns: int = 1) -> None:
        """Open a cell; `head` if it names its column or row."""
        self._fill()
        self._open = Cell("", rows, columns, head)

    def close(self, text: str, line: int = 0) -> None:
        """Close the open cell with its text; `line` is where it begins in the file."""
        cell, self._open = self._open or Cell(), None
        cell.text = text
        self._is_wide |= cell.columns > 1
        if text and not self._line:
            self._line = line
        self._put(cell)

    def close_if_open(self, text: str) -> None:
        """Close the open cell; a cell that another one covers was never opened."""
        if self._open is not None:
            self.close(text)

    def end_row(self, within: str = "") -> None:
        """End the row, unless nothing is in it; `within` is "thead", "tfoot", which is shown last
        wherever it is, or neither.
        """
        self._fill()
        row = self._row
        while row and not row[-1]:
            row.pop()
        if row:
            heads = [head for text, head in zip(row, self._heads, strict=False) if text]
            named = len(heads) > 1 or len(heads) == len(row)
            head = within == "thead" or (named and all(heads))
            self._named_rows += bool(row[0]) and heads[0] and not all(heads)
            (self._feet if within == "tfoot" else self._rows).append((row, self._line, head))
            if self._is_wide:
                self._wide.append(row)
        self._row, self._heads, self._line, self._is_wide = [], [], 0, False

    def rendered(self) -> tuple[list[tuple[str, int]], range | None]:
        """Return the lines, each with its line in the file, and the numbers of the header rows."""
        if self._row:
            self.end_row()
        rows = self._rows + self._feet
        lines = [(" | ".join(row), line) for row, line, _ in rows]
        if self._named_rows == len(rows):
            return lines, None
        wide = [any(row is other for other in self._wide) for row, *_ in rows[:LOOKED_AT]]
        return lines, header_of([row for row, *_ in rows], [head for *_, head in rows], wide)

    def _put(self, cell: Cell) -> None:
        for number in range(cell.columns):
            if len(self._row) >= MOST_COLUMNS:
                return
            text = cell.text if number == 0 else ""
            if cell.rows > 1:
                self._reaching[len(self._row)] = Cell(text, cell.rows - 1, 1, cell.head)
            self._row.append(text)
            self._heads.append(cell.head)

    def _fill(self) -> None:
        """Put the cells that reach down from above before the next one."""
        while (above := self._reaching.get(len(self._row))) is not None:
            column = len(self._row)
            if above.rows <= 1:
                del self._reaching[column]
            else:
                self._reaching[column] = Cell(above.text, above.rows - 1, 1, above.head)
            self._row.append(above.text)
            self._heads.append(False)


def header_of(
    rows: Sequence[Sequence[str]], heads: Sequence[bool] = (), wide: Sequence[bool] = ()
) -> range | None:
    """Return the numbers of the rows that name the columns: those marked at the top, else the first
    with more than one cell, if it looks like one; two where cells of the first span several, which
    `wide` says of each row.
    """
    marked = 0
    while marked < len(heads) and heads[marked]:
        marked += 1
    if marked and marked < len(rows):
        return range(max(0, marked - MOST_HEADER_ROWS), marked)
    looked_at = enumerate(rows[:LOOKED_AT])
    first = next((number for number, row in looked_at if len(row) > 1), None)
    if first is None:
        return None
    row = rows[first]
    if _names_groups(rows[first:]):
        # Where the file does not say which columns a cell is over, its row names nothing.
        spanning = first < len(wide) and wide[first]
        return range(first if spanning else first + 1, first + 2)
    return range(first, first + 1) if is_header(row) or asks(row, rows[first + 1 :]) else None


def _names_groups(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names groups of the columns that the second one names, as it has fewer
    cells, and values follow.
    """
    if len(rows) < 3 or sum(map(bool, rows[0])) >= sum(map(bool, rows[1])):
        return False
    return is_header([cell or "-" for cell in rows[1]]) and not any(map(is_header, rows[2:4]))
