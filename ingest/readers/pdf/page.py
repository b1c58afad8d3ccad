"""The text of one page of a PDF, put right by where its letters are: rows of tables, indentation,
superscripts, and nothing from outside the page. One of three doors to pypdfium2.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ingest.readers.pdf.boxes import with_boxes
from ingest.readers.pdf.right_to_left import in_order
from ingest.readers.pdf.rows import (
    GAP,
    Cell,
    Line,
    PageText,
    by_place,
    indent_code,
    is_stretched,
)
from ingest.readers.pdf.spacing import (
    NO_SPACE,
    is_space,
    is_twice,
    letter_gap,
    may_be_spaced,
    once,
    with_words,
)
from ingest.readers.pdf.tables import with_tables
from ingest.readers.pdf.tex_letters import with_tex_letters
from ingest.readers.pdf.vertical import with_columns
from ingest.readers.pdf.words import HYPHEN, LIGATURE, joined, split, starts, with_punctuation
from ingest.readers.scripts import raised

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_WORDS = re.compile("[^ ]+")
_RAISED = re.compile(r"(?<=[\w)])(?:[-−–]?\d{1,3})(?![\w.,]\w|\w)")
_HYPHEN = re.compile("[\ufffe\u00ad]|(?<=\\w)\u2010(?=\\r?\\n)")
"""pdfium's mark, the soft one, and what browsers and others write where they part a word."""
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
"""Letters that pdfium counts twice, as UTF-16 has them: 𝑥, emoji."""
_NONSENSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_FIXED = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt|code", re.IGNORECASE)
HIGH = 0.25
"""Of its size that a letter is above the one before it to be a superscript of the same size."""
_SAMPLED = 60
"""Letters that tell how most are turned."""
_FIRST = 6
"""Letters of a line that tell how high its letters are."""
_APART = 100_000.0
"""Points between lines of different directions: more than any page has."""
SMALL = 0.85
"""Of the size of the letter before it, the size that a superscript has at most."""


def text_of(page: PdfPage, *, filled: bool = False, boxes: Sequence[Cell] = ()) -> PageText:
    """Return what a viewer shows of a page, line by line.

    The order is that of the file; of a page that was `filled` in, where values come last, it is
    that of the lines on the page.
    """
    letters = page.get_textpage()
    turned = 90 * _usual_quarter(letters)
    if turned != page.get_rotation():
        page.set_rotation(turned)  # pdfium puts lines in order as the page is shown
        letters = page.get_textpage()
    text = letters.get_text_range()
    plain = _HYPHEN.sub(HYPHEN, with_tex_letters(with_punctuation(text)))
    if len(_NONSENSE.findall(LIGATURE.sub("", plain.replace(HYPHEN, "")))) * 3 > len(plain):
        return PageText([], [], garbled=True)
    plain = _ASTRAL.sub(rf"\g<0>{NO_SPACE}", plain)
    if letters.count_chars() != len(plain):
        return PageText([joined(line) for line in split(plain)], [])
    geometry = _Geometry(letters, page)
    lines = [line for line in map(geometry.line, starts(plain)) if line is not None]
    if boxes and not turned:
        lines = with_boxes(lines, boxes)
    if filled or boxes:
        lines = by_place(lines)
    indent_code(lines)
    return with_tables(with_words(with_columns(lines)))


