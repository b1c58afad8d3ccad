"""Where the cells of a workbook lead: the addresses that a sheet keeps apart from its cells.

ECMA-376, part 1, 18.3.1.47 (hyperlink).
"""

from __future__ import annotations

import re

from ingest.readers import opc
from ingest.readers.archive import Archive

MOST = 50_000
"""Links of a sheet: more are those of a program."""
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\b[^>]*>")
_CELL = re.compile(rb'\bref="([A-Z]{1,3}\d{1,7})')
_ID = re.compile(rb'\b(?:\w+:)?id="([^"]{1,100})"')


def links(archive: Archive, part: str, sheet: bytes) -> dict[str, str]:
    """Return the addresses that cells of a sheet lead to, by the cell: "B4"."""
    found: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for link in _LINK.finditer(sheet):
        cell, id_ = _CELL.search(link[0]), _ID.search(link[0])
        if cell and id_ and len(found) < MOST:
            addresses = addresses or opc.links(archive, part)
            found[cell[1].decode()] = addresses.get(id_[1].decode(errors="replace"), "")
    return found
