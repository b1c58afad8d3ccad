"""Letters of Arabic, Hebrew and their kin in the order of reading, whatever the file has. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from unicodedata import combining

Box = tuple[float, float, float, float]

_RUN = re.compile("[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]{2,}")
"""Letters and their points; digits run from left to right."""
_ALEF_LAM = re.compile("[اأإآ]ل")


def in_order(text: str, box: Callable[[int], Box]) -> str:
    """Return a line with each word from right to left; `box` returns the left, bottom, right and
    top of the letter with a number.

    pdfium turns some words around and leaves others as they are drawn, from left to right.
    """
    return _RUN.sub(lambda found: _word(found[0], found.start(), box), text)


def _word(word: str, start: int, box: Callable[[int], Box]) -> str:
    boxes = [box(start + at) for at in range(len(word))]
    middles = [
        left + right
        for letter, (left, _, right, _) in zip(word, boxes, strict=True)
        if not combining(letter)
    ]
    signs = [
        "".join(word[at] for at in sign)
        for _, sign in groupby(range(len(word)), key=lambda at: boxes[at])
    ]
    if len(middles) > 1 and middles[0] < middles[-1]:
        return "".join(reversed(signs))
    # Of what it turns around, pdfium turns around what is one sign, too.
    return "".join(sign[::-1] if _ALEF_LAM.fullmatch(sign) else sign for sign in signs)
