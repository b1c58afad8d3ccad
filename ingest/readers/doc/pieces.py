"""The text of an old Word document, which is kept in pieces: where each is, and where it was typed.

MS-DOC 2.4.1 (retrieving text), 2.5 (the file information block). Offsets are characters of 16 bits.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.errors import ReadError
from ingest.readers.guess import guess
from ingest.readers.ole import Container, refuse_damage

_WORD, _WORD_97 = 0xA5EC, 0xC1
_WORD_6 = frozenset((0xA5DC, _WORD))
_ENCRYPTED, _SECOND_TABLE, _COMPLEX = 0x0100, 0x0200, 0x0004  # of the flags
_CLX = 33
_COMPRESSED = 1 << 30
_SAMPLE = 100_000
_MOST_TIMES = 2
"""Pieces have their own bytes each; a text that is longer is made to fill the memory."""

PARTS = ("text", "footnotes", "headers", "macros", "comments", "endnotes", "boxes", "header_boxes")
"""The parts of the text, which follow each other."""


class Piece(NamedTuple):
    """Characters [start, end) of the text are from byte `offset` on, each of one byte or two."""

    start: int
    end: int
    offset: int
    width: int


class Word:
    """The streams of a document. ReadError if it is encrypted, or not one that can be read.

    - `text`: all of its parts, one code unit of UTF-16 a character.
    - `parts`: start and end of each of PARTS.
    - `data`: values of fields, and pictures.
    - `is_old`: from Word 6 or 95, whose tables of formats have another form.
    """

    def __init__(self, container: Container) -> None:
        self.stream = container.read("WordDocument")
        if len(self.stream) < 0x200:
            refuse_damage()
        magic, version = struct.unpack_from("<HH", self.stream)
        (flags,) = struct.unpack_from("<H", self.stream, 0x0A)
        if magic not in _WORD_6:
            refuse_damage()
        if flags & _ENCRYPTED:
            raise ReadError("encrypted: save it without a password first")
        self.is_old = version < _WORD_97
        table = "1Table" if flags & _SECOND_TABLE else "0Table"
        self._table = self.stream if self.is_old else container.read(table)
        self.data = container.read("Data")
        lengths = struct.unpack_from("<8I", self.stream, 0x34 if self.is_old else 0x4C)
        self.pieces = self._pieces(lengths, is_complex=bool(flags & _COMPLEX))
        self.text = self._joined()
        self.parts: dict[str, tuple[int, int]] = {}
        at = 0
        for name, length in zip(PARTS, lengths, strict=True):
            self.parts[name] = (at, min(at + length, len(self.text)))
            at = min(at + length, len(self.text))

    def table(self, index: int) -> bytes:
        """Return one of the tables that the information block lists, by its number there."""
        if self.is_old:
            return b""
        at, length = struct.unpack_from("<II", self.stream, 0x9A + 8 * index)
        return self._table[at : at + length]

    def table_from(self, index: int) -> bytes:
        """Return the same with what follows it: the levels of lists do."""
        if self.is_old:
            return b""
        at, length = struct.unpack_from("<II", self.stream, 0x9A + 8 * index)
        return self._table[at:] if length else b""

    def bytes_of(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield where characters [start, end) are: start, end, and the offset and width of each
        character's bytes.
        """
        for number in range(bisect_right(self.pieces, start, key=_start) - 1, len(self.pieces)):
            piece = self.pieces[max(number, 0)]
            if piece.start >= end:
                return
            first, last = max(piece.start, start), min(piece.end, end)
            if first < last:
                yield first, last, piece.offset + (first - piece.start) * piece.width, piece.width

    def _pieces(self, lengths: Sequence[int], *, is_complex: bool) -> list[Piece]:
        if self.is_old:
            at, length = struct.unpack_from("<II", self.stream, 0x160)
            found = list(self._listed(self.stream[at : at + length])) if is_complex else []
        else:
            found = list(self._listed(self.table(_CLX)))
        if not found and self.is_old:
            (begin,) = struct.unpack_from("<I", self.stream, 0x18)
            found = [Piece(0, min(sum(lengths), len(self.stream)), begin, 1)]
        if not found:
            refuse_damage()
        return found

    def _listed(self, raw: bytes) -> Iterator[Piece]:
        """Yield the pieces of a list of them, which comes after formats of fast saves."""
        at = 0
        while at + 3 <= len(raw) and raw[at] == 1:
            at += 3 + int.from_bytes(raw[at + 1 : at + 3], "little")
        if at + 5 > len(raw) or raw[at] != 2:
            return
        for (start, end), entry in entries(raw[at + 5 :], 8):
            offset = int.from_bytes(entry[2:6], "little")
            width = 2
            if self.is_old:
                width = 1
            elif offset & _COMPRESSED:
                offset, width = (offset & ~_COMPRESSED) // 2, 1
            if start < end:
                yield Piece(start, min(end, start + len(self.stream) // width), offset, width)

    def _joined(self) -> str:
        """Return all text, however it is coded; what is missing is replaced by spaces."""
        page = "cp1252"
        if self.is_old:
            narrow = b"".join(self._bytes(piece) for piece in self.pieces)
            page = page if narrow.isascii() else guess(narrow[:_SAMPLE])
        parts: list[str] = []
        length = 0
        for piece in self.pieces:
            size = piece.end - piece.start
            if piece.start != length or length + size > _MOST_TIMES * len(self.stream):
                refuse_damage()
            raw = self._bytes(piece)
            if piece.width == 2:
                units = len(raw) // 2
                said = "".join(map(chr, struct.unpack(f"<{units}H", raw[: 2 * units])))
            else:
                said = raw.decode(page, "replace")
            parts.append(said[:size].ljust(size))
            length += size
        return "".join(parts)

    def _bytes(self, piece: Piece) -> bytes:
        return self.stream[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]


def _start(piece: Piece) -> int:
    return piece.start


def entries(raw: bytes, size: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield the entries of a PLC: the range that each is for, and its bytes, `size` of them."""
    count = (len(raw) - 4) // (4 + size)
    if count < 1:
        return
    bounds = struct.unpack_from(f"<{count + 1}I", raw)
    body = 4 * (count + 1)
    for number, (start, end) in enumerate(pairwise(bounds)):
        yield (start, end), raw[body + number * size : body + (number + 1) * size]
