"""Cells of a workbook whose text does not count: struck out, in white letters on no fill, or in the
format `;;;`.

ECMA-376, part 1, 18.8 (styles).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.readers.opc import is_on
from ingest.readers.xml import events

WHITE = "in white letters"
STRUCK = "struck out"

_WHITE = frozenset(("FFFFFFFF", "00FFFFFF", "FFFFFF"))
NOTHING = frozenset((";;", ";;;"))
_GROUND = (b"<tableParts", b"<conditionalFormatting")
"""What may colour the ground of cells beside their own style."""


def unseen_styles(raw: bytes) -> dict[str, str]:
    """Return the numbers of the styles (cellXfs) whose text does not count, each with the reason in
    words for the user.
    """
    styles = _Styles()
    inside = ""
    for kind, tag, of in events(raw):
        if tag in ("fonts", "fills", "cellXfs"):
            inside = tag if kind == "open" else ""
        elif kind == "open":
            styles.take(inside, tag, of)
    return styles.unseen


@dataclass(slots=True)
class _Styles:
    """The fonts, fills and styles as they come; `unseen` are the numbers of styles."""

    unseen: dict[str, str] = field(default_factory=dict)
    _white: list[bool] = field(default_factory=list)
    _struck: set[str] = field(default_factory=set)
    _filled: list[bool] = field(default_factory=list)
    _nothing: set[str] = field(default_factory=set)
    _number: int = 0

    def take(self, inside: str, tag: str, of: Mapping[str, str]) -> None:
        """Take in a tag that opens, inside the list of this name."""
        if tag == "numFmt" and of.get("formatCode", "") in NOTHING:
            self._nothing.add(of.get("numFmtId", ""))
        elif tag in ("font", "fill"):
            (self._white if tag == "font" else self._filled).append(False)
        elif inside == "fonts" and tag == "strike" and is_on(of.get("val", "1")):
            self._struck.add(str(len(self._white) - 1))
        elif inside == "fonts" and tag == "color" and self._white:
            self._white[-1] = of.get("rgb", "").upper() in _WHITE or of.get("theme") == "0"
        elif inside == "fills" and tag.endswith("Fill") and self._filled:
            self._filled[-1] = tag != "patternFill" or of.get("patternType", "none") != "none"
        elif inside == "cellXfs" and tag == "xf":
            faint = _at(self._white, of.get("fontId")) and not _at(self._filled, of.get("fillId"))
            if of.get("fontId") in self._struck:
                self.unseen[str(self._number)] = STRUCK
            elif faint or of.get("numFmtId", "") in self._nothing:
                self.unseen[str(self._number)] = WHITE
            self._number += 1


def has_own_ground(sheet: bytes) -> bool:
    """Whether a sheet has tables or rules that colour its cells."""
    return any(mark in sheet for mark in _GROUND)


def _at(values: list[bool], number: str | None) -> bool:
    known = number is not None and number.isdecimal() and int(number[:6]) < len(values)
    return values[int(number[:6])] if known and number else False
