"""Numbers of a workbook as they are shown: dates and durations are numbers of days with a format
that says so.

ECMA-376, part 1, 18.8.30 (number formats) and 18.17.4.1 (dates).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from ingest.readers.opc import is_on
from ingest.readers.xml import events

Kind = str
"""What a format shows: "date", "seconds" and "parts" (of seconds: dates and times with them),
"duration", "%", the sign of a currency, or a `_Pattern`.
"""

_DATES = (*range(14, 19), 20, 22, *range(27, 37), *range(50, 59))
BUILT_IN: dict[str, Kind] = {**{str(id_): "date" for id_ in _DATES}, "46": "duration"}
BUILT_IN |= {"19": "seconds", "21": "seconds", "45": "seconds", "47": "parts"}
_CLOCKS = {"date": "%H:%M", "seconds": "%H:%M:%S", "parts": "%H:%M:%S.%f"}
BUILT_IN |= {"9": "%", "10": "%"}
_CURRENCY = re.compile(
    r"\[\$([^\]-]+)(?:-[0-9A-Fa-f]+)?\]"
    r"|\"\s*([A-Z]{0,3}[€$£¥₹₽₩₺₴₪₫฿]|[A-Z]{3}|kr\.?|zł|Kč|Ft|Fr\.?)\s*\"|([€£¥₹₽₩]|\\?\$)"
)
# A language, not a currency: [$-407], [$-F800], [$-en-US].
_LANGUAGE = re.compile(r"\[\$-[^\]]*\]")
# Quoted words and escaped letters say nothing of the kind of number, nor do [colours].
_QUOTED = re.compile(r'"[^"]*"|\\.|_.')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE = re.compile("[dmyhs]", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d+")
# "INV-"0000, 0.0" km": words around the number, and zeros that fill it up.
_WORDS = r'((?:"[^"]*"|\\.| )*)'
_PATTERN = re.compile(rf"{_WORDS}([#0,]*0)(?:\.[#0?]+)?{_WORDS}")
_MOST_ZEROS = 30
_LEAP = 60
"""The day that Excel takes for 29 February 1900, which was none: those before are one later."""


class Dates:
    """Which cells show dates or durations: `kinds` by the numbers of their styles."""

    def __init__(self, kinds: Mapping[str, Kind], *, since_1904: bool) -> None:
        self._kinds = kinds
        self._zero = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)

    def shown(self, raw: str, style: str) -> str:
        """Return the number in a cell as people read it: 2026-03-04, 2026-03-04 12:30, 12:30, 0.3,
        12% or 9.5 €; a duration in hours, minutes and seconds: 36:00:00. A time has seconds where
        the format shows them.
        """
        try:
            return self._as_kind(raw, float(raw), self._kinds.get(style))
        except (ValueError, OverflowError):
            return raw

    def _as_kind(self, raw: str, number: float, kind: Kind | None) -> str:
        if kind == "duration":
            return _duration(number)
        if kind in _CLOCKS:
            return self._date(number, _CLOCKS[kind])
        if kind == "%":
            return f"{number * 100:.10g}%"
        plain = raw if _WHOLE.fullmatch(raw) else f"{number:.15g}"
        if kind and (pattern := _PATTERN.fullmatch(kind)):
            return _in_pattern(plain, pattern)
        return f"{plain} {kind}" if kind else plain

    def _date(self, days: float, clock: str) -> str:
        places = 3 if "%f" in clock else 0
        time = self._zero + timedelta(seconds=round(days * 86_400, places))
        if 1 <= days < _LEAP and self._zero.year < 1900:
            time += timedelta(days=1)
        if 0 <= days < 1:
            shown = f"{time:{clock}}"
        else:
            shown = f"{time:%Y-%m-%d}" if days.is_integer() else f"{time:%Y-%m-%d {clock}}"
        return shown.removesuffix("000")


def _duration(days: float) -> str:
    minutes, seconds = divmod(round(abs(days) * 86_400), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if days < 0 else ''}{hours}:{minutes:02}:{seconds:02}"


def _in_pattern(plain: str, pattern: re.Match[str]) -> str:
    before, zeros, behind = pattern[1], pattern[2], pattern[3]
    filled = plain.zfill(min(len(zeros), _MOST_ZEROS)) if set(zeros) == {"0"} else plain
    return " ".join(f"{_unquoted(before)}{filled}{_unquoted(behind)}".split())


def _unquoted(words: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', r"\1\2", words)


def kind_of(code: str) -> Kind | None:
    """Return what a format shows; None for a plain number."""
    code = _LANGUAGE.sub("", code)
    currency = _CURRENCY.search(code)
    if currency:
        return str(next(filter(None, currency.groups()))).strip("\\ ")
    positive = code.partition(";")[0]
    pattern = _PATTERN.fullmatch(positive)
    if pattern and (pattern[1] or pattern[3] or len(pattern[2].replace(",", "").strip("#")) > 1):
        return positive
    code = _QUOTED.sub("", code)
    if _ELAPSED.search(code):
        return "duration"
    code = _BRACKETED.sub("", code)
    if "%" in code:
        return "%"
    if not _DATE.search(code):
        return None
    if "s" not in code.lower():
        return "date"
    return "parts" if re.search(r"s\.0", code, re.IGNORECASE) else "seconds"


def since_1904(workbook: bytes) -> bool:
    """Whether the days of a workbook count from 1904, as on old Macs."""
    return any(
        event[:2] == ("open", "workbookPr") and is_on(event.attributes.get("date1904", "0"))
        for event in events(workbook)
    )


def kinds_of(raw: bytes) -> dict[str, Kind]:
    """Return what the cell styles (cellXfs) show whose format is one of dates or durations."""
    formats = dict(BUILT_IN)
    found: list[str] = []
    inside = False
    for kind, tag, of in events(raw):
        if tag == "cellXfs":
            inside = kind == "open"
        elif kind == "open" and tag == "numFmt":
            if shown := kind_of(of.get("formatCode", "")):
                formats[of.get("numFmtId", "")] = shown
        elif kind == "open" and tag == "xf" and inside:
            found.append(of.get("numFmtId", ""))
    return {str(i): formats[number] for i, number in enumerate(found) if number in formats}