class _Geometry:
    """Where the letters of a page are, as if the line that is read ran from left to right."""

    def __init__(self, letters: PdfTextPage, page: PdfPage) -> None:
        import pypdfium2.raw as pdfium

        self._raw: Any = pdfium
        self._letters = letters
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(number) for number in self._numbers]
        self._rectangle = pdfium.FS_RECTF()
        self._quarter = 0
        # What is shown of the page, of which both boxes may be those of a part of the document.
        self._left, self._bottom, self._right, self._top = page.get_bbox()

    def line(self, found: tuple[str, int]) -> Line | None:
        """Return a line without its characters outside the page; None if none are left."""
        text, start = found
        if not text.strip():
            return Line("", start, [])
        first, last = start + len(text) - len(text.lstrip()), start + len(text.rstrip()) - 1
        # A page may be turned, and so may a table on it.
        self._quarter = _quarter_of(self._letters, first)
        text = in_order(text, lambda at: self._box(start + at))
        if not (self._is_inside(first) and self._is_inside(last)):
            kept = "".join(
                letter
                for number, letter in enumerate(text, start)
                if letter.isspace() or self._is_inside(number)
            )
            return Line(joined(kept.replace(NO_SPACE, "")), start, []) if kept.strip() else None
        box = self._box(first)
        cells = self._cells(text, start, self._height(text, start))
        whole = " ".join(cell.text for cell in cells)
        fixed = self._is_fixed(first) and self._is_fixed(last)
        width = (self._box(last)[2] - box[0]) / max(last - first + 1, 1)
        return Line(whole, start, cells, box[0], width, fixed)

    def _cells(self, text: str, start: int, height: float) -> list[Cell]:
        text = self._without_false_spaces(text, start)
        words = [found.span() for found in _WORDS.finditer(text)]
        edges = [self._edges(start + left, start + right - 1) for left, right in words]
        # In a line from right to left a word is at the left of the one before it.
        gaps = [
            max(after[0] - before[1], before[0] - after[1]) for before, after in pairwise(edges)
        ]
        least = math.inf if is_stretched(text, gaps, height) else GAP * height
        bottoms = [self._loose(start + left)[1] for left, _ in words]
        cells = []
        begin = 0
        for number, gap in enumerate([*gaps, math.inf]):
            # pdfium puts some lines in one.
            if gap < least and abs(bottoms[number + 1] - bottoms[begin]) <= 1.5 * height:
                continue
            first, last = words[begin][0], words[number][1]
            within = edges[begin : number + 1]
            left, right = min(edge[0] for edge in within), max(edge[1] for edge in within)
            shown = joined(self._with_powers(text[first:last], start + first))
            shown = shown.replace(NO_SPACE, "")
            if is_twice(shown) and self._is_drawn_twice(start + first):
                shown = once(shown)
            shown = shown.rstrip()
            parts = tuple(within) if shown.count(" ") == number - begin > 0 else ()
            cells.append(Cell(left, right, shown, bottoms[begin], height, parts))
            begin = number + 1
        return cells

    def _without_false_spaces(self, text: str, start: int) -> str:
        """Return the text with a mark in place of each space that pdfium has put between letters
        that are set apart.
        """
        words = [found.span() for found in _WORDS.finditer(text)]
        if not may_be_spaced([text[left:right] for left, right in words]):
            return text
        boxes = [self._loose(start + at) for at in range(len(text))]
        size = max(box[3] - box[1] for box in boxes)
        inside = [
            boxes[at + 1][0] - boxes[at][2]
            for left, right in words
            for at in range(left, right - 1)
        ]
        put_in = {
            end: boxes[begin][0] - boxes[end - 1][2]
            for (_, end), (begin, _) in pairwise(words)
            if begin == end + 1
            and self._raw.FPDFText_IsGenerated(self._letters.raw, start + end) == 1
        }
        usual = letter_gap(inside, list(put_in.values()), text, size)
        letters = list(text)
        for at, gap in put_in.items():
            letters[at] = " " if is_space(gap, usual, size) else NO_SPACE
        return "".join(letters)

    def _is_drawn_twice(self, first: int) -> bool:
        """Whether a letter and the next one are one that is drawn twice, to look bold."""
        one, other = self._box(first), self._box(first + 1)
        return abs(one[0] - other[0]) < (one[2] - one[0]) / 2

    def _edges(self, first: int, last: int) -> tuple[float, float]:
        """The left and right edges of a word, which may run from right to left."""
        one = self._box(first)
        other = self._box(last) if last > first else one
        return min(one[0], other[0]), max(one[2], other[2])

    def _height(self, text: str, start: int) -> float:
        """The height of the highest of the first letters: a bullet or a dash is low."""
        letters = [at for at, letter in enumerate(text, start) if not letter.isspace()][:_FIRST]
        boxes = map(self._box, letters)
        return max(1.0, *(box[3] - box[1] for box in boxes))

    def _with_powers(self, text: str, start: int) -> str:
        """Return the words with superscripts marked: 10^6."""
        parts, done = [], 0
        for found in _RAISED.finditer(text):
            at = found.start()
            if not self._is_raised(start + at - 1, start + found.end() - 1):
                continue
            while (
                at > done + 1
                and text[at - 1].isdigit()
                and self._is_raised(start + at - 2, start + at - 1)
            ):
                at -= 1
            while at < found.end() - 1 and not self._is_raised(start + at - 1, start + at):
                at += 1
            parts += [text[done:at], raised(text[:at], text[at : found.end()])]
            done = found.end()
        return "".join([*parts, text[done:]])

    def _is_raised(self, before: int, letter: int) -> bool:
        base, small = self._loose(before), self._loose(letter)
        size, own = base[3] - base[1], small[3] - small[1]
        up = small[1] - base[1]
        return bool(own > 0 and (up > HIGH * size or (own < SMALL * size and up > 0.1 * size)))

    def _box(self, index: int) -> tuple[float, float, float, float]:
        return _turned(self._as_drawn(index), self._quarter)

    def _loose(self, index: int) -> tuple[float, float, float, float]:
        self._raw.FPDFText_GetLooseCharBox(self._letters.raw, index, self._rectangle)
        box = self._rectangle
        return _turned((box.left, box.bottom, box.right, box.top), self._quarter)

    def _as_drawn(self, index: int) -> tuple[float, float, float, float]:
        """Return the box of a letter. A page has thousands: `get_charbox` takes twice as long."""
        left, right, bottom, top = self._numbers
        self._raw.FPDFText_GetCharBox(self._letters.raw, index, *self._pointers)
        return left.value, bottom.value, right.value, top.value

    def _is_inside(self, index: int) -> bool:
        left, bottom, right, top = self._as_drawn(index)
        across, up = (left + right) / 2, (bottom + top) / 2
        return bool(self._left <= across <= self._right and self._bottom <= up <= self._top)

    def _is_fixed(self, index: int) -> bool:
        name = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        size = self._raw.FPDFText_GetFontInfo(
            self._letters.raw, index, name, len(name), ctypes.byref(flags)
        )
        return bool(size) and _FIXED.search(name.value.decode("utf-8", "ignore")) is not None


