"""Containers of office programs of before 2007: streams by name, in memory. The only file that
imports olefile.

MS-CFB (Compound File Binary); MS-OLEPS (properties).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from typing import NoReturn

import olefile

from ingest.errors import ReadError

MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")  # MS-CFB 2.2
MAX_STREAMS = 20_000
MAX_RATIO = 4
"""All streams that are read together may have this many times the bytes of the file; they cannot
have more than it unless some share their bytes, as in one that is made to fill the memory.
"""
_SUMMARY = "\x05SummaryInformation"
_TITLE, _CODE_PAGE = 2, 1
_WIDE = 0x1F
_PAGES = {65_001: "utf-8", 1200: "utf-16-le", 10_000: "mac_roman"}
_FIRST_SET = 48
_MOST_PROPERTIES, _LONGEST_TITLE = 100, 1_000
BROKEN = (
    ValueError,  # UnicodeError, too
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    OSError,  # OleFileError, too
    EOFError,
    struct.error,
)
"""What parsers raise where bytes are not as they should be."""


def refuse_damage(error: Exception | None = None) -> NoReturn:
    """Raise the error for a file that is not as it should be."""
    raise ReadError("damaged: open it in its program and save it again") from error


class Container:
    """The streams of a file; letters of their names are as good small as large. ReadError, here and
    in `read`, if it is damaged.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._file = olefile.OleFileIO(io.BytesIO(raw))
            paths = self._file.listdir(streams=True, storages=False)
        except BROKEN as error:
            refuse_damage(error)
        if self._file.root is None or self._file.root.size > len(raw):
            refuse_damage()
        self._most = len(raw)
        self._left = MAX_RATIO * len(raw)
        self._streams = {"/".join(path).lower(): path for path in paths[:MAX_STREAMS]}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._streams

    def within(self, folder: str) -> Iterable[str]:
        """Return the paths of the streams in a folder and in those within it; "" is the root."""
        start = f"{folder.lower()}/" if folder else ""
        return [name for name in self._streams if name.startswith(start)]

    def read(self, name: str) -> bytes:
        """Return a stream; empty if there is none of that name."""
        path = self._streams.get(name.lower())
        if path is None:
            return b""
        try:
            # A chain of sectors in a circle goes on for as long as the stream is said to be.
            if self._file.get_size(path) > self._most:
                refuse_damage()
            found: bytes = self._file.openstream(path).read()
        except BROKEN as error:
            refuse_damage(error)
        self._left -= len(found)
        if self._left < 0:
            refuse_damage()
        return found

    def title(self) -> str:
        """Return the title in the properties of the file; "" for none."""
        try:
            found = dict(_properties(self.read(_SUMMARY)))
        except (struct.error, ReadError):
            return ""
        page = int.from_bytes(found.get(_CODE_PAGE, (0, b""))[1][:2], "little") or 1252
        kind, raw = found.get(_TITLE, (0, b""))
        wide = kind == _WIDE
        length = int.from_bytes(raw[:4], "little") * (1 + wide)
        encoding = "utf-16-le" if wide else _PAGES.get(page, f"cp{page}")
        said = raw[4 : 4 + min(length, _LONGEST_TITLE)]
        try:
            title = said.decode(encoding, "replace")
        except LookupError:
            title = said.decode("cp1252", "replace")
        return " ".join(title.replace("\0", " ").split())


def _properties(raw: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield the properties of a stream: number, type and bytes from its value on (MS-OLEPS 2.21).
    olefile reads them, too, but takes minutes where a count of values is made up.
    """
    if len(raw) < _FIRST_SET:
        return
    (at,) = struct.unpack_from("<I", raw, _FIRST_SET - 4)
    (count,) = struct.unpack_from("<I", raw, at + 4)
    for number in range(min(count, _MOST_PROPERTIES)):
        id_, offset = struct.unpack_from("<II", raw, at + 8 + 8 * number)
        (kind,) = struct.unpack_from("<H", raw, at + offset)
        yield id_, (kind, raw[at + offset + 4 :][: _LONGEST_TITLE + 4])
