"""Lines and rows of a page of a PDF, from where runs of its words are. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.text.tables import is_header

GAP = 1.2
"""Heights of a letter that part two cells of a row; words are about 0.3 apart."""
ROWS = 3
"""Rows with aligned cells that make a table."""
LONG_CELL = 60
LEVEL = 0.5
"""Heights of a letter that parts of one line may be higher or lower."""
SAME_ROW = 0.6
"""Of its height that a cell may be higher or lower than others of its row."""

_MARKER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]|[•◦▪‣∙●○■–—*-]")
"""What begins an item of a list; it may stand far before its words."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page; `tables` are numbers of lines: first, first after the header, end."""

    lines: list[str]
    tables: list[tuple[int, int, int]]
    garbled: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A run of words without a gap."""

    left: float
    right: float
    text: str
    bottom: float = 0.0
    height: float = 1.0


@dataclass(slots=True)
class Line:
    """A line: its letters are those from `start` on; `cells` are runs of words with their edges."""

    text: str
    start: int
    cells: list[Cell]
    left: float = 0.0
    width: float = 0.0
    fixed: bool = False


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
            for row in block:
                indent = round((row.left - left) / row.width) if row.width > 0 else 0
                row.text = " " * min(indent, 60) + row.text
        block = []


def with_tables(lines: Sequence[Line]) -> PageText:
    """Return the lines, those that are rows of a table with their cells under their columns."""
    found: list[str] = []
    tables: list[tuple[int, int, int]] = []
    bands = _bands(lines)
    number = 0
    while number < len(bands):
        end = number
        while end < len(bands) and _is_row(bands[end]):
            end += 1
        rows = _rows([[cell for line in band for cell in line.cells] for band in bands[number:end]])
        if rows:
            if is_header(rows[0]):
                tables.append((len(found), len(found) + 1, len(found) + len(rows)))
            found += [" | ".join(row).rstrip(" |") for row in rows]
            number = end
        else:
            found += _texts(bands[number])
            number += 1
    return PageText(found, tables)


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


def _is_row(band: Sequence[Line]) -> bool:
    return not band[0].fixed and sum(len(line.cells) for line in band) > 1


def _texts(band: Sequence[Line]) -> list[str]:
    """Return the lines of a band; what follows without a gap goes on in the same line."""
    found = [band[0].text]
    for before, line in pairwise(band):
        last, own = before.cells[-1], line.cells[0]
        near = own.left - last.right < GAP * own.height
        if near or _MARKER.fullmatch(found[-1].strip()):
            found[-1] += f" {line.text}"
        else:
            found.append(line.text)
    return found


def _is_list(lines: Sequence[Sequence[Cell]]) -> bool:
    """Whether rows are items of a list rather than of a table, but for a head of few words."""
    marked = sum(bool(_MARKER.fullmatch(line[0].text.strip())) for line in lines)
    return marked >= ROWS - 1 and 2 * marked >= len(lines)


def _rows(lines: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Return the cells of a table's rows under their columns; nothing if they do not align."""
    if len(lines) < ROWS:
        return []
    cells = [cell for line in lines for cell in line]
    if max(len(cell.text) for cell in cells) > 2 * LONG_CELL:
        return []
    columns: list[list[float]] = []
    for left, right in sorted((cell.left, cell.right) for cell in cells):
        if columns and left <= columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], right)
        else:
            columns.append([left, right])
    if len(columns) < 2 or (len(columns) == 2 and _is_list(lines)):
        return []
    rows = []
    for line in lines:
        row = [""] * len(columns)
        for cell in line:
            reach = (n for n, (_, right) in enumerate(columns) if cell.left <= right)
            column = next(reach, len(columns) - 1)
            row[column] = f"{row[column]} {cell.text}".strip()
        rows.append(row)
    filled = sum(bool(cell) for row in rows for cell in row)
    return rows if 2 * filled >= len(rows) * len(columns) else []
