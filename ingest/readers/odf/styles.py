"""What the styles of an OpenDocument file say of its text: struck out, hidden, raised, numbered.

OpenDocument 1.3, part 3, 16 (styles) and 19, 20 (attributes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from ingest.readers.xml import events

MOST_PARENTS = 20
_TITLE = "Title"
_CODE = re.compile(r"(?:Preformatted|Source|Code)(?:_20_|_5f_|[ _]|$)", re.IGNORECASE)
"""Names of styles, in which `_20_` is a space."""
_PROPERTIES = frozenset(
    "text-properties table-properties drawing-page-properties section-properties"
    " paragraph-properties table-cell-properties".split()
)
_LOOKS = ("color", "background-color", "font-size")
_LOOK = re.compile(r"#[0-9A-Fa-f]{6}|[0-9.]{1,8}(?:pt|px|mm|cm|in)")
_NO_GROUND = frozenset(("transparent", "#ffffff"))
_LEVELS = {"list-level-style-number": "ol", "list-level-style-bullet": "ul"}


@dataclass(slots=True)
class Style:
    """What a style says of itself; None where it leaves that to the style that it is made from."""

    parent: str = ""
    struck: bool | None = None
    hidden: bool | None = None
    raised: str | None = None  # "sup", "sub" or ""
    looks: dict[str, str] = field(default_factory=dict)  # colours and sizes, as CSS has them


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list or of headings: its kind ("ol", "ul"), its numerals, where it begins."""

    kind: str = "ul"
    numerals: str = ""
    start: int = 1
    shown: int = 1  # how many levels its number has
    suffix: str = ""


@dataclass(slots=True)
class Styles:
    """The styles of a file by their names."""

    _styles: dict[str, Style] = field(default_factory=dict)
    _lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    outline: dict[int, Level] = field(default_factory=dict)
    is_coloured: bool = False
    """Whether pages have a ground of their own, on which white letters are seen."""

    def is_struck(self, name: str) -> bool:
        """Whether text of a style is struck out: it no longer holds."""
        return self._first(name, "struck") is True

    def is_hidden(self, name: str) -> bool:
        """Whether text, a sheet or a slide of a style is not shown."""
        return self._first(name, "hidden") is True

    def raised(self, name: str) -> str:
        """Return "sup" or "sub" for text that is raised or lowered, "" for other text."""
        return str(self._first(name, "raised") or "")

    def css(self, name: str) -> str:
        """Return an attribute with the colours and the size of text of a style, "" for none: those
        of a web page that cannot be seen are left out where it is read.
        """
        if self.is_coloured:
            return ""
        looks: dict[str, str] = {}
        for style in reversed(self._line(name)):
            looks |= self._styles[style].looks if style in self._styles else {}
        said = ";".join(f"{look}:{value}" for look, value in looks.items())
        return f' style="{escape(said)}"' if said else ""

    def is_title(self, name: str) -> bool:
        """Whether a paragraph of a style is the title of the document."""
        return any(style == _TITLE for style in self._line(name))

    def is_code(self, name: str) -> bool:
        """Whether a paragraph of a style is code, whose spaces and lines count."""
        return any(map(_CODE.match, self._line(name)))

    def level(self, name: str, depth: int) -> Level:
        """Return the level of a list of a style, from 1."""
        return self._lists.get(name, {}).get(depth, Level())

    def _first(self, name: str, what: str) -> object:
        found = (getattr(self._styles.get(style), what, None) for style in self._line(name))
        return next((value for value in found if value is not None), None)

    def _line(self, name: str) -> list[str]:
        """Return a style and those that it is made from."""
        names: dict[str, None] = {}
        while name and name not in names and len(names) < MOST_PARENTS:
            names[name] = None
            name = self._styles[name].parent if name in self._styles else ""
        return list(names)

    def take(self, raw: bytes) -> None:
        """Take in the styles of a part."""
        style, levels = Style(), dict[int, Level]()
        for kind, tag, of in events(raw):
            if kind != "open":
                continue
            if tag == "style":
                style = self._styles[of.get("name", "")] = Style(of.get("parent-style-name", ""))
            elif tag in ("list-style", "outline-style"):
                levels = {}
                if tag == "outline-style":
                    self.outline = levels
                else:
                    self._lists[of.get("name", "")] = levels
            elif tag in _PROPERTIES:
                _note(style, of)
            elif tag == "page-layout-properties":
                ground = of.get("background-color", "transparent")
                self.is_coloured |= ground not in _NO_GROUND or "background-image" in of
            elif tag in _LEVELS or tag == "outline-level-style":
                levels[_number(of.get("level"))] = _level(tag, of)


def _note(style: Style, of: Mapping[str, str]) -> None:
    style.looks |= {look: of[look] for look in _LOOKS if _LOOK.fullmatch(of.get(look, ""))}
    struck = of.get("text-line-through-style") or of.get("text-line-through-type")
    if struck:
        style.struck = struck != "none"
    if "display" in of or "visibility" in of:
        style.hidden = of.get("display") in ("none", "false") or of.get("visibility") == "hidden"
    if position := of.get("text-position", "").partition(" ")[0]:
        lowered = position == "sub" or position.startswith("-")
        style.raised = "" if position == "0%" else "sub" if lowered else "sup"


def _level(tag: str, of: Mapping[str, str]) -> Level:
    numerals = of.get("num-format", "")
    kind = "ol" if numerals and _LEVELS.get(tag) != "ul" else "ul"
    start, shown = _number(of.get("start-value")), _number(of.get("display-levels"))
    return Level(kind, numerals, start or 1, shown or 1, of.get("num-suffix", ""))


def _number(text: str | None) -> int:
    return int(text[:6]) if text and text.isdecimal() else 0
