"""Cells of a table that are as close to each other as words, parted where all rows are. Pure.

Browsers make a column as wide as its widest cell, which only a space parts from the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from ingest.readers.pdf.rows import GAP, LEADER, Cell

FEWEST = 3
"""Rows with words at both sides of a corridor."""
NARROWEST = 0.25
"""Heights of a letter that a corridor is wide."""
LOOSE = 0.6
"""Heights of a letter between all words at both sides, where no row has a gap."""
WIDER = 1.5
"""Times the usual space that it is, too."""
ALIGNED = 0.15
"""Heights of a letter that edges of cells in one column are apart."""
MOST = 0.6
"""Of the rows, those whose cells are aligned."""


@dataclass(frozen=True, slots=True)
class _Word:
    left: float
    right: float
    text: str


_Pair: TypeAlias = tuple[list[_Word], list[_Word]]


@dataclass(frozen=True, slots=True)
class _Corridor:
    """Where a column ends: between `left` and `right`, before a column that ends at `end`. `edges`
    are those that cells have in common: where the column after begins, where it ends, and where
    the column before ends; None if they differ.
    """

    left: float
    right: float
    end: float
    edges: tuple[float | None, float | None, float | None]
    height: float
    loose: float

    def parts(self, before: _Word, after: _Word, last: _Word) -> bool:
        """Whether two words of a line are in different columns; `last` is the last in the column
        of the second one. Words that run through several columns are aligned with none.
        """
        if not (before.right <= self.left and self.right <= after.left):
            return False
        found = (after.left, last.right, before.right)
        pairs = zip(self.edges, found, strict=True)
        aligned = last.right <= self.end and any(
            edge is not None and abs(edge - own) <= ALIGNED * self.height for edge, own in pairs
        )
        return aligned or after.left - before.right >= self.loose


def parted(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    """Return the rows with the cells parted where a column ends in all of them; a table of contents
    is left as it is.
    """
    cells = [cell for row in rows for cell in row]
    if len(rows) < FEWEST or any(LEADER.search(cell.text) for cell in cells):
        return list(rows)
    if not any(cell.words for cell in cells):
        return list(rows)
    words = [[word for cell in row for word in _words(cell)] for row in rows]
    height = median(cell.height for cell in cells)
    corridors = list(_corridors(words, height, max(LOOSE * height, WIDER * _space(cells))))
    return [[part for cell in row for part in _parts(cell, corridors)] for row in rows]


def _words(cell: Cell) -> list[_Word]:
    if not cell.words:
        return [_Word(cell.left, cell.right, cell.text)]
    texts = cell.text.split(" ")
    return [_Word(*edges, text) for edges, text in zip(cell.words, texts, strict=True)]


def _space(cells: Sequence[Cell]) -> float:
    """Return the usual space between words; columns that are close together are fewer."""
    gaps = [after[0] - before[1] for cell in cells for before, after in pairwise(cell.words)]
    return sorted(gaps)[len(gaps) // 4] if gaps else 0.0


def _corridors(rows: Sequence[Sequence[_Word]], height: float, loose: float) -> Iterator[_Corridor]:
    """Yield where columns end; `loose` is a gap that is wider than a space."""
    covered: list[tuple[float, float]] = []
    for left, right in sorted((word.left, word.right) for row in rows for word in row):
        if covered and left < covered[-1][1] + NARROWEST * height:
            covered[-1] = (covered[-1][0], max(covered[-1][1], right))
        else:
            covered.append((left, right))
    for before, after in pairwise(covered):
        sides = ((_within(row, before), _within(row, after)) for row in rows)
        pairs = [(left, right) for left, right in sides if left and right]
        if len(pairs) >= FEWEST and _are_columns(pairs, height, loose):
            edges = _common_edges(pairs, height)
            if edges != (None, None, None):
                yield _Corridor(before[1], after[0], after[1], edges, height, loose)


def _within(row: Sequence[_Word], edges: tuple[float, float]) -> list[_Word]:
    return [word for word in row if edges[0] <= word.left and word.right <= edges[1]]


def _are_columns(pairs: Sequence[_Pair], height: float, loose: float) -> bool:
    """Whether words on both sides of a corridor may be cells: by gaps in some rows, or by gaps that
    are wider than spaces in all of them.
    """
    gaps = [right[0].left - left[-1].right for left, right in pairs]
    wide = sum(gap >= GAP * height for gap in gaps)
    return (wide > 1 or min(gaps) >= loose) and not _is_alike(pairs)


def _common_edges(
    pairs: Sequence[_Pair], height: float
) -> tuple[float | None, float | None, float | None]:
    most = ALIGNED * height
    return (
        _common([right[0].left for _, right in pairs], most),
        _common([right[-1].right for _, right in pairs], most),
        _common([left[-1].right for left, _ in pairs], most),
    )


def _is_alike(pairs: Sequence[_Pair]) -> bool:
    """Whether one side says the same in most rows, as a unit or a name before numbers does."""
    for side in zip(*pairs, strict=True):
        said = Counter(" ".join(word.text for word in words) for words in side)
        if max(said.values()) > len(pairs) / 2:
            return True
    return False


def _common(edges: Sequence[float], most: float) -> float | None:
    usual = median(edges)
    near = sum(abs(edge - usual) <= most for edge in edges)
    return usual if near >= max(FEWEST, MOST * len(edges)) else None


def _parts(cell: Cell, corridors: Sequence[_Corridor]) -> Iterator[Cell]:
    """Yield the cell, parted where one of the corridors is between two of its words."""
    words = _words(cell)
    begin = 0
    for number, (before, after) in enumerate(pairwise(words), 1):
        for corridor in corridors:
            last = [word for word in words[number:] if word.left < corridor.end][-1:] or [after]
            if corridor.parts(before, after, last[0]):
                yield _part(cell, words[begin:number])
                begin = number
                break
    yield cell if not begin else _part(cell, words[begin:])


def _part(cell: Cell, words: Sequence[_Word]) -> Cell:
    return replace(
        cell,
        left=words[0].left,
        right=words[-1].right,
        text=" ".join(word.text for word in words),
        words=tuple((word.left, word.right) for word in words) if len(words) > 1 else (),
    )
