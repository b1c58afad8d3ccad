"""Declarations of CSS that keep text from being seen. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})\s?|\\(.)", re.DOTALL)
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|ex|ch|vw|vh|cm|mm|in|pc|q|%)?")
_PIXELS = {"pt": 1.33, "em": 16, "rem": 16, "ex": 8, "ch": 8, "cm": 38, "mm": 3.8, "in": 96}
_PIXELS |= {"pc": 16, "vw": 12, "vh": 8, "q": 1, "%": 10, "px": 1, "": 1}
FAR = 500
"""Pixels from which something that is moved to the left or up is off the screen."""
SMALLEST = 3
"""Pixels; smaller letters, or a box no larger that clips them, cannot be read."""
FAINTEST = 0.1

_SHIFTS = ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top")
_CLIPPED = re.compile(
    r"inset\(\s*(?:100|[5-9]\d)(?:\.\d+)?%|circle\(\s*0|rect\(\s*(?:[01](?:px)?[\s,]*){4}\)"
    r"|polygon\(\s*0[^)]*(?:0 0[\s,]*){3}"
)
_SCALED = re.compile(r"scale[xy3d]*\(\s*0*\.?0*\d?\s*[,)]|matrix\(\s*0\s*,\s*0")
_MOVED = re.compile(r"translate[xy3d]*\(\s*(?:[^,)]*,\s*)?-\s*(\d+)(px|%|vw|vh|em)?")
_FILTERED = re.compile(r"opacity\(\s*(?:0*\.0\d*|0+|0*\.?\d%)\s*\)")
_ALPHA = re.compile(r"(?:rgb|hsl)a?\([^)]*[,/](?:0*\.0\d*|0+|\d(?:\.\d*)?%)\)")
_FROM_ELSEWHERE = frozenset("inherit initial unset revert revert-layer currentcolor none".split())
_WORDS = {"white": "#ffffff", "black": "#000000", "transparent": "transparent"}


def declarations(style: str) -> dict[str, str]:
    """Return the declarations of a `style` attribute, properties and values in lower case."""
    style = _ESCAPE.sub(_unescaped, _COMMENT.sub("", style)).lower()
    pairs = (part.partition(":") for part in style.split(";"))
    return {
        name.strip(): " ".join(value.replace("!important", "").split()) for name, _, value in pairs
    }


def hides(style: str) -> bool:
    """Return whether a `style` attribute hides its element."""
    return is_hidden(declarations(style))


def inherited_reason(of: Mapping[str, str]) -> str:
    """Return the property that hides text, and that an element in it may set again: "visibility" or
    "font-size"; "" for none.
    """
    if of.get("visibility") in ("hidden", "collapse"):
        return "visibility"
    return "font-size" if _size(_font_size(of)) < SMALLEST else ""


def shows_again(of: Mapping[str, str], reason: str) -> bool:
    """Return whether a style makes text visible inside an element that hides it for this reason."""
    if reason == "visibility":
        return of.get("visibility") == "visible"
    found = _LENGTH.fullmatch(_font_size(of))
    # Letters of so many em or percent of nothing are nothing.
    absolute = found is not None and found[2] not in ("em", "%", "ex", "ch")
    return absolute and _size(_font_size(of)) >= SMALLEST


def is_hidden(of: Mapping[str, str]) -> bool:
    """Return whether text of this style cannot be seen."""
    return (
        of.get("display") == "none"
        or of.get("visibility") in ("hidden", "collapse")
        or of.get("content-visibility") == "hidden"
        or _is_faint(of.get("opacity", ""))
        or _size(_font_size(of)) < SMALLEST
        or _is_faint(of.get("zoom", ""))
        or bool(_FILTERED.search(of.get("filter", "")))
        or _is_clipped(of)
        or _is_moved_away(of)
        or _is_of_one_colour(of)
    )


def _font_size(of: Mapping[str, str]) -> str:
    """Return the size of letters, also from the shorthand `font: bold 1px/2 serif`."""
    if size := of.get("font-size"):
        return size
    sizes = (_LENGTH.fullmatch(word.partition("/")[0]) for word in of.get("font", "").split())
    return next((size[0] for size in sizes if size and (size[2] or size[1] == "0")), "")


def _is_faint(opacity: str) -> bool:
    found = _LENGTH.fullmatch(opacity)
    if not found:
        return False
    return float(found[1]) / (100 if found[2] == "%" else 1) < FAINTEST


def _is_clipped(of: Mapping[str, str]) -> bool:
    if _CLIPPED.search(of.get("clip-path", "")) or _CLIPPED.search(of.get("clip", "")):
        return True
    if _SCALED.search(of.get("transform", "")) or _LENGTH.fullmatch(of.get("scale", "")):
        return bool(_SCALED.search(of.get("transform", ""))) or float(of["scale"].rstrip("%")) < 0.1
    clips = any(of.get(f"overflow{axis}") in ("hidden", "clip") for axis in ("", "-x", "-y"))
    sizes = (of.get(name, "") for name in ("height", "width", "max-height", "max-width"))
    return clips and any(_size(size) < SMALLEST for size in sizes)


def _is_moved_away(of: Mapping[str, str]) -> bool:
    moved = _MOVED.search(of.get("transform", "") or f"translate({of.get('translate', '')})")
    if moved and (moved[2] == "%" or float(moved[1]) * _PIXELS[moved[2] or ""] >= FAR):
        return moved[2] != "%" or (float(moved[1]) >= 100 and of.get("position") == "fixed")
    placed = of.get("position") in ("absolute", "fixed", "relative")
    shifts = (name for name in _SHIFTS if name in of and (placed or "-" in name))
    return any(_signed(of[name]) <= -FAR for name in shifts)


def _is_of_one_colour(of: Mapping[str, str]) -> bool:
    letters = _colour(of.get("color", ""))
    ground = _colour(of.get("background-color", "") or of.get("background", ""))
    return letters == "transparent" or (bool(letters) and letters == ground)


def _colour(value: str) -> str:
    """Return a colour in one form; "" for what another rule says, which is not known here."""
    value = value.replace(" ", "")
    if value in _FROM_ELSEWHERE or "var(" in value:
        return ""
    if _ALPHA.fullmatch(value) and (value.count(",") == 3 or "/" in value):
        return "transparent"
    if re.fullmatch(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{8})", value):
        digits = value[1:] if len(value) == 9 else "".join(letter * 2 for letter in value[1:])
        is_faint = len(digits) == 8 and int(digits[6:], 16) < 255 * FAINTEST
        return "transparent" if is_faint else f"#{digits[:6]}"
    rgb = re.fullmatch(r"rgba?\((\d+),(\d+),(\d+)(?:,([\d.]+))?\)", value)
    if rgb:
        if rgb[4] is not None and float(rgb[4] or 1) < FAINTEST:
            return "transparent"
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups()[:3])
    return _WORDS.get(value, value)


def _size(value: str) -> float:
    """Return a length in pixels; for a value that is not a plain length, a visible one."""
    found = _LENGTH.fullmatch(value)
    return float(found[1]) * _PIXELS[found[2] or ""] if found else 100


def _signed(value: str) -> float:
    return _size(value) if _LENGTH.fullmatch(value) else 0


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else 0
    return chr(code) if 0 < code < 0x110000 else found[2] or ""
