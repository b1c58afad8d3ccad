"""The words of a paragraph on a slide: its runs with their powers and links, its number in a list.

ECMA-376, part 1, 21.1.2 (text of DrawingML). Struck-out text is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.readers.described import beside
from ingest.readers.formulas import Formulas
from ingest.readers.numerals import list_number
from ingest.readers.scripts import lowered, raised

DEEPEST = 8
_FORMS = {"arabic": "1", "alphaLc": "a", "alphaUc": "A", "romanLc": "i", "romanUc": "I"}


@dataclass(slots=True)
class Paragraph:
    """The paragraph that is open on a slide; `links` are the addresses that the slide names."""

    links: Mapping[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    level: int = 0
    label: str = ""
    _counts: dict[int, int] = field(default_factory=dict)  # by level, of the list in hand
    _raised: int = 0
    _struck: bool = False
    _link: str = ""
    _began: int = 0  # where the words of the run begin
    _in_text: bool = False
    _formulas: Formulas = field(default_factory=Formulas)

    def start(self, tag: str, of: Mapping[str, str]) -> bool:
        """Take in a tag that opens; False if it is not of a paragraph."""
        if self._formulas.start(tag, of, self.words):
            return True
        if tag == "p":
            self.words, self.level, self.label = [], 0, ""
        elif tag == "pPr":
            self.level = min(number(of.get("lvl"), 0), DEEPEST)
        elif tag == "buAutoNum":
            self._count(of)
        elif tag == "t":
            self._in_text = True
        elif tag == "br":
            self.words.append("\n")
        elif tag == "hlinkClick":
            self._link = self.links.get(of.get("r:id", ""), "")
        elif tag in ("r", "rPr"):
            self._style(tag, of)
        else:
            return False
        return True

    def end(self, tag: str) -> None:
        """Take in a tag that closes."""
        if self._formulas.end(tag, self.words):
            return
        if tag == "t":
            self._in_text = False
        elif tag == "r" and self._link:
            self.words.append(beside("".join(self.words[self._began :]), self._link))
        elif tag == "p":
            # What is not numbered ends the lists of its level and those below.
            kept = self.level + bool(self.label)
            self._counts = {at: count for at, count in self._counts.items() if at < kept}

    def say(self, text: str) -> None:
        """Take in text."""
        if not self._in_text or self._struck:
            return
        before = "".join(self.words[-4:])
        if self._raised > 0:
            text = raised(before, text)
        elif self._raised < 0:
            text = lowered(before, text)
        self.words.append(text)

    def begin_shape(self) -> None:
        """Begin the lists of another shape."""
        self._counts = {}

    def _style(self, tag: str, of: Mapping[str, str]) -> None:
        self._raised = number(of.get("baseline"), 0)
        self._struck = of.get("strike", "noStrike") != "noStrike"
        if tag == "r":
            self._link, self._began = "", len(self.words)

    def _count(self, of: Mapping[str, str]) -> None:
        start = number(of.get("startAt"), 1)
        self._counts[self.level] = now = self._counts.get(self.level, start - 1) + 1
        form = of.get("type", "")
        kind = next((kind for name, kind in _FORMS.items() if form.startswith(name)), "1")
        shown = list_number(now, kind)
        bracket = f"({shown})" if form.endswith("ParenBoth") else f"{shown})"
        self.label = bracket if "Paren" in form else f"{shown}."


def number(value: str | None, default: int) -> int:
    """Return the number in an attribute."""
    text = (value or "").removeprefix("-")
    return int((value or "0")[:7]) if text.isdecimal() else default
