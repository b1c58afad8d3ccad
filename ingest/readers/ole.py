"""Containers of office programs of before 2007: streams by name, in memory. The only file that
imports olefile.

MS-CFB (Compound File Binary); MS-OLEPS (properties).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
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
            found = self._file.getproperties(_SUMMARY) if self._file.exists(_SUMMARY) else {}
            title, page = found.get(_TITLE, b""), found.get(_CODE_PAGE, 1252) % 65_536
            if isinstance(title, bytes):
                title = title.decode("utf-8" if page == 65_001 else f"cp{page}", "replace")
        except BROKEN:
            return ""
        return " ".join(str(title).replace("\0", " ").split())
