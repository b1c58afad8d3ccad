"""The letters of a PDF as text: lines, and ligatures that a font does not name. Pure."""

from __future__ import annotations

import re

HYPHEN = "\x02"
"""pdfium's mark for a hyphen at the end of a line: the word goes on."""

_TEX = ("ff", "fi", "fl", "ffi", "ffl")
_LIGATURES = {chr(0x0B + n): letters for n, letters in enumerate(_TEX)}
_LIGATURES |= {chr(0x1B + n): letters for n, letters in enumerate(_TEX)}
LIGATURE = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f\x1b-\x1f]|[\x0b-\x0f\x1b-\x1f](?=[^\W\d_])")


def split(text: str) -> list[str]:
    """Return the lines of a text."""
    return [line for line, _ in starts(text)]


def starts(text: str) -> list[tuple[str, int]]:
    """Return the lines of a text with their offsets; a lone CR may be a ligature."""
    lines, start = [], 0
    for found in re.finditer(r"\r\n|\n|$", text):
        lines.append((text[start : found.start()], start))
        start = found.end()
    return lines


def joined(text: str) -> str:
    """Return a line with the ligatures that its font does not name."""
    return LIGATURE.sub(_letters, text).replace("\r", " ")


def _letters(found: re.Match[str]) -> str:
    """Return the letters of a ligature by its code in TeX's fonts, as far as they make a word.

    Other fonts use the same codes in another order: no word has three f, and l comes before vowels.
    """
    before, after = found.string[: found.start()], found.string[found.end() :]
    letters = _LIGATURES[found[0]]
    if before.endswith("f"):
        letters = letters[letters.startswith("ff") :]
    if letters.endswith("l") and after[:1].lower() not in set("aeiouyäöüáéíóú"):
        letters = letters[:-1] + "i"
    return letters
