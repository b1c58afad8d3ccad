"""Backups of messages as XML, element by element: they may be large, and hold pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from ingest.errors import ReadError

SUFFIX = ".xml"
ELEMENT = "an element of a backup"
CHILDREN = "elements within it"

_BACKUP = re.compile(rb"<smses\b")
_HEAD = 4_000
_PIECE = 1 << 18
_LONGEST = 1_000_000
"""Characters of an attribute that is kept: longer ones are pictures."""
_DEEPEST = 20
# Older versions of programs write an emoji as two halves, which is not XML: &#55357;&#56832;
_HALVES = re.compile(rb"&#(5[5-7]\d{3});&#(5[5-7]\d{3});")
_FIRST_HALF = re.compile(rb"&#5[5-7]\d{3};\Z")
_HALF = re.compile(rb"&#(?:5[5-7]\d{3}|[0-8]|1[124-9]|2\d|3[01]);")
_LONGEST_MARK = 20


def elements(file: IO[bytes]) -> Iterator[object]:
    """Return the elements below the first one of a backup: `ELEMENT` is the name, `CHILDREN` those
    within it, the rest attributes. Nothing of other XML. ReadError where it is broken.
    """
    if not _BACKUP.search(file.read(_HEAD)):
        return
    file.seek(0)
    reader = _Reader()
    try:
        for piece in _pieces(file):
            reader.parser.Parse(piece)
            yield from reader.taken()
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = reader.parser.CurrentLineNumber
        raise ReadError(f"XML that breaks off or is damaged (line {line:,})") from error
    yield from reader.taken()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the content in pieces in which whole characters stand for halves."""
    held = b""
    while more := file.read(_PIECE):
        held += more
        # A mark, or the first of two, may go on in the next piece.
        cut = held.find(b"&", max(len(held) - 2 * _LONGEST_MARK, 0))
        cut = len(held) if cut < 0 else cut
        first = _FIRST_HALF.search(held, max(cut - _LONGEST_MARK, 0), cut)
        cut = first.start() if first else cut
        yield _mended(held[:cut])
        held = held[cut:]
    yield _mended(held)


def _mended(raw: bytes) -> bytes:
    return _HALF.sub("\N{REPLACEMENT CHARACTER}".encode(), _HALVES.sub(_whole, raw))


def _whole(found: re.Match[bytes]) -> bytes:
    high, low = int(found[1]), int(found[2])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()


class _Reader:
    """Collects the elements that are complete."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.EntityDeclHandler = self._refuse
        self._found: list[object] = []
        self._within: list[dict[str, object]] = []

    def taken(self) -> list[object]:
        """Return what was completed since the last time."""
        found, self._found = self._found, []
        return found

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        kept = {name: value for name, value in attributes.items() if len(value) < _LONGEST}
        element: dict[str, object] = {**kept, ELEMENT: tag, CHILDREN: []}
        if len(self._within) > _DEEPEST:
            raise ReadError("elements within elements that no backup has")
        if len(self._within) > 1:
            children = self._within[-1][CHILDREN]
            assert isinstance(children, list)  # noqa: S101 - for the type checker
            children.append(element)
        self._within.append(element)

    def _close(self, _tag: str) -> None:
        element = self._within.pop()
        if len(self._within) == 1:
            self._found.append(element)

    @staticmethod
    def _refuse(*_: object) -> None:
        """Definitions can make a short text endless; no backup has any."""
        raise ReadError("XML with definitions of its own, which no backup has")
