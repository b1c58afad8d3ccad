"""The numbers of lists and headings in an old Word document, which it does not write but counts.

MS-DOC 2.9.150 to 2.9.158 (lists), 2.9.131 to 2.9.136 (what paragraphs name them by).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from ingest.readers.doc.pieces import Word
from ingest.readers.word.numbers import DEEPEST, Level, Numbers

_LISTS, _OVERRIDES = 73, 74
_FORMS = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    5: "ordinal",
    18: "decimalEnclosedCircle",
    22: "decimalZero",
    23: "bullet",
    255: "none",
}
_LIST, _LEVEL, _OVERRIDE = 28, 28, 16  # bytes of each
_SIMPLE, _STARTS, _FORMATS = 0x01, 0x10, 0x20
_MOST = 20_000


class _Read(NamedTuple):
    level: Level
    end: int


def numbers(word: Word) -> Numbers:
    """Return the lists of a document."""
    found = Numbers()
    try:
        ids = _take_lists(found, word)
        _take_overrides(found, word.table_from(_OVERRIDES), ids)
    except (struct.error, IndexError):
        return found  # text without numbers is better than none
    return found


def _take_lists(found: Numbers, word: Word) -> dict[int, int]:
    """Take in the lists; return their numbers by their ids."""
    raw = word.table_from(_LISTS)
    count = int.from_bytes(raw[:2], "little")
    ids: dict[int, int] = {}
    at = 2 + _LIST * count
    for number in range(count):
        start = 2 + _LIST * number
        (id_,) = struct.unpack_from("<i", raw, start)
        ids[id_] = number
        levels = found.levels.setdefault(number, {})
        for depth in range(1 if raw[start + 26] & _SIMPLE else DEEPEST):
            levels[depth], at = _level(raw, at)
    return ids


def _level(raw: bytes, at: int) -> _Read:
    """Return a level of a list, and where the next one begins."""
    start, form, flags = struct.unpack_from("<IBB", raw, at)
    letters, paragraph = raw[at + 24], raw[at + 25]
    at += _LEVEL + letters + paragraph
    (length,) = struct.unpack_from("<H", raw, at)
    label = raw[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    # A character below nine is the number of that level.
    text = "".join(f"%{ord(sign) + 1}" if ord(sign) < DEEPEST else sign for sign in label)
    legal = bool(flags & 0x04)
    known = _FORMS.get(form, "decimal")
    return _Read(Level(min(start, _MOST), known, text[:40], legal), at + 2 + 2 * length)


def _take_overrides(found: Numbers, raw: bytes, ids: dict[int, int]) -> None:
    """Take in what the paragraphs name their list by, from 1, and where it begins again."""
    count = min(int.from_bytes(raw[:4], "little"), len(raw) // _OVERRIDE)
    counts = []
    for number in range(count):
        id_, levels = struct.unpack_from("<i8xB", raw, 4 + _OVERRIDE * number)
        counts.append(levels)
        if id_ in ids:
            found.lists[number + 1] = ids[id_]
    at = 4 + _OVERRIDE * count
    for number, levels in enumerate(counts, 1):
        at += 4
        for _ in range(levels):
            start, flags = struct.unpack_from("<II", raw, at)
            at += 8
            if flags & _STARTS and flags & 0xF < DEEPEST:
                begins = found.restarted.setdefault(number, {})
                begins[flags & 0xF] = min(start, _MOST)
            if flags & _FORMATS:
                _, at = _level(raw, at)
