"""Chinese, Japanese and Korean that runs from top to bottom: a line for each column. Pure.

pdfium returns each letter of a column as a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

from ingest.readers.pdf.rows import Cell, Line

FEWEST = 3
"""Letters of a column; fewer may be those of a table."""
PITCH = 1.4
"""Sizes of a letter that one is below the one before it, at most; rows of a table are farther."""
PITCH_OF_MARK = 2.0
"""The same beside a mark, which is low or high in its square."""
ASIDE = 0.6
"""Sizes that the middles of letters in a column are apart."""

_LETTER = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
_UPRIGHT = re.compile(r"\d{1,3}|[A-Z]")
"""What stands upright in one square of a column."""


def with_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, letters that are below each other as one."""
    found: list[Line] = []
    run: list[Line] = []
    for line in lines:
        if run and not _goes_on(run, line):
            found += _column(run)
            run = []
        run.append(line)
    return found + _column(run)


def _goes_on(run: Sequence[Line], line: Line) -> bool:
    if not (_is_letter(run[-1]) and _is_letter(line)):
        return False
    above, own = run[-1].cells[0], line.cells[0]
    size = max(_size(before.cells[0]) for before in [*run[-FEWEST:], line])
    is_mark = any(category(cell.text[0]).startswith("P") for cell in (above, own))
    below = above.bottom - own.bottom + (above.height - own.height) / 2  # of their middles
    aside = abs(above.left + above.right - own.left - own.right) / 2
    most = PITCH_OF_MARK if is_mark else PITCH
    return 0 < below <= most * size and aside <= ASIDE * size


def _is_letter(line: Line) -> bool:
    text = line.cells[0].text if len(line.cells) == 1 else ""
    return _LETTER.fullmatch(text) is not None or _UPRIGHT.fullmatch(text) is not None


def _size(cell: Cell) -> float:
    return max(cell.height, cell.right - cell.left)


def _column(run: Sequence[Line]) -> list[Line]:
    cells = [cell for line in run for cell in line.cells]
    if sum(_LETTER.fullmatch(cell.text) is not None for cell in cells) < FEWEST:
        return list(run)
    text = "".join(cell.text for cell in cells)
    size = max(map(_size, cells))
    left, right = min(cell.left for cell in cells), max(cell.right for cell in cells)
    whole = Cell(left, right, text, cells[0].bottom, size)
    return [Line(text, run[0].start, [whole], left)]
