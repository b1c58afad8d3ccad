"""The shapes of an old slide: their texts, what their pictures show, and tables.

MS-PPT 2.9 (text), MS-ODRAW 2.2 (shapes and their properties).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.readers.described import beside, picture
from ingest.readers.ppt.records import Record

TITLES, BODIES = frozenset((0, 6)), frozenset((1, 7, 8))
"""Kinds of texts: MS-PPT 2.13.33."""
HEADER, CHARACTERS, BYTES, OUTLINE, DRAWING = 0x0F9F, 0x0FA0, 0x0FA8, 0x0F9E, 0x040C
_GROUP, _SHAPE, _TEXT, _ANCHOR, _CLIENT = 0xF003, 0xF004, 0xF00D, 0xF00F, 0xF011
_PROPERTIES = frozenset((0xF00B, 0xF121, 0xF122))
_DESCRIPTION, _TABLE, _BOOLEANS = 0x0381, 0x039F, 0x03BF
_HIDDEN = 0x00020002  # whether it is said, and its value
_FIELDS = frozenset((0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA, 0x1015))
"""Marks of numbers of slides, dates, headers and footers, which are on every slide."""
_OTHER = 4
_DEEPEST = 30
_PLACEHOLDER, _PLACEHOLDER_2007 = 0x0BC3, 0x0420
_RUNNING = {0x07: "Date", 0x08: "", 0x09: "Footer", 0x0A: "Header"}
"""Placeholders that are on every slide; a number is not read."""
MOST_CELLS = 10_000
_ACTION, _ACTION_ATOM, _LINKED = 0x0FF2, 0x0FF3, 0x0FDF
_MOST_LINKS = 200
"""Links of one text."""


@dataclass(slots=True)
class Text:
    """A text of a kind, by paragraphs."""

    kind: int = _OTHER
    paragraphs: list[str] = field(default_factory=list)
    running: bool = False
    """Whether it is on every slide."""
    label: str = ""
    """What it is there, where that is worth being read."""


@dataclass(slots=True)
class Shape:
    """A shape that is seen: its text, or what its picture shows, or the rows of a table."""

    text: Text
    described: str = ""
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What a slide refers to: the texts that are kept apart from it, and addresses of links by
    their numbers.
    """

    outline: list[Text]
    addresses: Mapping[int, str]


def texts(
    raw: Iterator[Record], addresses: Mapping[int, str]
) -> Iterator[tuple[Record, Text | None]]:
    """Yield the records of a list of texts; with one that begins a text comes that text, which has
    its words, and the addresses behind them, once the list is at its end.
    """
    text, words, link = Text(), "", 0
    inserted: list[tuple[int, str]] = []
    for record in raw:
        if record.kind == HEADER:
            text, words, inserted = Text(record.number(0)), "", []
            yield record, text
            continue
        if record.kind in (CHARACTERS, BYTES):
            wide = record.kind == CHARACTERS
            words = record.data.decode("utf-16-le" if wide else "latin-1", "replace")
            text.paragraphs = _paragraphs(words)
        elif record.kind == _ACTION and (about := record.first(_ACTION_ATOM)):
            link = about.number(4)
        elif record.kind == _LINKED and link in addresses and len(inserted) < _MOST_LINKS:
            start, end = record.number(0), min(record.number(4), len(words))
            inserted.append((end, beside(words[start:end], addresses[link])))
            text.paragraphs = _paragraphs(_with(words, inserted))
        yield record, None


def _with(words: str, inserted: list[tuple[int, str]]) -> str:
    """Return words with others put in, at their offsets."""
    for at, put in sorted(inserted, reverse=True):
        words = words[:at] + put + words[at:]
    return words


def _paragraphs(text: str) -> list[str]:
    found = (part.replace("\x0b", "\n") for part in text.split("\r"))
    return [part for part in found if part.strip()]


