"""Numbers of lists in letters and Roman numerals. Pure."""

from __future__ import annotations

_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def counted(value: int, kind: str) -> str:
    """Return the number of an item as its list writes it: 4, d, iv."""
    if kind in "aA" and value > 0:
        letters, left = "", value
        while left:
            left, rest = divmod(left - 1, 26)
            letters = chr(ord(kind) + rest) + letters
        return letters
    if kind in "iI" and 0 < value < 40:
        roman, left = "", value
        for step, letters in _ROMAN:
            roman += letters * (left // step)
            left %= step
        return roman.upper() if kind == "I" else roman
    return str(value)