def _usual_quarter(letters: PdfTextPage) -> int:
    """The quarters by which most letters of a page are turned."""
    count = letters.count_chars()
    step = count // _SAMPLED + 1
    numbers = Counter(_quarter_of(letters, index) for index in range(0, count, step))
    return max(numbers, key=lambda quarter: numbers[quarter], default=0)


def _quarter_of(letters: PdfTextPage, index: int) -> int:
    """The quarters of a turn, against the clock, by which a letter is turned; pdfium says it with
    the clock.
    """
    import pypdfium2.raw as pdfium

    angle = pdfium.FPDFText_GetCharAngle(letters.raw, index)
    return -round(angle / (math.pi / 2)) % 4 if angle > 0 else 0


def _turned(
    box: tuple[float, float, float, float], quarter: int
) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of a box on a page that is turned back by these quarters.

    Lines of different directions are far from each other then: they are not parts of one row.
    """
    if not quarter:
        return box
    left, bottom, right, top = box
    far = quarter * _APART
    if quarter == 1:
        left, bottom, right, top = bottom, -right, top, -left
    elif quarter == 2:
        left, bottom, right, top = -right, -top, -left, -bottom
    else:
        left, bottom, right, top = -top, left, -bottom, right
    return left + far, bottom + far, right + far, top + far
