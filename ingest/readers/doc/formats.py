"""How the text of an old Word document looks: properties of letters and paragraphs, and styles.

MS-DOC 2.6 (single property modifiers), 2.8.5 and 2.8.6 (where they are kept), 2.9.271 (styles).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.readers.doc.pieces import Word, entries
from ingest.readers.word.styles import BODY_LEVEL, Look, Style

_STYLES, _LETTERS, _PARAGRAPHS, _FONTS = 1, 12, 13, 15
_PAGE = 512
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
"""Bytes of an operand by the three highest bits of its code; 0 says its own length."""
_LONG = frozenset((0xD606, 0xD608))  # tables, whose length has two bytes
_WHITE = 0xF0
_TITLE, _FIRST_CONTENTS, _LAST_CONTENTS = 0x3E, 19, 27  # built-in styles
_NOT_BUILT_IN = 0xFFE
_TOGGLES = {0x0800: "deleted", 0x083C: "vanish", 0x0837: "struck", 0x2A53: "struck", 0x0855: "spec"}
_FLAGS = {0x2416: "in_table", 0x2417: "ends_row", 0x244B: "ends_inner", 0x244C: "ends_inner_row"}
_FLAGS |= {0x3404: "heads"}
_WORDS = {0x4A43: "size", 0x4A30: "style", 0x4600: "style", 0x2640: "level", 0x260A: "depth"}
_WHITE_BY_NUMBER = 8
_NO_LIST = 0x7FF
_MOST_COLUMNS = 64
_DEEPEST_STYLE = 12
_FAR = 1 << 40


class Run(NamedTuple):
    """Bytes [start, end) of the stream have these modifiers."""

    start: int
    end: int
    modifiers: bytes


def modifiers(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the properties that a list of modifiers sets: code and operand."""
    at = 0
    while at + 3 <= len(raw):
        (code,) = struct.unpack_from("<H", raw, at)
        at += 2
        size = _SIZES[code >> 13]
        if code in _LONG:
            size = int.from_bytes(raw[at : at + 2], "little") + 1
        elif not size:
            size = raw[at] + 1
        yield code, raw[at : at + size]
        at += size


def look_of(raw: bytes) -> Look:
    """Return what a list of modifiers says; see `docx_styles.Look`.

    Beside that: `style` (its number), `spec` (a character with a meaning of its own), `symbol` and
    `font`, `data` (where the value of a field is), `in_table`, `ends_row`, and `merged`, a bit for
    each cell that goes on with the one above.
    """
    look: Look = {}
    for code, operand in modifiers(raw):
        number = int.from_bytes(operand[:2], "little")
        if code in _TOGGLES:
            look[_TOGGLES[code]] = operand[:1] in (b"\x01", b"\x81")
        elif code in _FLAGS:
            look[_FLAGS[code]] = bool(number)
        elif code in _WORDS:
            look[_WORDS[code]] = number
        elif said := _OTHERS.get(code):
            look |= said(operand)
    return look


def _list(operand: bytes) -> Look:
    number = int.from_bytes(operand, "little")
    return {"listed": 0 < number < _NO_LIST, "number": number}


def _script(operand: bytes) -> Look:
    return {"raised": {1: 1, 2: -1}.get(operand[0], 0)}


def _colour(operand: bytes) -> Look:
    return {"white": len(operand) == 4 and min(operand[:3]) >= _WHITE and not operand[3]}


def _symbol(operand: bytes) -> Look:
    font, sign = int.from_bytes(operand[:2], "little"), int.from_bytes(operand[2:], "little")
    return {"font": font, "symbol": sign, "spec": True}


_OTHERS: dict[int, Callable[[bytes], Look]] = {
    0x460B: _list,
    0x2A48: _script,
    0x2A42: lambda operand: {"white": operand[0] == _WHITE_BY_NUMBER},
    0x6870: _colour,
    0x2A0C: lambda operand: {"shaded": operand[0] not in (0, _WHITE_BY_NUMBER)},
    **dict.fromkeys((0x4866, 0xCA71, 0x442D, 0xC64D), lambda raw: {"shaded": _is_shaded(raw)}),
    0x6A09: _symbol,
    0x6A03: lambda operand: {"data": int.from_bytes(operand, "little")},
    0xD608: lambda operand: {"merged": _merged(operand)},
}


def _is_shaded(operand: bytes) -> bool:
    """Whether something lies behind: MS-DOC 2.9.247 and 2.9.248."""
    if len(operand) == 2:
        value = int.from_bytes(operand, "little")
        return bool(value & 0x03E0 and value & 0x03E0 != _WHITE_BY_NUMBER << 5) or bool(value >> 10)
    ground = operand[5:9]
    return len(ground) == 4 and not ground[3] and min(ground[:3]) < _WHITE


def _merged(operand: bytes) -> int:
    """Return the cells of a row that go on with those above, a bit each: MS-DOC 2.9.321."""
    columns = min(operand[2], _MOST_COLUMNS) if len(operand) > 2 else 0
    found, first = 0, 3 + 2 * (columns + 1)
    for column in range(columns):
        flags = int.from_bytes(operand[first + 20 * column :][:2], "little")
        found |= (flags >> 5 & 3 == 1) << column
    return found


