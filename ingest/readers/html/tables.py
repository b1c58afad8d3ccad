"""Tables of a web page: which of them hold data, and how far their cells reach."""

from __future__ import annotations

from turbohtml import Element

from ingest.readers.html.words import number

LONG_CELL = 400
"""Characters of a cell that holds more than data."""
LONG_BARE_CELL = 150
"""The same in a table whose columns and rows have no names."""
WIDEST = 100


def is_data(table: Element) -> bool:
    """Whether a table holds data, and does not only place things on the page."""
    longest = LONG_BARE_CELL if table.select_one("th, thead") is None else LONG_CELL
    for cell in table.select("td, th"):
        if cell.select_one("table, h1, h2, h3, h4, h5, h6, pre") is not None:
            return False
        # Programs indent what is in a cell.
        is_long = len(cell.text) > longest and len(" ".join(cell.text.split())) > longest
        if is_long and len(cell.select("p, div, li, br")) > 1:
            return False
    return True


def span(cell: Element, name: str) -> int:
    """Return how many rows or columns a cell covers."""
    return min(max(number(cell.attrs.get(name), 1), 1), WIDEST)
