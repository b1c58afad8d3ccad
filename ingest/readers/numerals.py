"""Numbers of lists in letters and Roman numerals. Pure."""

from __future__ import annotations

_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "m cm d cd c xc l xl x ix v iv i".split(),
        strict=True,
    )
)


def list_number(value: int, kind: str) -> str:
    """Return the number of an item as its list writes it: 4, d, iv. `kind` is one of 1aAiI."""
    if kind in "aA" and value > 0:
        letters, left = "", value
        while left:
            left, rest = divmod(left - 1, 26)
            letters = chr(ord(kind) + rest) + letters
        return letters
    if kind in "iI" and 0 < value < 4000:
        return roman(value).upper() if kind == "I" else roman(value)
    return str(value)


def roman(value: int) -> str:
    """Return a number from 1 to 3999 in Roman numerals, in small letters."""
    written = ""
    for step, letters in _ROMAN:
        written += letters * (value // step)
        value %= step
    return written
