"""Numbers of a workbook as they are shown: a date is a number with a format that says so.

ECMA-376, part 1, 18.8.30 (number formats) and 18.17.4.1 (dates).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ingest.readers.opc import is_on
from ingest.readers.xml import events

_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
# Quoted words, [colours] and escaped letters say nothing of the kind of number.
_DECORATION = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_DATE = re.compile("[dmyhs]", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d+")


class Dates:
    """Which cell styles show dates. `styles` and `workbook` are the parts of that name."""

    def __init__(self, styles: bytes, workbook: bytes) -> None:
        self._styles = _date_styles(styles)
        since_1904 = any(
            event[:2] == ("open", "workbookPr") and is_on(event.attributes.get("date1904", "0"))
            for event in events(workbook)
        )
        self._zero = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)

    def shown(self, raw: str, style: str) -> str:
        """The number in a cell as people read it: 2026-03-04, 2026-03-04 12:30, 12:30, or 0.3."""
        try:
            number = float(raw)
            if style in self._styles:
                return self._date(number)
            return raw if _WHOLE.fullmatch(raw) else f"{number:.15g}"
        except (ValueError, OverflowError):
            return raw

    def _date(self, days: float) -> str:
        time = self._zero + timedelta(seconds=round(days * 86_400))
        if 0 <= days < 1:
            return f"{time:%H:%M}"
        return f"{time:%Y-%m-%d}" if days.is_integer() else f"{time:%Y-%m-%d %H:%M}"


def _date_styles(raw: bytes) -> frozenset[str]:
    """The numbers of the cell styles (cellXfs) whose format shows a date or a time."""
    formats = {str(number) for number in _BUILT_IN}
    found: list[str] = []
    inside = False
    for kind, tag, of in events(raw):
        if tag == "cellXfs":
            inside = kind == "open"
        elif kind == "open" and tag == "numFmt":
            if _DATE.search(_DECORATION.sub("", of.get("formatCode", ""))):
                formats.add(of.get("numFmtId", ""))
        elif kind == "open" and tag == "xf" and inside:
            found.append(of.get("numFmtId", ""))
    return frozenset(str(i) for i, each in enumerate(found) if each in formats)
