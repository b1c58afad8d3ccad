"""Letters that people also type without their marks: "tydzien" for "tydzień"; pure.

A language whose file lists them in `marks` has its rules matched without marks on either side.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ragchat.query.languages import languages


def unmarked(text: str, code: str) -> str:
    """Return a text of the same length without the marks of a language."""
    letters = _letters(code)
    return text.translate(letters) if letters else text


@cache
def _letters(code: str) -> Mapping[int, str]:
    """The letters that stand for others, small and capital."""
    pairs = languages().get(code, {}).get("marks", "").split()
    return {
        ord(change(marked)): change(plain)
        for marked, plain in pairs
        for change in (str, str.upper)
        if len(change(marked)) == 1
    }
