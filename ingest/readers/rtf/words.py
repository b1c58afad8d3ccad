"""The words of Rich Text Format that say where text goes and how it looks. Pure.

Rich Text Format 1.9.1.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, replace

NOWHERE = frozenset(
    "pict object listtable listlevel listname listoverridetable filetbl template"
    " bkmkstart bkmkend ftnsep ftnsepc aftnsep nonesttables nonshppict".split()
)
INTO = {
    "fonttbl": "fonts",
    "colortbl": "colours",
    "stylesheet": "styles",
    "info": "info",
    "fldinst": "field",
}
SHOWN = frozenset(("shptxt", "result"))
"""What is shown of a drawing or an object, which are for programs otherwise."""
INTO |= dict.fromkeys(SHOWN, "text")
INTO |= dict.fromkeys(("footnote", "annotation"), "apart")
INTO |= {f"{edge}{page}": "apart" for edge in ("header", "footer") for page in ("", *"lrf")}
STARRED = frozenset(("fldinst", "shptxt", "annotation", "footnote"))
"""Words behind `\\*` that are read all the same."""
CHARACTERS = {
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "tab": " ",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
    "~": "\u00a0",
    "_": "\u2011",
    "{": "{",
    "}": "}",
    "\\": "\\",
}
SHADES = frozenset("cb chcbpat highlight".split())
"""What colours the ground behind letters."""
GROUNDS = frozenset("cbpat clcbpat viewbksp".split())
"""The same behind a paragraph, a cell, or all pages."""
SMALLEST = 4
"""Half points; smaller letters are there to be overlooked."""
UNSEEN = frozenset("v strike striked deleted".split())
RAISED = {"super": "sup", "sub": "sub", "nosupersub": ""}
MACHINES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}


@dataclass(frozen=True, slots=True)
class State:
    """What holds in a group, and in those within it."""

    into: str = "text"  # where its text goes; "" is nowhere
    label: str = ""  # of what is kept apart: "header"
    page: str = ""  # the code page of its font
    unseen: frozenset[str] = frozenset()
    raised: str = ""
    white: bool = False
    shaded: bool = False
    tiny: bool = False
    skips: int = 1  # characters that stand for one that is given by its number
    link: int = -1  # where the words of a link begin

    def after(self, word: str, number: int | None, fonts: Mapping[int, str]) -> State:
        """Return the state after a word that says how text looks; `fonts` have code pages."""
        if word in UNSEEN:
            kept = self.unseen - {word}
            return replace(self, unseen=kept if number == 0 else kept | {word})
        if word in RAISED:
            return replace(self, raised="" if number == 0 else RAISED[word])
        if word == "plain":
            plain = State(self.into, self.label, self.page, skips=self.skips, link=self.link)
            return replace(plain, shaded=self.shaded and self.label == "shptxt")
        if word in SHADES:
            return replace(self, shaded=bool(number))
        if word == "fs":
            return replace(self, tiny=0 < (number or SMALLEST) < SMALLEST)
        if word == "f":
            return replace(self, page=fonts.get(number or 0, ""))
        if word == "uc":
            return replace(self, skips=min(max(number or 0, 0), 9))
        return self


def code_page(page: str) -> str:
    """Return a code page, or that of Windows in western Europe if there is none of that name."""
    try:
        return codecs.lookup(page).name
    except LookupError:
        return "cp1252"
