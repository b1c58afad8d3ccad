"""Lines and rows of a page of a PDF, from where runs of its words are. Pure.

The words come in the order of the file, which is cell by cell in what programs write: a cell whose
words go on in a next line is followed by one at its right, higher up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.pdf.words import HYPHEN

GAP = 1.2
"""Heights of a letter that part two cells of a row; words are about 0.3 apart."""
MANY = 4
"""Spaces of a line of which it can be said that they are alike."""
EVEN = 1.8
"""Times the smallest gap of a justified line that its largest one is."""
LEVEL = 0.5
"""Heights of a letter that parts of one line may be higher or lower."""
SAME_ROW = 0.6
"""Of its height that a cell may be higher or lower than others of its row."""
TIGHT = 2.4
"""Heights of a letter between lines that belong together, at most."""
LOOSE = 1.3
"""Times the distance of lines in a cell that rows are apart, where it tells them from rows."""
MOST_LINES = 12
"""Lines of a cell."""

_WORD = re.compile(r"[^\W\d_]{2}")
MARKER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]|[•◦▪‣∙●○■–—*-]")
"""What begins an item of a list; it may stand far before its words."""
LEADER = re.compile(r"(?:[.·…] ?){5}")
"""Dots before the number of a page in a table of contents."""
_BULLETS = frozenset("•◦▪‣∙●○■")


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page; `tables` are numbers of lines: first, first after the header, end. One
    that names no columns may go on from the page before.

    `large` are the numbers of lines in larger letters than most.
    """

    lines: list[str]
    tables: list[tuple[int, int, int]]
    large: frozenset[int] = frozenset()
    garbled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A run of words without a gap; `words` are the edges of each, where it has several."""

    left: float
    right: float
    text: str
    bottom: float = 0.0
    height: float = 1.0
    words: tuple[tuple[float, float], ...] = ()


@dataclass(slots=True)
class Line:
    """A line: its letters are those from `start` on; `cells` are runs of words with their edges."""

    text: str
    start: int
    cells: list[Cell]
    left: float = 0.0
    width: float = 0.0
    fixed: bool = False


@dataclass(slots=True)
class Row:
    """A band of lines, or several where the words of a cell go on in a next line."""

    bands: list[list[Line]]
    cells: list[Cell]

    @property
    def right(self) -> float:
        """Where its last word ends."""
        return max(cell.right for cell in self.cells)

    @property
    def top(self) -> float:
        """The line that its highest words are on."""
        return max(cell.bottom for cell in self.cells)

    @property
    def low(self) -> float:
        """The line that its lowest words are on."""
        return min(cell.bottom for cell in self.cells)

    @property
    def is_single(self) -> bool:
        """Whether it has words in one place only."""
        return len(self.cells) == 1 and not self.bands[0][0].fixed

    @property
    def is_row(self) -> bool:
        """Whether it may be one of a table: neither code nor an item of a list."""
        bullet = bool(self.cells) and self.cells[0].text.strip() in _BULLETS
        return len(self.cells) > 1 and not self.bands[0][0].fixed and not bullet

    def texts(self) -> list[str]:
        """Return the words of all bands as lines."""
        return [text for band in self.bands for text in _texts(band)]


def is_stretched(text: str, gaps: Sequence[float], height: float) -> bool:
    """Whether a line is of justified text: many words, all about as far from each other."""
    if len(gaps) < MANY or 2 * len(_WORD.findall(text)) <= len(gaps):
        return False
    return max(gaps) <= min(EVEN * min(gaps), 2 * GAP * height)


def by_place(lines: Sequence[Line]) -> list[Line]:
    """Return the cells of all lines in rows from top to bottom, each from left to right."""
    rows: list[list[Cell]] = []
    cells = (cell for line in lines for cell in line.cells)
    for cell in sorted(cells, key=lambda cell: -cell.bottom):
        if rows and abs(rows[-1][0].bottom - cell.bottom) < SAME_ROW * cell.height:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    ordered = [sorted(row, key=lambda cell: cell.left) for row in rows]
    return [Line(" ".join(cell.text for cell in row), 0, row) for row in ordered]


def indent_code(lines: Sequence[Line]) -> None:
    """Give lines in a fixed-width font their indentation, relative to those around them."""
    block: list[Line] = []
    for line in [*lines, Line("", 0, [])]:
        if line.fixed:
            block.append(line)
            continue
        if len(block) > 1:
            left = min(line.left for line in block)
            width = max(line.width for line in block)  # short lines measure too little
            for row in block:
                indent = round((row.left - left) / width) if width > 0 else 0
                row.text = " " * min(indent, 60) + row.text
        block = []


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Return the lines, those of one row together."""
    return _with_first_lines(_rows(_bands(lines)))


def _rows(bands: Sequence[list[Line]]) -> list[Row]:
    rows: list[Row] = []
    for band in bands:
        row = _row(band)
        count = _belonging(rows, row)
        if not count and rows and _overlap(rows[-1], row):
            rows[-1:] = map(_row, rows[-1].bands)  # lines beside others, not above a next row
            count = _belonging(rows, row)
        first = len(rows) - count
        rows[first:] = [_joined([*rows[first:], row])]
    return rows


