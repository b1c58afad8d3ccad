"""Pasted logs: what they say beside their repeated lines; pure.

A log has hundreds of lines of a few shapes, with times and numbers that no document holds, and one
line that matters. What is repeated, or only informs, is not searched for.
"""

from __future__ import annotations

import re
from collections import Counter

LINES = 5
"""Lines from which on a text may be a log."""
REPEATED = 3
"""Lines of one shape from which on none of them is the one that matters."""
LEVEL_WITHIN = 60
"""Characters from the beginning of a line within which its level is."""

_TIME = re.compile(
    r"^\W{0,2}(?:\d{4}-\d\d-\d\d|\w{3} [ \d]\d|\d{2}/\w{3}/\d{4}|\d{4}/\d\d/\d\d)?[T :]?"
    r"(?:\d{1,2}:\d\d:\d\d(?:[.,]\d+)?)(?:Z|[+-]\d\d:?\d\d)?\W{0,3}"
)
_NUMBER = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)
_INFORMS = re.compile(r"\b(?:DEBUG|INFO|TRACE|NOTICE|VERBOSE)\b")
_FAILS = re.compile(
    r"\b(?:error|fatal|critical|panic|traceback|fail(?:ed|ure)?|warn(?:ing)?)\b|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)


def without_repeated_lines(text: str) -> str:
    """A text without the lines of a log that are repeated or that only inform, and without the
    times before the others; of errors that are repeated, the last. Other texts are left alone.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    shapes = [_NUMBER.sub("0", line) for line in lines]
    counts = Counter(shapes)
    if len(lines) < LINES or not any(map(_is_of_log, lines, map(counts.__getitem__, shapes))):
        return text
    last = {shape: n for n, shape in enumerate(shapes)}
    kept = [
        _TIME.sub("", line)
        for n, (line, shape) in enumerate(zip(lines, shapes, strict=True))
        if not _is_of_log(line, counts[shape])
        or (_FAILS.search(line) and not _only_informs(line) and last[shape] == n)
    ]
    return "\n".join(kept) or text


def _is_of_log(line: str, alike: int) -> bool:
    """Return whether a line, as many `alike` there are, is one among many of a log."""
    return _only_informs(line) or (alike >= REPEATED and any(map(str.isdigit, line)))


def _only_informs(line: str) -> bool:
    return _INFORMS.search(line[:LEVEL_WITHIN]) is not None and _TIME.match(line) is not None
