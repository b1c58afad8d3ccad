"""Which tool wrote a file, by its first whole values: never by where it happens to be cut."""

from __future__ import annotations

from itertools import islice

from ingest.errors import ReadError
from ingest.transcripts.format import Notes, TranscriptFormat, Unread
from ingest.transcripts.formats import FORMATS
from ingest.transcripts.lookalikes import database, lookalike
from ingest.transcripts.notes import is_notes
from ingest.transcripts.source import Part

_FEW = 60
_MUCH = 16_000_000
"""Bytes after which no further value is looked at: a session may begin with a few lines that
are not messages, and some hold a picture."""
_OVERHEAD = 50
"""Bytes of a small object in Python."""


def recognise_part(part: Part) -> TranscriptFormat | Notes | Unread | None:
    """The format, or why a file that looks like conversations is not read; None for others."""
    first = _beginning(part)
    for known in FORMATS:
        if known.recognises(first):
            return known
    if is_notes(first):
        return Notes("Claude.ai: projects and memories")
    return lookalike(part.name, first) or database(part)


def _beginning(part: Part) -> list[object]:
    """The first whole values; empty for what cannot be read."""
    found: list[object] = []
    seen = 0
    try:
        for value in islice(part.values(), _FEW):
            found.append(value)
            seen += _weight(value)
            if seen > _MUCH:
                break
    except ReadError:
        pass  # damage further on is reported when the file is read
    return found


def _weight(value: object) -> int:
    """About how many bytes a value takes in memory."""
    if isinstance(value, str):
        return _OVERHEAD + len(value)
    if isinstance(value, dict):
        return _OVERHEAD * (1 + 2 * len(value)) + sum(map(_weight, value.values()))
    if isinstance(value, list):
        return _OVERHEAD + sum(map(_weight, value))
    return _OVERHEAD
