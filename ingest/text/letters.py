"""Letters without the marks that people leave out or write in two ways; pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache


def plain_letters(word: str) -> str:
    """A word in small letters without accents, points, and vowel signs of Arabic; the same for
    spellings of one word: ё and е, हिन्दी and हिंदी.
    """
    if word.isascii():
        return word
    word = word.translate(_FOLDING)
    return _NASAL.sub("\u0902", word) if "\u094d" in word else word


def without_vowel_signs(text: str) -> str:
    """A text without the signs above and below Arabic letters, which few people type."""
    return text if text.isascii() else _VOWEL_SIGNS.sub("", text)


def normal_form(text: str) -> str:
    """A text in NFKC, with the figures of all scripts as those of ASCII: ٧٥ and ७५ are 75."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_figures()) if _any_figure().search(text) else text


@cache
def _figures() -> dict[int, str]:
    signs = map(chr, range(0x80, 0x20000))
    return {ord(sign): str(unicodedata.decimal(sign)) for sign in signs if sign.isdecimal()}


@cache
def _any_figure() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _figures()))}]")


class _Folding(dict[int, str]):
    """A letter by its code point."""

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        if 0x400 <= point < 0x530 or 0x900 <= point < 0xE00:  # й is not и; vowels of India stay
            plain = _KEPT.get(letter, letter)
        else:
            plain = unicodedata.normalize("NFD", letter)
            plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Mn")
            plain = _ALIKE.get(plain, plain)
        self[point] = plain
        return plain


# The dot below is left out of Hindi's borrowed sounds, and its two signs of a nasal are mixed up.
_KEPT = {"ё": "е", "ґ": "г", "\u093c": "", "\u0901": "\u0902"}
_ALIKE = {"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": "", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ς": "σ"}
_FOLDING = _Folding()
_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")
_NASAL = re.compile("[ङञणनम]\u094d(?=[क-भ])")
"""A nasal before a consonant may be written as a dot."""