@dataclass(slots=True)
class Formats:
    """The looks of letters and paragraphs of a document, by where they are."""

    word: Word
    styles: list[Style] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)
    _letters: list[Run] = field(default_factory=list)
    _paragraphs: list[Run] = field(default_factory=list)
    _known: dict[bytes, Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.styles = _styles(self.word.table(_STYLES))
        self.fonts = list(_fonts(self.word.table(_FONTS)))
        self._letters = sorted(_runs(self.word, _LETTERS))
        self._paragraphs = sorted(_runs(self.word, _PARAGRAPHS))

    def letters(self, start: int, end: int) -> Iterator[tuple[int, int, Look]]:
        """Yield the runs of characters [start, end): where they are, and their own look."""
        for first, last, offset, width in self.word.bytes_of(start, end):
            at = first
            while at < last:
                run = _at(self._letters, offset + (at - first) * width)
                stop = min(max(first + -(-(run.end - offset) // width), at + 1), last)
                yield at, stop, self._look(run.modifiers)
                at = stop

    def paragraph(self, mark: int) -> tuple[Style, Look]:
        """Return the style and the own look of the paragraph that ends at a character."""
        where = next(self.word.bytes_of(mark, mark + 1), None)
        run = _at(self._paragraphs, where[2] if where else 0)
        own = self._look(run.modifiers[2:])
        number = int.from_bytes(run.modifiers[:2], "little")
        return self.style(own.get("style", number)), own

    def style(self, number: int) -> Style:
        """Return a style by its number."""
        return self.styles[number] if number < len(self.styles) else Style()

    def _look(self, raw: bytes) -> Look:
        if raw not in self._known:
            self._known[raw] = look_of(raw)
        return self._known[raw]


def _at(runs: list[Run], offset: int) -> Run:
    """Return the run that a byte is in; one without modifiers up to the next if it is in none."""
    number = bisect_right(runs, offset, key=lambda run: run.start)
    if number and offset < runs[number - 1].end:
        return runs[number - 1]
    return Run(offset, runs[number].start if number < len(runs) else _FAR, b"")


def _runs(word: Word, table: int) -> Iterator[Run]:
    """Yield the runs of all pages of a table: MS-DOC 2.9.33 (letters) and 2.9.174 (paragraphs)."""
    for _, entry in entries(word.table(table), 4):
        at = (int.from_bytes(entry, "little") & 0x3FFFFF) * _PAGE
        page = word.stream[at : at + _PAGE]
        if len(page) < _PAGE:
            continue
        count = page[-1]
        size = 1 if table == _LETTERS else 13
        if 4 * (count + 1) + size * count >= _PAGE:
            continue
        bounds = struct.unpack_from(f"<{count + 1}I", page)
        for number in range(count):
            begin = 2 * page[4 * (count + 1) + size * number]
            raw = _modifiers_at(page, begin, letters=table == _LETTERS) if begin else b""
            if bounds[number] < bounds[number + 1]:
                yield Run(bounds[number], bounds[number + 1], raw)


def _modifiers_at(page: bytes, begin: int, *, letters: bool) -> bytes:
    length = page[begin]
    if letters:
        return page[begin + 1 : begin + 1 + length]
    if length:
        return page[begin + 1 : begin + 2 * length]
    return page[begin + 2 : begin + 2 + 2 * page[begin + 1]] if begin + 1 < _PAGE else b""


def _styles(raw: bytes) -> list[Style]:
    """Return the styles by their numbers, each with what it takes from those it is based on."""
    own: list[tuple[Style, int]] = []
    if len(raw) < 6:
        return []
    header = int.from_bytes(raw[:2], "little")
    base = int.from_bytes(raw[4:6], "little")
    at = 2 + header
    while at + 2 <= len(raw):
        length = int.from_bytes(raw[at : at + 2], "little")
        own.append(_style(raw[at + 2 : at + 2 + length], base))
        at += 2 + length + length % 2
    found = []
    for style, below in own:
        look, depth = style.look, 0
        while below < len(own) and depth < _DEEPEST_STYLE:
            look = own[below][0].look | look
            below, depth = own[below][1], depth + 1  # noqa: PLW2901
        found.append(Style(style.name, "", look))
    return found


def _style(raw: bytes, base: int) -> tuple[Style, int]:
    """Return a style with its own look, and the number of the one that it is based on."""
    if len(raw) < base + 2 or base < 6:
        return Style(), _NOT_BUILT_IN
    first, second, third = struct.unpack_from("<3H", raw)
    built_in, kind = first & 0xFFF, second & 0xF
    length = int.from_bytes(raw[base : base + 2], "little")
    at = base + 2 + 2 * length + 2
    look: Look = {}
    for part in range(min(third & 0xF, 2)):
        size = int.from_bytes(raw[at : at + 2], "little")
        skipped = 2 if kind == 1 and not part else 0  # the number of the style itself
        look |= look_of(raw[at + 2 + skipped : at + 2 + size])
        at += 2 + size + size % 2
    look.pop("style", None)
    name = raw[base + 2 : base + 2 + 2 * length].decode("utf-16-le", "replace").lower()
    if kind == 1 and (1 <= built_in <= BODY_LEVEL or built_in == _TITLE):
        look["level"] = 0 if built_in == _TITLE else built_in - 1
    elif _FIRST_CONTENTS <= built_in <= _LAST_CONTENTS:
        name = "toc "
    return Style(name, "", look), second >> 4


def _fonts(raw: bytes) -> Iterator[str]:
    """Yield the names of the fonts: MS-DOC 2.9.286."""
    at = 4
    while at < len(raw):
        length = raw[at]
        name = raw[at + 40 : at + 1 + length].decode("utf-16-le", "replace")
        yield name.partition("\0")[0].lower()
        at += 1 + length
