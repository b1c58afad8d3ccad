"""A line of parts, of which the less important ones are dropped where it is too long; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class LinePart:
    """A part of a line; the parts of the lowest weight are dropped when the line is too long."""

    text: str
    weight: int = 1


def fitted(parts: Sequence[LinePart], width: int) -> str:
    """Join parts, without as many of the lowest weight as are needed to fit `width` cells.

    The parts of the highest weight always stay.
    """
    kept = list(parts)
    most = max((part.weight for part in kept), default=0)
    while cell_len(_joined(kept)) > width and any(part.weight < most for part in kept):
        kept.remove(min(reversed(kept), key=lambda part: part.weight))
    return _joined(kept)


def _joined(parts: Sequence[LinePart]) -> str:
    return SEPARATOR.join(part.text for part in parts)


def shortened(text: str, cells: int, *, end: int) -> str:
    """Return the text cut to a number of cells; `end` of them show its end."""
    if cell_len(text) <= cells:
        return text
    begins, ends = text, text[::-1]
    while ends and cell_len(ends) > end:
        ends = ends[:-1]
    while begins and cell_len(begins) + cell_len(ends) >= cells:
        begins = begins[:-1]
    return f"{begins}…{ends[::-1]}"
