"""Characters of the fonts Symbol and Wingdings, which have encodings of their own."""

from __future__ import annotations

from collections.abc import Mapping

SYMBOL = {
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    0xB0: "°",
    0xB1: "±",
    0xA3: "≤",
    0xB3: "≥",
    0xB4: "×",
    0xB8: "÷",
    0xB9: "≠",
    0xBB: "≈",
    0xA5: "∞",
    0xB7: "•",
    0xAE: "→",
    0xAC: "←",
    0xAD: "↑",
    0xAF: "↓",
    0xAB: "↔",
    0xDE: "⇒",
    0xC5: "⊕",
    0xC7: "∩",
    0xC8: "∪",
    0xCE: "∈",
    0xD6: "√",
    0xE5: "∑",
    0xF2: "∫",
    0xB6: "∂",
    0xA2: "′",
    0xB2: "″",
    0xD1: "∇",
    0xD7: "⋅",
    0xD2: "®",
    0xD3: "©",
    0xD4: "™",
    0xA0: "€",
}
"""Characters of the font Symbol."""
_WINGDINGS = {0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xA8: "☐", 0x6F: "☐", 0xFD: "☒", 0xE0: "→"}
_WINGDINGS |= {0xDF: "←", 0xE8: "→", 0x4A: "☺", 0xD8: "➢", 0xA7: "▪", 0x6C: "●", 0x71: "❑"}


def symbol(of: Mapping[str, str]) -> str:
    """Return the character that a `w:sym` shows; "" if its font is not known."""
    try:
        code = int(of.get("char", ""), 16)
    except ValueError:
        return ""
    font = of.get("font", "").lower()
    if font.startswith("symbol"):
        return SYMBOL.get(code & 0xFF, chr(code & 0xFF) if 0x20 <= code & 0xFF < 0x7F else "")
    if font.startswith("wingdings"):
        return _WINGDINGS.get(code & 0xFF, "")
    return chr(code) if 0x20 <= code < 0xD800 else ""