def shapes(slide: Record, known: Known) -> list[Shape]:
    """Return the shapes of a slide, in their order."""
    found: list[Shape] = []
    for drawing in slide.inner():
        if drawing.kind == DRAWING:
            for part in drawing.inner():
                _gather(part, known, found, 0)
    return found


def _gather(part: Record, known: Known, found: list[Shape], depth: int) -> None:
    if depth > _DEEPEST:
        return
    for inner in part.inner():
        if inner.kind == _GROUP:
            if _is_table(inner):
                found.append(Shape(Text(), rows=_rows(inner, known)))
            else:
                _gather(inner, known, found, depth + 1)
        elif inner.kind == _SHAPE and (shape := _shape(inner, known)):
            found.append(shape)


def _shape(part: Record, known: Known) -> Shape | None:
    """Return a shape; None for one that is hidden."""
    properties = _properties(part)
    value = properties.get(_BOOLEANS, b"\0\0\0\0")
    if int.from_bytes(value, "little") & _HIDDEN == _HIDDEN:
        return None
    described = properties.get(_DESCRIPTION, b"").decode("utf-16-le", "replace").rstrip("\0")
    box = part.first(_TEXT)
    text = _text(box, known) if box is not None else Text()
    place = _placeholder(part)
    if place in _RUNNING and not text.running:
        text.running, text.label = True, _RUNNING[place]
    return Shape(text, picture(described))


def _placeholder(part: Record) -> int:
    """Return what a shape is there for; 0 for nothing that is known."""
    client = part.first(_CLIENT)
    for record in client.inner() if client is not None else ():
        if record.kind == _PLACEHOLDER:
            return record.number(4, 1)
        if record.kind == _PLACEHOLDER_2007:
            return record.number(0, 1)
    return 0


def _text(box: Record, known: Known) -> Text:
    found = Text()
    for record, text in texts(box.inner(), known.addresses):
        if text is not None:
            found = text
        elif record.kind == OUTLINE and record.number(0) < len(known.outline):
            found = known.outline[record.number(0)]
        elif record.kind in _FIELDS:
            only = [part for part in found.paragraphs if part.strip("* ")]
            found.running |= not only
    return found


def _properties(part: Record) -> dict[int, bytes]:
    """Return the properties of a shape by their numbers: MS-ODRAW 2.3.1."""
    found: dict[int, bytes] = {}
    for table in part.inner():
        if table.kind not in _PROPERTIES:
            continue
        data, at = table.data, 6 * table.instance
        for number in range(min(table.instance, len(data) // 6)):
            name, value = struct.unpack_from("<HI", data, 6 * number)
            if name & 0x8000:
                found[name & 0x3FFF] = data[at : at + value]
                at += value
            else:
                found[name & 0x3FFF] = value.to_bytes(4, "little")
    return found


def _is_table(group: Record) -> bool:
    first = group.first(_SHAPE)
    value = _properties(first).get(_TABLE, b"") if first is not None else b""
    return bool(value[:1] and value[0] & 1)


def _rows(group: Record, known: Known) -> list[list[str]]:
    """Return the rows of a table, whose cells are shapes beside and below each other."""
    cells: dict[tuple[int, int], str] = {}  # by where they begin: top, left
    for part in group.inner():
        anchor, box = part.first(_ANCHOR), part.first(_TEXT)
        if anchor is None or box is None or len(anchor.data) < 8 or len(cells) >= MOST_CELLS:
            continue
        left, top = struct.unpack_from("<ii", anchor.data)
        cells[top, left] = " ".join(" ".join(_text(box, known).paragraphs).split())
    columns = sorted({left for _, left in cells})
    tops = sorted({top for top, _ in cells})
    if len(columns) * len(tops) > MOST_CELLS:
        return [[text] for _, text in sorted(cells.items())]
    rows = [[cells.get((top, left), "") for left in columns] for top in tops]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    return [row for row in rows if row]
