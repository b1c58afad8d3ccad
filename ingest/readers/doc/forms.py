"""Fields of forms in an old Word document, which keep their values apart: boxes and lists.

MS-DOC 2.9.158 (where they are kept), 2.9.78 (their values), 2.9.117 (entries of a list).
"""

from __future__ import annotations

import struct

_BOX, _LIST = 1, 2
_UNCHANGED = 25  # the value is that which the form began with
_EXTENDED = 0xFFFF
_MOST_ENTRIES = 25


def value(data: bytes, offset: int) -> str:
    """Return what a box or a list shows, whose data begin at `offset`; "" for other fields."""
    try:
        (header,) = struct.unpack_from("<4xH", data, offset)
        at = offset + header
        version, bits = struct.unpack_from("<IH", data, at)
        if version != 0xFFFFFFFF:
            return ""
        kind, result = bits & 3, bits >> 2 & 0x1F
        at = _after_text(data, at + 10)  # its name
        if kind not in (_BOX, _LIST):
            return ""
        (default,) = struct.unpack_from("<H", data, at)
        chosen = default if result == _UNCHANGED else result
        if kind == _BOX:
            return "[x] " if chosen else "[ ] "
        return _entry(data, at + 2, chosen)
    except (struct.error, IndexError):
        return ""


def _entry(data: bytes, at: int, number: int) -> str:
    """Return an entry of a list, which follows the format, two helps and two macros."""
    for _ in range(5):
        at = _after_text(data, at)
    mark, count, extra = struct.unpack_from("<HIH", data, at)
    if mark != _EXTENDED or extra or number >= min(count, _MOST_ENTRIES):
        return ""
    at += 8
    for _ in range(number):
        (length,) = struct.unpack_from("<H", data, at)
        at += 2 + 2 * length
    (length,) = struct.unpack_from("<H", data, at)
    return " ".join(data[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace").split())


def _after_text(data: bytes, at: int) -> int:
    """Return where a text that ends with a zero ends."""
    (length,) = struct.unpack_from("<H", data, at)
    return int(at + 2 + 2 * length + 2)
