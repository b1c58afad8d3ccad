"""Colours of CSS, and whether letters can be told from the ground behind them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
NEAR = 10
"""Of 255, what the parts of two colours differ by at most that look the same."""

_NAMES = {
    "white": "ffffff", "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080",
    "red": "ff0000", "maroon": "800000", "yellow": "ffff00", "olive": "808000", "lime": "00ff00",
    "green": "008000", "aqua": "00ffff", "cyan": "00ffff", "teal": "008080", "blue": "0000ff",
    "navy": "000080", "fuchsia": "ff00ff", "magenta": "ff00ff", "purple": "800080",
    "orange": "ffa500", "snow": "fffafa", "ivory": "fffff0", "whitesmoke": "f5f5f5",
    "ghostwhite": "f8f8ff", "floralwhite": "fffaf0", "mintcream": "f5fffa", "azure": "f0ffff",
}  # fmt: skip
_HEX = re.compile(r"#?([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\((\d{1,3})[, ]+(\d{1,3})[, ]+(\d{1,3})(?:[,/ ]+([\d.]+%?))?\)")
_SPACES = re.compile(r"\s*([,/()])\s*")
_NOTHING = frozenset(("", "none", "transparent", "initial", "unset", "inherit"))


def colour(value: str) -> Colour | None:
    """Return an opaque colour; None for one that is not known, or lets the ground shine through."""
    value = _SPACES.sub(r"\1", value.strip().lower())
    digits = _HEX.fullmatch(_NAMES.get(value, value))
    if digits and len(digits[1]) in (3, 4, 6, 8):
        whole = digits[1] if len(digits[1]) > 4 else "".join(digit * 2 for digit in digits[1])
        opaque = whole[6:] in ("", "ff")
        return (int(whole[:2], 16), int(whole[2:4], 16), int(whole[4:6], 16)) if opaque else None
    parts = _RGB.fullmatch(value)
    if parts and parts[4] in (None, "1", "100%", "1.0"):
        return min(int(parts[1]), 255), min(int(parts[2]), 255), min(int(parts[3]), 255)
    return None


def is_ground(of: Mapping[str, str]) -> bool:
    """Return whether a style says what lies behind its element."""
    return any(
        of.get(name, "") not in _NOTHING
        for name in ("background", "background-color", "background-image")
    )


def ground(of: Mapping[str, str]) -> Colour | None:
    """Return the colour behind an element by its style; None for pictures and what is not known."""
    if of.get("background-image", "") not in _NOTHING:
        return None
    words = of.get("background-color") or of.get("background", "")
    if "url(" in words or "gradient" in words:
        return None
    found = (colour(word) for word in _SPACES.sub(r"\1", words).split())
    return next((one for one in found if one is not None), None)


def alike(letters: Colour, behind: Colour) -> bool:
    """Return whether letters cannot be told from what is behind them."""
    return all(abs(one - other) <= NEAR for one, other in zip(letters, behind, strict=True))
