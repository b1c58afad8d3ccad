"""The tables at the beginning of a file in Rich Text Format: its fonts, styles and colours. Pure.

White text counts as unseen where nothing is known to lie behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readers.rtf.words import State

TABLES = frozenset(("fonts", "styles", "colours"))
SIGNS = "latin-1"
"""In fonts of signs one of them begins the items of a list."""
PAGES = {
    2: SIGNS,
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
}
"""The code pages of fonts, by their character sets."""
_HEADING = re.compile(r"heading ([1-6])")
_WHITE = 0xF0


@dataclass(slots=True)
class Colours:
    """The colours of a file, by their numbers, and what lies behind text."""

    whites: list[bool] = field(default_factory=list)
    paper: bool = False
    paragraph: bool = False
    row: bool = False
    _parts: list[int] = field(default_factory=list)

    def note(self, word: str, number: int) -> None:
        """Note a part of a colour."""
        self._parts += [number] if word in ("red", "green", "blue") else []

    def end(self) -> None:
        """Note that a colour is complete."""
        self.whites.append(len(self._parts) == 3 and min(self._parts) >= _WHITE)
        self._parts = []

    def is_white(self, number: int) -> bool:
        """Whether letters of a colour cannot be seen on paper."""
        return 0 <= number < len(self.whites) and self.whites[number]

    def ground(self, word: str, number: int) -> None:
        """Note what lies behind a paragraph, a row or all pages."""
        self.paper |= word == "viewbksp" and bool(number)
        self.row |= word == "clcbpat" and bool(number)
        self.paragraph |= word == "cbpat" and bool(number)

    def hides(self, state: State) -> bool:
        """Whether text in this state cannot be seen."""
        behind = state.shaded or self.paper or self.paragraph or self.row
        return state.tiny or (state.white and not behind)


@dataclass(slots=True)
class Tables:
    """The code pages of fonts, the levels of headings by their styles, and the colours."""

    fonts: dict[int, str] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    colours: Colours = field(default_factory=Colours)
    _named: int = 0  # the font or the style that is described

    def note(self, into: str, word: str, number: int) -> None:
        """Take in a word of one of the tables."""
        if into == "colours":
            self.colours.note(word, number)
        elif word == ("f" if into == "fonts" else "s"):
            self._named = number
        elif word == "fcharset":
            self.fonts[self._named] = PAGES.get(number, "")

    def name_style(self, name: str) -> None:
        """Note the level of a style that is one of headings, by its name."""
        name = name.strip().rstrip(";").casefold()
        found = _HEADING.fullmatch(name)
        if found or name == "title":
            self.levels[self._named] = int(found[1]) if found else 1
