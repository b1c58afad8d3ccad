"""The properties of a message of Outlook, of its recipients and of what is attached.

MS-OXMSG 2.2 to 2.4; MS-OXPROPS (their numbers); MS-OXRTFCP (compressed text).
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.readers.ole import Container

_STREAM = "__substg1.0_"
_FIXED = "__properties_version1.0"
_NAMED = "__nameid_version1.0/__substg1.0_00030102"
_WIDE, _NARROW, _BINARY, _STORAGE = 0x001F, 0x001E, 0x0102, 0x000D
_TIME = 0x0040
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_CODE_PAGES = (0x3FDE, 0x3FFD)  # that of the Internet, that of the message
_PAGES = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 20866: "koi8-r", 21866: "koi8-u"}
_PAGES |= {936: "gb18030", 54936: "gb18030", 50220: "iso-2022-jp", 51949: "euc-kr", 51932: "euc-jp"}
_PAGES |= {28590 + part: f"iso-8859-{part}" for part in range(2, 16)}
_HEADER, _HEADER_WITHIN, _HEADER_OF_PARTS = 32, 24, 8

_PACKED = b"LZFu"
_RING = 4096
_BEGINNING = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""Text that each compressed one may refer to: MS-OXRTFCP 2.1.2.1."""


@dataclass(slots=True)
class Properties:
    """The properties that a storage of a message has: `folder` is its path, "" for the message."""

    container: Container
    folder: str = ""
    within: bool = False
    """Whether it is a message within another one."""
    _fixed: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raw = self.container.read(self._path(_FIXED))
        header = _HEADER if not self.folder else _HEADER_OF_PARTS
        header = _HEADER_WITHIN if self.within else header
        for at in range(header, len(raw) - 15, 16):
            kind, number = struct.unpack_from("<HH", raw, at)
            self._fixed[number, kind] = raw[at + 8 : at + 16]

    def text(self, number: int) -> str:
        """Return a text; "" for none."""
        raw = self._stream(number, _WIDE)
        if raw:
            return raw.decode("utf-16-le", "replace").rstrip("\0")
        raw = self._stream(number, _NARROW).replace(b"\0", b"")
        return decode(raw, guess, self.encoding(own=True)).text if raw else ""

    def line(self, number: int) -> str:
        """Return a text as one line."""
        return " ".join(self.text(number).split())

    def bytes_of(self, number: int) -> bytes:
        """Return bytes; empty for none."""
        return self._stream(number, _BINARY)

    def number(self, number: int) -> int:
        """Return a number; 0 for none."""
        raw = self._fixed.get((number, 0x0003), b"") or self._fixed.get((number, 0x000B), b"")
        return int.from_bytes(raw[:4], "little")

    def time(self, number: int) -> datetime | None:
        """Return a time; None for none."""
        ticks = int.from_bytes(self._fixed.get((number, _TIME), b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def encoding(self, *, own: bool = False) -> str:
        """Return the encoding of texts that are not UTF-16, with `own` that of the message rather
        than that of its page; "" where it is not said.
        """
        for number in _CODE_PAGES[::-1] if own else _CODE_PAGES:
            if page := self.number(number):
                name = _PAGES.get(page, f"cp{page}")
                try:
                    return codecs.lookup(name).name
                except LookupError:
                    continue
        return ""

    def parts(self, kind: str) -> Iterator[Properties]:
        """Yield the recipients ("recip") or what is attached ("attach")."""
        start = self._path(f"__{kind}_version1.0_#")
        paths = [path for path in self.container.within("") if path.startswith(start.lower())]
        depth = start.count("/")
        folders = dict.fromkeys("/".join(path.split("/")[: depth + 1]) for path in paths)
        for folder in sorted(folders):
            yield Properties(self.container, folder)

    def message(self) -> Properties | None:
        """Return the message that is attached here as one; None for another attachment."""
        folder = self._path(f"{_STREAM}3701{_STORAGE:04X}")
        inner = f"{folder}/{_FIXED}"
        return Properties(self.container, folder, within=True) if inner in self.container else None

    def named(self) -> dict[int, int]:
        """Return the numbers here of properties that have others in their own lists."""
        raw = self.container.read(_NAMED)
        found = {}
        for at in range(0, len(raw) - 7, 8):
            number, about = struct.unpack_from("<II", raw, at)
            if not about & 1:
                found[number] = 0x8000 + (about >> 16)
        return found

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name

    def _stream(self, number: int, kind: int) -> bytes:
        return self.container.read(self._path(f"{_STREAM}{number:04X}{kind:04X}"))


def unpacked(raw: bytes) -> bytes:
    """Return compressed Rich Text as it is; what is broken ends it."""
    size = int.from_bytes(raw[4:8], "little")
    if raw[8:12] != _PACKED:
        return raw[16 : 16 + size]
    out = bytearray(_BEGINNING)
    at, end = 16, len(raw)
    while at < end:
        flags = raw[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += raw[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(raw[at : at + 2], "big")
            at += 2
            # Where the ring has been written last time around, or its beginning.
            back = (len(out) - (reference >> 4)) % _RING
            if not back or at > end:  # the mark of the end
                return bytes(out[len(_BEGINNING) :][:size])
            if back > len(out):
                return bytes(out[len(_BEGINNING) :])
            for _ in range((reference & 0xF) + 2):
                out.append(out[-back])
    return bytes(out[len(_BEGINNING) :][:size])
