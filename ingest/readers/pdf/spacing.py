"""Letters of a PDF that are set apart, or drawn twice to look bold, as words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.rows import GAP, LEVEL, Cell, Line

NO_SPACE = "\x03"
"""In place of a space that is none, so that all letters keep their numbers."""
FEW_LETTERS = 3
"""Letters of a word on average, below which a line may be one of letters that are set apart."""
FEWEST = 4
"""Pieces of such a line."""
WORD_GAP = 0.12
"""Of the size of letters, what is more between words than between letters."""
SMALL_LETTERS = 0.75
"""Of the letters and signs of a line of words."""
WIDEST = 0.35
"""The same between letters that are a word, at most."""
_TWICE = re.compile(r"(?:(\S)\1|\s){3,}")


def may_be_spaced(words: Sequence[str]) -> bool:
    """Whether the letters of a line, which has these words, may be set apart."""
    letters = sum(map(len, words))
    told = sum(any(map(str.isalnum, word)) for word in words)  # not the dots before a number
    return len(words) > FEWEST and letters < FEW_LETTERS * len(words) and 2 * told > len(words)


def letter_gap(inside: Sequence[float], put_in: Sequence[float], text: str, size: float) -> float:
    """Return the gap between letters of a line, by those inside its words and those where a space
    was put in; 0 if the letters are not set apart.

    Of single letters in a row most gaps are between letters, unless they are a list or a formula.
    """
    gaps = list(inside)
    if len(inside) < FEWEST:
        if sum(map(str.islower, text)) < SMALL_LETTERS * len(text.replace(" ", "")):
            return 0.0
        gaps += put_in
    usual = median(gaps) if gaps else 0.0
    return usual if WORD_GAP / 2 * size < usual < WIDEST * size else 0.0


def is_space(gap: float, usual: float, size: float) -> bool:
    """Whether a gap is one between words, by the one between letters that are set apart."""
    return not usual or gap > usual + WORD_GAP * size


def is_twice(text: str) -> bool:
    """Whether each letter of a text is there twice."""
    return _TWICE.fullmatch(text) is not None and len(set(text)) > 2


def once(text: str) -> str:
    """Return such a text with each letter once."""
    return re.sub(r"(\S)\1", r"\1", text)


def with_words(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; letters that are a line each, beside each other, are joined to words."""
    found: list[Line] = []
    run: list[Line] = []
    for line in lines:
        if run and not _goes_on(run[-1], line):
            found += _joined(run)
            run = []
        run.append(line)
    return found + _joined(run)


def _goes_on(before: Line, line: Line) -> bool:
    if len(before.cells) != 1 or len(line.cells) != 1 or before.fixed:
        return False
    last, own = before.cells[0], line.cells[0]
    height = max(last.height, own.height)
    level = abs(own.bottom - last.bottom) < LEVEL * height
    return level and -LEVEL * height < own.left - last.right < GAP * height


def _joined(run: Sequence[Line]) -> list[Line]:
    """Return lines beside each other as one, if most are single letters."""
    single = sum(len(line.text.strip()) == 1 and line.text.strip().isalpha() for line in run)
    if len(run) < FEWEST or single < FEWEST or 2 * single < len(run):
        return list(run)
    cells = [line.cells[0] for line in run]
    gaps = [after.left - before.right for before, after in pairwise(cells)]
    size = median(cell.height for cell in cells)
    inside = sorted(gaps)[: max(len(gaps) * 2 // 3, 1)]
    text = cells[0].text
    for gap, cell in zip(gaps, cells[1:], strict=True):
        apart = gap > median(inside) + 2 * WORD_GAP * size
        text += f" {cell.text}" if apart else cell.text
    whole: Cell = replace(cells[0], right=cells[-1].right, text=text, words=())
    return [replace(run[0], text=text, cells=[whole])]
