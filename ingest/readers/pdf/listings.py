"""Listings of code with the numbers of their lines, on a page of a PDF. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from ingest.readers.pdf.rows import Row

FEWEST = 3
"""Lines of a listing."""
DEEPEST = 60
"""Spaces before a line of code."""
_SIGNS = re.compile(r"[(){}\[\];=<>:\"'/*#%&|\\]")


def listing(rows: Sequence[Row], first: int) -> list[str]:
    """Return the lines of a listing that begins with a row: the number, then the code with its
    indentation; none if it is a table or a list.

    The numbers count up, the lines begin at different places, and most have signs of code.
    """
    found = _numbered(rows, first)
    code = [row for row in found if len(row.cells) > 1]
    signs = sum(bool(_SIGNS.search(_text(row))) for row in code)
    if len(code) < FEWEST or 2 * signs <= len(code):
        return []
    left = min(row.cells[1].left for row in code)
    cells = [cell for row in code for cell in row.cells[1:]]
    width = median((cell.right - cell.left) / len(cell.text) for cell in cells if cell.text)
    indents = _even([(row.cells[1].left - left) / width if width > 0 else 0.0 for row in code])
    if len(set(indents)) < 2:
        return []
    before = dict(zip(map(id, code), indents, strict=True))
    return [
        f"{row.cells[0].text} {' ' * min(before.get(id(row), 0), DEEPEST)}{_text(row)}".rstrip()
        for row in found
    ]


def _even(indents: Sequence[float]) -> list[int]:
    """Return indents in whole steps, if they have some: letters begin beside their place."""
    for step in (4, 3, 2):
        steps = [step * round(indent / step) for indent in indents]
        if all(abs(own - even) < 1.5 for own, even in zip(indents, steps, strict=True)):
            return steps
    return [round(indent) for indent in indents]


def _numbered(rows: Sequence[Row], first: int) -> list[Row]:
    """Return the rows from the first one on whose first cells count up."""
    found: list[Row] = []
    for row in rows[first:]:
        number = row.cells[0].text.strip() if row.cells else ""
        before = found[-1].cells[0] if found else None
        if not number.isdecimal() or len(row.bands) > 1:
            break
        if before and int(number[:9]) != int(before.text[:9]) + 1:
            break
        found.append(row)
    while found and len(found[-1].cells) == 1:
        found.pop()
    return found


def _text(row: Row) -> str:
    return " ".join(cell.text for cell in row.cells[1:])
