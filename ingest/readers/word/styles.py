"""The styles of a Word document: which paragraphs are headings, which text is not to be seen.

ECMA-376, part 1, 17.7. White text counts as unseen where nothing is known to lie behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ingest.readers.opc import is_on
from ingest.readers.xml import events

Look: TypeAlias = "dict[str, int]"
"""Of a paragraph `level` (0 is the highest heading), `listed`, `number` (its list) and `depth`;
of letters `vanish`, `struck`, `white`, `size` (half points), `shaded`, `raised` (1, -1 or 0)."""

BODY_LEVEL = 9
"""The level of text that is not a heading."""
SMALLEST = 4
"""Half points; smaller letters are there to be overlooked."""
_WHITE = 0xF0
_NUMBERS = {"outlineLvl": "level", "ilvl": "depth", "sz": "size"}


@dataclass(slots=True)
class Style:
    """A style by its English name, with its look."""

    name: str = ""
    based_on: str = ""
    look: Look = field(default_factory=dict)


def look_of(tag: str, attributes: Mapping[str, str]) -> Look:
    """What one property of a style, a paragraph or a run tells; empty for most."""
    value = attributes.get("val", "")
    if tag in _NUMBERS:
        return {_NUMBERS[tag]: int(value[:9])} if value.isdecimal() else {}
    if tag == "numId":
        return {"listed": value != "0", "number": int(value[:7]) if value.isdecimal() else 0}
    if tag in ("vanish", "webHidden"):
        return {"vanish": is_on(value)}
    if tag in ("strike", "dstrike"):
        return {"struck": is_on(value)}
    if tag == "vertAlign":
        return {"raised": {"superscript": 1, "subscript": -1}.get(value, 0)}
    if tag == "color":
        return {"white": _is_white(value)}
    if tag == "shd":
        fill = attributes.get("fill", "auto")
        return {"shaded": fill != "auto" and not _is_white(fill)}
    return {"shaded": value not in {"none", "white"}} if tag == "highlight" else {}


def is_unseen(look: Look, *, ground: bool) -> bool:
    """Whether text of this look cannot be seen; `ground`: something lies behind it."""
    white = look.get("white") and not (ground or look.get("shaded"))
    return bool(
        look.get("vanish") or look.get("struck") or look.get("size", SMALLEST) < SMALLEST or white
    )


def styles(raw: bytes) -> dict[str, Style]:
    """The styles of `word/styles.xml` by their ids, each with what it takes from those below it."""
    own: dict[str, Style] = {}
    style = None
    for kind, tag, of in events(raw):
        if tag == "style" and kind == "open":
            style = own[of.get("styleId", "")] = Style()
        elif tag in {"style", "tblStylePr"}:  # what a table style says of some cells is not for all
            style = None
        elif style and kind == "open":
            _note(style, tag, of)
    return {id_: Style(style.name, "", _whole_look(style, own)) for id_, style in own.items()}


def _note(style: Style, tag: str, of: Mapping[str, str]) -> None:
    if tag == "name":
        style.name = of.get("val", "").lower()
        style.look |= _heading(style.name)
    elif tag == "basedOn":
        style.based_on = of.get("val", "")
    else:
        style.look |= look_of(tag, of)


def _whole_look(style: Style, own: Mapping[str, Style]) -> Look:
    """Its look over those that it is based on; a circle of styles ends where it began."""
    look, seen = style.look, {id(style)}
    while (below := own.get(style.based_on)) and id(below) not in seen:
        seen.add(id(below))
        style, look = below, below.look | look
    return look


def _heading(name: str) -> Look:
    """The level of a style of this name, which Word writes in English everywhere."""
    if name == "title":
        return {"level": 0}
    word, _, number = name.partition(" ")
    return {"level": int(number) - 1} if word == "heading" and number in set("123456789") else {}


def _is_white(value: str) -> bool:
    try:
        return value == "white" or (len(value) == 6 and min(bytes.fromhex(value)) >= _WHITE)
    except ValueError:
        return False