def _joined(rows: Sequence[Row]) -> Row:
    return Row(
        [band for row in rows for band in row.bands], [cell for row in rows for cell in row.cells]
    )


def _overlap(row: Row, after: Row) -> bool:
    """Whether a row begins above the lowest line of the one before it."""
    return bool(row.cells and after.cells) and after.top > row.low + after.cells[0].height


def _row(band: list[Line]) -> Row:
    return Row([band], [cell for line in band for cell in line.cells])


def _belonging(rows: Sequence[Row], row: Row) -> int:
    """The number of rows before a row that are parts of one with it."""
    if not (rows and rows[-1].cells and row.cells) or row.bands[0][0].fixed:
        return 0
    cell, above = row.cells[0], rows[-1].cells[-1]
    if cell.bottom > above.bottom + SAME_ROW * cell.height:
        return _beside(rows, cell)
    return int(row.is_single and _goes_on(rows[-1], above, cell))


def _goes_on(row: Row, above: Cell, cell: Cell) -> bool:
    """Whether a cell is the next line of the last cell of a row, which is not its first."""
    left = [other.right for other in row.cells if other.right < above.left]
    return (
        bool(left)
        and max(left) < cell.left
        and _is_aligned(above, cell)
        and above.bottom - cell.bottom <= TIGHT * min(cell.height, above.height)
        and any(letter.isalpha() for letter in above.text + cell.text)
    )


def _is_aligned(above: Cell, cell: Cell) -> bool:
    """Whether cells have the left edge or the middle in common."""
    middle = (above.left + above.right - cell.left - cell.right) / 2
    return min(abs(above.left - cell.left), abs(middle)) < LEVEL * cell.height


def _beside(rows: Sequence[Row], cell: Cell) -> int:
    """The number of last rows that are lines of cells at the left of a cell."""
    count, below = 0, None
    for row in reversed(rows[-MOST_LINES:]):
        if not row.cells or row.bands[0][0].fixed or row.right > cell.left:
            break
        higher = row.low > cell.bottom + SAME_ROW * cell.height
        if higher and (below is None or row.low - below.top > TIGHT * cell.height):
            break
        count, below = count + 1, row
    before = rows[-count - 1] if count < len(rows) else None
    is_under = before is None or not before.cells or before.low > cell.bottom
    return count if is_under else 0


def _with_first_lines(rows: Sequence[Row]) -> list[Row]:
    """Return rows with the lines above them that are of their first cell, where cells are put at
    the bottom: closer to the row than rows are to each other.
    """
    found: list[Row] = []
    for row, after in pairwise([*rows, None]):
        if row is not None:
            first = len(found) - _lines_above(found, row, after)
            found[first:] = [_joined([*found[first:], row])]
    return found


def _lines_above(rows: Sequence[Row], row: Row, after: Row | None) -> int:
    """The number of rows before a row that are lines of its first cell."""
    if not row.is_row:
        return 0
    count = 0
    while count < min(len(rows), MOST_LINES) and rows[-count - 1].is_single:
        count += 1
    before = rows[-count - 1] if count < len(rows) else None
    if not count or before is None or not before.is_row:
        return 0
    apart = [before.low - rows[-count].top]
    apart += [row.low - after.top] if after and after.cells else []
    return count if 0 < LOOSE * _gap(rows[-count:], row) < min(apart) else 0


def _gap(lines: Sequence[Row], row: Row) -> float:
    """The largest distance of lines of a first cell, and of the last to its row; 0 if they are
    not lines of one cell.
    """
    first, second = row.cells[0], row.cells[1]
    cells = [cell for line in lines for cell in line.cells]
    within = all(
        cell.left < first.right and first.left < cell.right < second.left for cell in cells
    )
    gaps = [above.bottom - below.bottom for above, below in pairwise([*cells, first])]
    close = all(0 < gap <= TIGHT * first.height for gap in gaps)
    return max(gaps) if within and close else 0


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines that go on to the right of each other: pdfium splits rows at wide gaps."""
    bands: list[list[Line]] = []
    for line in lines:
        before = bands[-1][-1].cells[-1:] if bands else []
        if before and line.cells and not line.fixed:
            own = line.cells[0]
            level = abs(own.bottom - before[0].bottom) < LEVEL * max(own.height, before[0].height)
            if level and own.left > before[0].right:
                bands[-1].append(line)
                continue
        bands.append([line])
    return bands


def _texts(band: Sequence[Line]) -> list[str]:
    """Return the lines of a band; what follows without a gap goes on in the same line."""
    found = [band[0].text]
    for before, line in pairwise(band):
        last, own = before.cells[-1], line.cells[0]
        near = own.left - last.right < GAP * own.height
        if line.text.startswith(HYPHEN):
            found[-1] += line.text
        elif near or MARKER.fullmatch(found[-1].strip()):
            found[-1] += f" {line.text}"
        else:
            found.append(line.text)
    return found
