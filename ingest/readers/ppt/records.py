"""The records of an old presentation, and which of them are of its last save.

MS-PPT 2.1 (streams), 2.3 (records), 2.3.3 to 2.3.5 (what each save adds).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.ole import Container, refuse_damage

_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_ENCRYPTED = 0xF3D1C4DF
_WITH_KEY = 0x20  # bytes of the record of a save that is encrypted
_MOST_EDITS = 1_000
_DEEPEST = 60
_CONTAINER = 0xF


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a kind, with its bytes; `instance` says more of what it is for."""

    kind: int
    instance: int
    is_container: bool
    data: bytes

    def inner(self) -> Iterator[Record]:
        """Yield the records in it."""
        return records(self.data) if self.is_container else iter(())

    def contents(self) -> Iterator[Record]:
        """Yield the records in one that does not say that it holds any."""
        return records(self.data)

    def first(self, kind: int) -> Record | None:
        """Return the first record of a kind in it; None for none."""
        return next((inner for inner in self.inner() if inner.kind == kind), None)

    def all(self, kind: int, depth: int = 0) -> Iterator[Record]:
        """Yield the records of a kind in it, however deep they are."""
        if depth > _DEEPEST:
            return
        for inner in self.inner():
            if inner.kind == kind:
                yield inner
            else:
                yield from inner.all(kind, depth + 1)

    def number(self, at: int, size: int = 4) -> int:
        """Return the number at an offset; 0 where there is none."""
        return int.from_bytes(self.data[at : at + size], "little")


def records(raw: bytes, at: int = 0) -> Iterator[Record]:
    """Yield the records from an offset on; the last one may be cut."""
    while at + 8 <= len(raw):
        version, kind, length = struct.unpack_from("<HHI", raw, at)
        data = raw[at + 8 : at + 8 + length]
        yield Record(kind, version >> 4, version & 0xF == _CONTAINER, data)
        at += 8 + length


class Saved:
    """What the last save of a presentation holds. ReadError if it is encrypted or damaged,
    SkippedFile if it is too old.
    """

    def __init__(self, container: Container) -> None:
        self._stream = container.read("PowerPoint Document")
        user = container.read("Current User")
        if len(user) < 20:  # of PowerPoint 95 and before
            raise SkippedFile("not read yet: save it as .pptx or PDF", SkipKind.UNKNOWN_FORMAT)
        token, at = struct.unpack_from("<II", user, 12)
        if token == _ENCRYPTED:
            raise ReadError("encrypted: save it without a password first")
        self._offsets: dict[int, int] = {}
        self._document = -1
        self._take_saves(at)

    def document(self) -> Record:
        """Return the record that lists the slides."""
        found = self.record(self._document)
        if found is None:
            refuse_damage()
        return found

    def record(self, number: int) -> Record | None:
        """Return a record by the number that others name it by; None for none."""
        at = self._offsets.get(number, -1)
        return next(records(self._stream, at), None) if at >= 0 else None

    def _take_saves(self, at: int) -> None:
        """Take in the saves, the newest first: what it has, an older one does not change."""
        for _ in range(_MOST_EDITS):
            edit = next(records(self._stream, at), None)
            if edit is None or edit.kind != _EDIT:
                break
            if len(edit.data) >= _WITH_KEY and edit.number(28):
                raise ReadError("encrypted: save it without a password first")
            if self._document < 0:
                self._document = edit.number(16)
            directory = next(records(self._stream, edit.number(12)), None)
            if directory is not None and directory.kind == _DIRECTORY:
                self._take_directory(directory)
            before = edit.number(8)
            if not before or before >= at:
                break
            at = before

    def _take_directory(self, directory: Record) -> None:
        at = 0
        while at + 4 <= len(directory.data):
            word = directory.number(at)
            first, count = word & 0xFFFFF, word >> 20
            at += 4
            for number in range(first, first + count):
                if at + 4 > len(directory.data):
                    return
                self._offsets.setdefault(number, directory.number(at))
                at += 4
