"""Words for elements that are more than their text: pictures, formulas, links, numbers."""

from __future__ import annotations

import re

from turbohtml import Element

LONGEST_TARGET = 120
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_FILE_NAME = re.compile(
    r"\S+\.\w{2,4}|(?:image|img|photo|picture|logo|icon|banner)\W?\d*", re.IGNORECASE
)


def in_words(tag: Element) -> str:
    """Return the text of a picture or a formula: its description."""
    if tag.tag == "img":
        alt = " ".join(str(tag.attrs.get("alt") or "").split())
        says = len(alt) > 3 and not _FILE_NAME.fullmatch(alt)
        return f" [image: {alt}] " if says else " "
    if tag.tag == "script":
        return f" ${tag.text.strip()}$ "
    given = str(tag.attrs.get("alttext") or "").strip()
    annotation = tag.select_one("annotation[encoding*=tex]")
    tex = annotation.text.strip() if annotation is not None else given
    return f" ${tex}$ " if tex else f" {_formula(tag)} "


_OPERATORS = {"mfrac": "/", "msup": "^", "msub": "_"}


def _formula(tag: Element) -> str:
    """Return a formula of MathML on one line: a/b, x^2, x_i."""
    parts = [
        _formula(child) if isinstance(child, Element) else " ".join(child.text.split())
        for child in tag.children
    ]
    parts = [part for part in parts if part]
    operator = _OPERATORS.get(tag.tag, "")
    return operator.join(f"({part})" if operator and len(part) > 3 else part for part in parts)


def target(link: Element) -> str:
    """Return the address of a link that leads out of its site, unless it is the text itself."""
    address = str(link.attrs.get("href") or "").strip()
    if not address.startswith(("http://", "https://", "mailto:")) or link.closest(
        "h1,h2,h3,h4,h5,h6"
    ):
        return ""
    plain = address.removeprefix("mailto:").rstrip("/")
    text = " ".join(link.text.split())
    says = bool(text) and plain.split("://")[-1] not in text.replace("www.", "")
    return f" ({plain})" if says and len(plain) <= LONGEST_TARGET else ""


def number(value: object, default: int) -> int:
    """Return the number in an attribute."""
    text = str(value or "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


def span(cell: Element, name: str) -> int:
    """Return how many rows or columns a cell covers."""
    return min(max(number(cell.attrs.get(name), 1), 1), 100)


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
