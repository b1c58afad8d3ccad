"""The letters of a PDF as text: lines, and ligatures that a font does not name. Pure."""

from __future__ import annotations

import re

HYPHEN = "\x02"
"""pdfium's mark for a hyphen at the end of a line: the word goes on."""

_TEX = ("ff", "fi", "fl", "ffi", "ffl")
LIGATURE = re.compile(r"(?<=[^\W\d_])[\x0b-\x0f\x1b-\x1f]|[\x0b-\x0f\x1b-\x1f](?=[^\W\d_])")
_MARK = 0xF700
"""Above it the codes of ligatures are kept in a line: as they are, Python takes some for spaces."""
_MARKED = {start + n: _MARK + start + n for start in (0x0B, 0x1B) for n in range(len(_TEX))}
_LIGATURES = {chr(code): _TEX[(at - 0x0B) % 16] for at, code in _MARKED.items()}
_MARKS = re.compile("[\uf70b-\uf70f\uf71b-\uf71f]")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CORK = re.compile(r"[\x1b-\x1f](?=[^\W\d_])")
_PUNCTUATION = dict(zip(range(0x10, 0x17), "“”„«»–—", strict=True))
"""The codes of TeX's T1 encoding (Cork), in fonts that do not name them."""


def with_punctuation(text: str) -> str:
    """Return the text of a page with dashes and quotes, if its ligatures are as in T1."""
    return text.translate(_PUNCTUATION) if _CORK.search(text) else text


def split(text: str) -> list[str]:
    """Return the lines of a text."""
    return [line for line, _ in starts(text)]


def starts(text: str) -> list[tuple[str, int]]:
    """Return the lines of a text with their offsets; a lone CR may be a ligature."""
    lines, start = [], 0
    for found in re.finditer(r"\r\n|\n|$", text):
        lines.append((text[start : found.start()].translate(_MARKED), start))
        start = found.end()
    return lines


def joined(text: str) -> str:
    """Return a line with the ligatures that its font does not name."""
    return _MARKS.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    """Return the letters of a ligature by its code in TeX's fonts, as far as they make a word.

    Other fonts use the same codes in another order: no word has three f, and l comes before vowels.
    """
    before, after = found.string[: found.start()], found.string[found.end() :]
    if not (_LETTER.fullmatch(before[-1:]) or _LETTERS.match(after)):
        return " "  # the same codes are other signs elsewhere: the circle of ©
    letters = _LIGATURES[found[0]]
    if before.endswith("f"):
        letters = letters[letters.startswith("ff") :]
    if letters.endswith("l") and after[:1].lower() not in set("aeiouyäöüáéíóú"):
        letters = letters[:-1] + "i"
    return letters
