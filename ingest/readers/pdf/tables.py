"""Tables on a page of a PDF, from where runs of its words are. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.pdf import corridors
from ingest.readers.pdf.listings import listing
from ingest.readers.pdf.marks import with_marks
from ingest.readers.pdf.rows import LEADER, MARKER, TIGHT, Cell, Line, PageText, Row, rows_of
from ingest.readers.pdf.words import HYPHEN
from ingest.text.tables import is_header

ROWS = 3
"""Rows with aligned cells that make a table."""
LONG_CELL = 120
VOTERS = 40
"""Rows by which a cell is known to span others."""
MOST_TRIED = 5
"""Rows that may begin a table of those that follow each other: the first may be other text."""
PROSE = 4
"""Lines of running text, and words in each, that are a column of a page rather than of a table."""
SPREAD = 1.3
"""Times the distance of two rows that a line between others is from them."""
NARROW = 1.5
"""Heights of a letter between columns that may be words of one line."""
LARGE = 1.25
"""Times the height of most letters that those of a title have."""

_WORD = re.compile(r"[^\W\d_]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def with_tables(lines: Sequence[Line]) -> PageText:
    """Return the lines, those that are rows of a table with their cells under their columns."""
    page = _Page()
    rows = rows_of(with_marks(lines))
    number = failed = 0
    while number < len(rows):
        if code := listing(rows, number):
            page.add(code, rows[number].cells)
            number, failed = number + len(code), 0
            continue
        end = number
        failed = failed if rows[number].is_row else 0
        while failed < MOST_TRIED and end < len(rows) and _continues(rows, number, end):
            end += 1
        prose, run = _parted([row.cells for row in rows[number:end]])
        if prose:
            page.add([cell.text for cell in prose], prose)
            while end < len(rows) and _goes_below(prose, rows[end]):
                page.add(rows[end].texts(), rows[end].cells)
                end += 1
        run = corridors.parted(run)
        table = _table(run)
        if table:
            page.add_table(table, [cell for cells in run for cell in cells])
            number = end
        elif prose:
            page.add([" ".join(cell.text for cell in cells) for cells in run], prose)
            number = end
        else:
            page.add(rows[number].texts(), rows[number].cells)
            number, failed = number + 1, failed + 1
    return page.finished()


def _continues(rows: Sequence[Row], first: int, number: int) -> bool:
    """Whether a row may be one of a table that begins with the first one: it has several cells, or
    is a line between such rows, no farther from them than they are from each other.
    """
    if rows[number].is_row:
        return True
    if number < first + 2 or number + 1 >= len(rows) or not rows[number].is_single:
        return False
    before, row, after = rows[number - 1 : number + 2]
    apart = rows[number - 2].low - before.top
    left = min(cell.left for cell in before.cells)
    return (
        before.is_row
        and after.is_row
        and abs(row.cells[0].left - left) < row.cells[0].height
        and max(before.low - row.top, row.low - after.top) < SPREAD * apart
    )


class _Page:
    """The lines of a page as they come."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._tables: list[tuple[int, int, int]] = []
        self._heights: list[float] = []

    def add(self, lines: Sequence[str], cells: Sequence[Cell]) -> None:
        """Add lines in letters as those of the cells."""
        self._lines += lines
        self._heights += [max((cell.height for cell in cells), default=0.0)] * len(lines)

    def add_table(self, rows: Sequence[Sequence[str]], cells: Sequence[Cell]) -> None:
        """Add the rows of a table."""
        start, names = len(self._lines), _header_rows(rows)
        self._tables.append((start, start + names, start + len(rows)))
        self.add([" | ".join(row).rstrip(" |") for row in rows], cells)

    def finished(self) -> PageText:
        """Return the page."""
        usual = median(filter(None, self._heights)) if any(self._heights) else 0.0
        numbered = enumerate(self._heights)
        large = frozenset(number for number, height in numbered if height > LARGE * usual)
        return PageText(self._lines, self._tables, large)


