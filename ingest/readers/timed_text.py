"""Subtitles that are XML (TTML, also as .dfxp; those of YouTube): what is said, with its time.

https://www.w3.org/TR/ttml2, 12.3 (times).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.subtitles import Cue, lines_of
from ingest.readers.xml import events_with_lines

_CLOCK = re.compile(r"(\d{1,4}):(\d\d):(\d\d)(?:[.:,](\d{1,9}))?")
_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|m|s|ms|f|t)?")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "f": 1 / 25, "t": 1e-7}


def read(raw: bytes, name: str) -> Document:
    """Return what is said; `name` is the title. SkippedFile if nothing is."""
    said, lines, places = lines_of(_cues(raw))
    if not said:
        raise SkippedFile("subtitles without text", SkipKind.NO_TEXT)
    return Document(said, "text", name, lines=lines, places=places)


def _cues(raw: bytes) -> Iterator[Cue]:
    words: list[str] = []
    start = end = 0.0
    begins = 0
    for (kind, tag, of), line in events_with_lines(raw):
        if kind == "open" and tag in ("p", "text"):
            words, begins = [], line
            start, end = _times(of)
        elif kind == "open" and tag == "br":
            words.append("\n")
        elif kind == "text" and begins:
            words.append(" ".join(tag.split("\n")))
        elif kind == "close" and tag in ("p", "text") and begins:
            yield Cue(start, end, begins, unescape("".join(words)).split("\n"))
            begins = 0


def _times(of: dict[str, str]) -> tuple[float, float]:
    """Return when a part begins and ends, in seconds."""
    if "t" in of:  # thousandths of seconds, as YouTube has them
        start = _seconds(of["t"] + "ms")
        return start, start + _seconds(of.get("d", "0") + "ms")
    start = _seconds(of.get("begin") or of.get("start", ""))
    lasts = _seconds(of.get("dur", ""))
    return start, _seconds(of["end"]) if "end" in of else start + lasts


def _seconds(text: str) -> float:
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = map(int, clock.groups()[:3])
        return hours * 3600 + minutes * 60 + seconds + float(f"0.{clock[4] or 0}")
    offset = _OFFSET.fullmatch(text)
    return float(offset[1]) * _UNITS[offset[2] or "s"] if offset else 0.0
