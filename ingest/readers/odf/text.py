"""The text of an OpenDocument file as HTML: paragraphs, headings, lists, notes, comments.

OpenDocument 1.3, part 3, 5 and 6. What is struck out, hidden or deleted is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from ingest.readers.fragments import inline
from ingest.readers.numerals import list_number
from ingest.readers.odf.styles import Styles

End: TypeAlias = "str | Callable[[], None] | None"
"""What is done where an element ends: HTML that is written, or a call; None if it is left out."""
Attributes: TypeAlias = "Mapping[str, str]"

_MOST_SPACES = 100
_DEEPEST = 6


@dataclass(slots=True)
class Text:
    """Text as it comes. Methods take the attributes of an element that opens."""

    styles: Styles
    out: list[str] = field(default_factory=list)
    paragraphs: int = 0
    """How many are open: text outside of them is the white space of the file."""
    kept: list[list[str]] = field(default_factory=list)
    """What is open around what is captured."""
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    author: str | None = None
    """Of the comment that is open; None if none is."""
    _lists: list[str] = field(default_factory=list)  # their styles
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    _headings: list[int] = field(default_factory=list)

    def capture(self, done: Callable[[str], None]) -> End:
        """Keep what follows apart, and hand it on at the end."""
        self.kept.append(self.out)
        self.out = []

        def end() -> None:
            captured, self.out = "".join(self.out), self.kept.pop()
            done(captured)

        return end

    def words(self, begin: str, end: str) -> End:
        """Write what follows between these tags."""
        self.out.append(begin)
        self.paragraphs += 1

        def close() -> None:
            self.out.append(end)
            self.paragraphs -= 1

        return close

    def paragraph(self, of: Attributes) -> End:
        """A paragraph; the title of a document is its first heading."""
        style = of.get("style-name", "")
        if self._is_left_out(style):
            return None
        if self.styles.is_code(style):
            return self.words("<pre>", "</pre>")
        look = self.look(style)
        is_title = not self.kept and self.styles.is_title(style)
        tag = "h1" if is_title else "p"
        return self.words(f"<{tag}{look}>", f"</{tag}>")

    def heading(self, of: Attributes) -> End:
        """A heading with its number."""
        if self._is_left_out(of.get("style-name", "")):
            return None
        said = of.get("outline-level", "")
        depth = min(max(int(said), 1), _DEEPEST) if said.isdecimal() else 1
        look = self.look(of.get("style-name", ""))
        return self.words(f"<h{depth}{look}>{self._heading_number(depth)}", f"</h{depth}>")

    def _is_left_out(self, style: str) -> bool:
        return self.styles.is_struck(style) or self.styles.is_hidden(style)

    def _heading_number(self, depth: int) -> str:
        level = self.styles.outline.get(depth)
        self._headings = self._headings[:depth] + [0] * (depth - len(self._headings))
        self._headings[-1] += 1
        if level is None or not level.numerals:
            return ""
        shown = range(max(depth - level.shown, 0), depth)
        kinds = [self.styles.outline.get(n + 1, level).numerals or "1" for n in shown]
        numbers = (list_number(self._headings[n], of) for n, of in zip(shown, kinds, strict=True))
        return f"{'.'.join(numbers)}{escape(level.suffix)} "

    def span(self, of: Attributes) -> End:
        """Words in a style of their own."""
        style = of.get("style-name", "")
        if self._is_left_out(style):
            return None
        tag = self.styles.raised(style)
        look = self.look(style)
        if not tag and not look:
            return ""
        tag = tag or "span"
        self.out.append(f"<{tag}{look}>")
        return f"</{tag}>"

    def look(self, style: str) -> str:
        """Return the attribute of HTML for the colours and the size of a style."""
        return self.styles.css(style)

    def link(self, of: Attributes) -> End:
        """A link."""
        self.out.append(f'<a href="{escape(of.get("href", ""))}">')
        return "</a>"

    def spaces(self, of: Attributes) -> End:
        """Spaces, or a tab."""
        count = of.get("c", "1")
        self.out.append(" " * (min(int(count[:9]), _MOST_SPACES) if count.isdecimal() else 1))
        return ""

    def line_break(self, _of: Attributes) -> End:
        """A line break."""
        self.out.append("<br>")
        return ""

    def list(self, of: Attributes) -> End:
        """A list, whose numbers may go on from those of one before it."""
        style = of.get("style-name", "") or (self._lists[-1] if self._lists else "")
        self._lists.append(style)
        depth = len(self._lists)
        level = self.styles.level(style, depth)
        goes_on = of.get("continue-numbering") == "true" or "continue-list" in of
        before = self._numbers.get((style, depth)) if goes_on else None
        self._numbers[style, depth] = level.start - 1 if before is None else before
        kind = f' type="{escape(level.numerals)}"' if level.kind == "ol" else ""
        self.out.append(f"<{level.kind}{kind}>")

        def end() -> None:
            self._lists.pop()
            self.out.append(f"</{level.kind}>")

        return end

    def item(self, of: Attributes) -> End:
        """An item of a list."""
        key = self._lists[-1] if self._lists else "", len(self._lists)
        given = of.get("start-value", "")
        number = int(given[:6]) if given.isdecimal() else self._numbers.get(key, 0) + 1
        self._numbers[key] = number
        self.out.append(f'<li value="{number}">')
        return "</li>"

    def note(self, _of: Attributes) -> End:
        """A footnote or an endnote: its number, and its text at the end."""
        number = len(self.notes) + 1
        self.notes.append("")
        self.out.append(f"[{number}]")

        def done(text: str) -> None:
            self.notes[number - 1] = inline(text)

        return self.capture(done)

    def annotation(self, _of: Attributes) -> End:
        """A comment of a reader."""
        self.author = ""
        on = f" on {place}" if (place := self.place()) else ""

        def done(text: str) -> None:
            by = f" by {self.author}" if self.author else ""
            self.author = None
            if words := inline(text):
                self.comments.append(f"<p>Comment{on}{by}: {words}</p>")

        return self.capture(done)

    def place(self) -> str:
        """Return where in a file this is, in words; "" where that is not said."""
        return ""

    def creator(self, _of: Attributes) -> End:
        """The author of a comment."""
        self.paragraphs += 1

        def done(text: str) -> None:
            self.paragraphs -= 1
            self.author = text.strip() if self.author is not None else None

        return self.capture(done)