def _is_list(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether rows are items of a list rather than of a table, but for a head of few words."""
    marked = sum(bool(MARKER.fullmatch(row[0].text.strip())) for row in rows)
    return marked >= ROWS - 1 and 2 * marked >= len(rows)


def _is_text(rows: Sequence[Sequence[Cell]], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether rows are lines of text that have a wide space below each other by chance."""
    apart = columns[1][0] - columns[0][1]
    words = median(sum(len(_WORD.findall(cell.text)) for cell in row) for row in rows)
    return apart < NARROW * rows[0][0].height and words > 2 * PROSE


def _columns(rows: Sequence[Sequence[Cell]]) -> list[tuple[float, float]]:
    """Return the left and right edges of the columns; cells that span several do not count."""
    cells = [cell for row in rows for cell in row]
    found: list[tuple[float, float]] = []
    for left, right in _merged(cells):
        within = [[cell for cell in row if left <= cell.left <= right] for row in rows]
        if any(len(_merged(row)) > 1 for row in within):
            some = within[:: len(within) // VOTERS + 1]
            plain = [cell for row in within for cell in row if not _spans(cell, some)]
            found += _merged(plain) or [(left, right)]
        else:
            found.append((left, right))
    return _named(found, rows)


def _named(
    columns: Sequence[tuple[float, float]], rows: Sequence[Sequence[Cell]]
) -> list[tuple[float, float]]:
    """Return the columns; one that has nothing but a name is that of the values beside it, which
    begin or end elsewhere.
    """
    found: list[tuple[float, float]] = []
    held: list[list[str]] = []
    for left, right in columns:
        own = [_text_between(row, left, right) for row in rows]
        pairs = list(zip(held[-1], own, strict=True)) if held else []
        if pairs and not any(map(all, pairs)) and (_is_name(held[-1]) or _is_name(own)):
            held[-1] = [before or text for before, text in pairs]
            found[-1] = (found[-1][0], right)
        else:
            held.append(own)
            found.append((left, right))
    return found


def _text_between(row: Sequence[Cell], left: float, right: float) -> str:
    return " ".join(cell.text for cell in row if left <= cell.left and cell.right <= right)


def _is_name(texts: Sequence[str]) -> bool:
    """Whether a column has words in one of its first rows, and nothing else."""
    name = "".join(texts[:2])
    return name != "" and not any(texts[2:]) and not any(map(str.isdigit, name))


def _merged(cells: Sequence[Cell]) -> list[tuple[float, float]]:
    columns: list[tuple[float, float]] = []
    for left, right in sorted((cell.left, cell.right) for cell in cells):
        if columns and left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _spans(cell: Cell, rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a cell covers two cells of most of the other rows in which it covers any."""
    votes = 0
    for row in rows:
        if cell not in row:
            below = [other for other in row if other.left < cell.right and cell.left < other.right]
            votes += 0 if not below else 1 if len(below) > 1 and len(_merged(below)) > 1 else -1
    return votes >= ROWS - 1


def _table(cells: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the cells of a table's rows under their columns; nothing if they do not align."""
    if len(cells) < ROWS or any(len(cell.text) > LONG_CELL for row in cells for cell in row):
        return []
    contents = sum(sum(bool(LEADER.search(cell.text)) for cell in row) == 1 for row in cells)
    if 2 * contents >= len(cells):
        return []
    columns = _columns(cells)
    pairs = len(columns) == 2 or max(map(len, cells)) <= 2
    if len(columns) < 2 or (pairs and (_is_list(cells) or _is_text(cells, columns))):
        return []
    rows = []
    for line in cells:
        row = [""] * len(columns)
        for cell in line:
            reach = (n for n, (_, right) in enumerate(columns) if cell.left <= right)
            column = next(reach, len(columns) - 1)
            space = "" if row[column].endswith(HYPHEN) else " "
            row[column] = f"{row[column]}{space}{cell.text}".strip()
        rows.append(row)
    if all(_RIGHT_TO_LEFT.search("".join(row)) for row in rows):
        rows = [row[::-1] for row in rows]
    return rows if 2 * sum(map(_filled, rows)) >= len(rows) * len(columns) else []


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """The number of rows that name the columns; the first of two names groups of them."""
    if len(rows) > 2 and is_header(rows[1]) and 2 * _filled(rows[0][1:]) <= _filled(rows[1][1:]):
        return 2
    return int(is_header(rows[0]))


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _parted(rows: Sequence[list[Cell]]) -> tuple[list[Cell], list[list[Cell]]]:
    """Return the lines of running text at one side of rows, and the rows without it."""
    if len(rows) >= PROSE:
        for left, right in _columns(rows):
            lines = [
                cell for row in rows for cell in row if left <= cell.left and cell.right <= right
            ]
            if len(lines) == len(rows) and _is_prose(lines, right - left):
                rest = [[cell for cell in row if cell not in lines] for row in rows]
                return lines, [row for row in rest if row]
    return [], list(rows)


def _is_prose(lines: Sequence[Cell], width: float) -> bool:
    """Whether lines are long, and each is full: the first word of the next one had no room."""
    few = min(len(_WORD.findall(line.text)) for line in lines[:-1]) < PROSE
    if few or any(LEADER.search(line.text) for line in lines):
        return False
    return all(
        before.right - before.left + _first_word(after) > width for before, after in pairwise(lines)
    )


def _first_word(cell: Cell) -> float:
    """The width of the first word of a line, with a space."""
    word = cell.text.split(maxsplit=1)[0]
    return (cell.right - cell.left) * (len(word) + 1) / len(cell.text)


def _goes_below(prose: Sequence[Cell], row: Row) -> bool:
    """Whether a line goes on with running text above it."""
    if not row.is_single:
        return False
    cell, last = row.cells[0], prose[-1]
    indent = abs(cell.left - min(line.left for line in prose))
    return (
        indent < cell.height and 0 < last.bottom - cell.bottom <= len(prose) * TIGHT * cell.height
    )
