"""Marks of lists on a page of a PDF that are apart from their items. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.readers.pdf.rows import LEVEL, MARKER, Cell, Line

FAR = 4
"""Heights of a letter from the mark of an item to its words, at most."""
MOST = 200
"""Marks on a page."""


def with_marks(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; the marks that some programs write after all items are put before them."""
    marks = [
        at
        for at, line in enumerate(lines)
        if len(line.cells) == 1 and MARKER.fullmatch(line.text.strip())
    ]
    marked = frozenset(marks)
    others = [line for at, line in enumerate(lines) if at not in marked]
    items = {at: _item_of(lines[at].cells[0], others) for at in marks[:MOST]}
    for at, item in items.items():
        if item is None or item is lines[min(at + 1, len(lines) - 1)]:
            return list(lines)  # marks are where they belong
    for at, item in items.items():
        if item is not None:
            mark, first = lines[at].cells[0], item.cells[0]
            item.text = f"{mark.text} {item.text}"
            text = f"{mark.text} {first.text}"
            item.cells[0] = replace(first, left=mark.left, text=text, words=())
    return [line for at, line in enumerate(lines) if at not in items]


def _item_of(mark: Cell, lines: Sequence[Line]) -> Line | None:
    """Return the line that begins at the right of a mark, on its level."""
    for line in lines:
        first = line.cells[0] if line.cells else mark
        near = 0 < first.left - mark.right < FAR * first.height
        if near and abs(first.bottom - mark.bottom) < LEVEL * first.height:
            return line
    return None
