"""Where data may be cut: between the values of a list or an object in JSON, and between the entries
of a block in YAML, so that a record stays whole. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.text.outline import Outline

LANGUAGES = frozenset(("json", "yaml"))
DEEPEST = 60
"""Levels that are looked at; what is deeper is cut as text."""

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[\[\]{},]')
"""A string that is not closed ends with its line: to look for its end again would take minutes."""
_ENTRY = re.compile(r"^([ ]*)(?:(-)(?=[ \n])|(?=[^ \n#]))", re.MULTILINE)
_AHEAD = re.compile(r"[ \t]*\n|[ \t]+")


@dataclass(slots=True)
class _Open:
    """A list, an object or a block that is open; `cuts` are the offsets of all values but the
    first.
    """

    start: int
    indent: int = 0
    cuts: list[int] = field(default_factory=list)


def outline(text: str, language: str) -> Outline:
    """Return the places where a text in one of the LANGUAGES may be cut, each with the length of
    what the cut divides.
    """
    found = _json(text) if language == "json" else _yaml(text)
    return Outline(breaks=tuple(sorted(found)))


def _json(text: str) -> Iterator[tuple[int, int]]:
    pending: list[_Open] = [_Open(0)]
    deeper = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "[{":
            if len(pending) < DEEPEST:
                pending.append(_Open(token.start()))
            else:
                deeper += 1
        elif sign in "]}" and deeper:
            deeper -= 1
        elif sign in "]}":
            if len(pending) > 1:
                yield from _closed(pending.pop(), token.end())
            if len(pending) == 1:  # values below each other, as in JSON lines
                pending[0].cuts.append(_next(text, token.end()))
        elif sign == "," and not deeper:
            pending[-1].cuts.append(_next(text, token.end()))
    while pending:
        yield from _closed(pending.pop(), len(text))


def _yaml(text: str) -> Iterator[tuple[int, int]]:
    pending: list[_Open] = [_Open(0, -1)]
    for entry in _ENTRY.finditer(text):
        # An item of a list may be as far in as the name above it.
        indent = 2 * len(entry[1]) + bool(entry[2])
        while pending[-1].indent > indent:
            yield from _closed(pending.pop(), entry.start())
        if pending[-1].indent == indent:
            pending[-1].cuts.append(_with_remarks(text, entry.start()))
        elif len(pending) < DEEPEST:
            pending.append(_Open(entry.start(), indent))
    while pending:
        yield from _closed(pending.pop(), len(text))


def _closed(block: _Open, end: int) -> Iterator[tuple[int, int]]:
    return ((cut, end - block.start) for cut in block.cuts if cut < end)


def _with_remarks(text: str, offset: int) -> int:
    """Return where the comments right above a line begin."""
    while offset:
        above = text.rfind("\n", 0, offset - 1) + 1
        if not text[above:offset].lstrip(" ").startswith("#"):
            break
        offset = above
    return offset


def _next(text: str, offset: int) -> int:
    """Return where the value after a comma begins, or its line."""
    space = _AHEAD.match(text, offset)
    return space.end() if space else offset
