"""The content of an OpenDocument file as HTML: its texts, tables, slides, pictures, formulas.

OpenDocument 1.3, part 3. Hidden sheets and slides, and tables of contents are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

from ingest.readers.archive import Members
from ingest.readers.fragments import inline, plain
from ingest.readers.odf.cells import Rows
from ingest.readers.odf.text import Attributes, End, Text
from ingest.readers.xml import Event
from ingest.text.amounts import counted

_SKIPPED = frozenset(
    "tracked-changes table-of-content illustration-index table-index sequence-decls forms scripts"
    " event-listeners page-number page-count hidden-text ruby-text variable-decls user-field-decls"
    " calculation-settings note-citation database-ranges named-expressions settings date-string"
    " initials covered-table-cell header-decl date-time-decl".split()
)
_PLACES = frozenset("header footer date-time page-number page".split())
"""Frames of slides that are on every one of them, or show the slide above its notes."""
_BLOCKS = {"list-header": "div", "text-box": "div", "section": "div"}
_MATH = re.compile(rb"<(?:math:)?math\b.*</(?:math:)?math>", re.DOTALL)
_PREFIX = re.compile(rb"(</?)math:")
_SOURCE = re.compile(rb"<annotation\b.*?</annotation>", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Content(Text):
    """The content of a file as HTML: `pages` are its slides or sheets, or all of a text."""

    archive: Members
    is_sheets: bool
    pages: list[str] = field(default_factory=list)
    hidden_cells: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    _ends: list[End] = field(default_factory=list)
    _skipping: int = 0
    _tables: list[Rows] = field(default_factory=list)
    _title: str = ""
    _described: list[str] = field(default_factory=list)  # of the frames that are open

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, tag, of = event
        if self._skipping:
            self._skipping += {"open": 1, "close": -1, "text": 0}[kind]
        elif kind == "text":
            self.out.append(escape(tag) if self.paragraphs else "")
        elif kind == "open":
            self._open(tag, of)
        elif callable(end := self._ends.pop()):
            end()
        else:
            self.out.append(end or "")

    def end_page(self) -> None:
        """End a page: what was noted beside it follows it."""
        notes = (f"<p>[{number}] {note}</p>" for number, note in enumerate(self.notes, 1))
        page = "".join([*self.out, *notes, *self.comments]).replace("</pre><pre>", "\n")
        self.pages += [page] if page.strip() else []
        self.out, self.notes, self.comments = [], [], []

    def _open(self, tag: str, of: Attributes) -> None:
        is_left_out = tag in _SKIPPED or (tag == "date" and self.author is not None)
        block = _BLOCKS.get(tag, "")
        if block and not is_left_out:
            self.out.append(f"<{block}>")
        end: End = None if is_left_out else f"</{block}>" if block else ""
        if (method := _METHODS.get(tag)) and not is_left_out:
            end = method(self, of)
        if end is None:
            self._skipping = 1
        else:
            self._ends.append(end)

    def look(self, style: str) -> str:
        """Return the attribute of HTML for a style; what lies behind text in frames is unknown."""
        return "" if self._described else self.styles.css(style)

    def place(self) -> str:
        """Return the cell that is open in a sheet: "B4"."""
        return self._tables[-1].reference() if self.is_sheets and self._tables else ""

    def said_of_left_out(self) -> Iterator[str]:
        """Yield what was left out, in words for the user."""
        yield from (counted(count, what) for what, count in self.left_out.items())
        if self.hidden_cells:
            yield f"{counted(self.hidden_cells, 'cell')} in hidden rows or columns"

    def table(self, of: Attributes) -> End:
        """A table; in a workbook it is a sheet."""
        if self.styles.is_hidden(of.get("style-name", "")):
            self.left_out["hidden sheet"] += 1
            return None
        rows = Rows()
        self._tables.append(rows)

        def done(_text: str) -> None:
            self._tables.pop()
            self.hidden_cells += rows.hidden
            is_sheet = self.is_sheets and not self._tables
            self.out += [f"<h1>{escape(of.get('name', ''))}</h1>"] if is_sheet else []
            self.out.append(rows.html())
            if is_sheet:
                self.end_page()

        return self.capture(done)

    def column(self, of: Attributes) -> End:
        """A column of a table."""
        if self._tables:
            self._tables[-1].column(of)
        return ""

    def header_rows(self, _of: Attributes) -> End:
        """The header rows of a table."""
        if not self._tables:
            return ""
        rows = self._tables[-1]
        rows.begin_head(is_head=True)
        return lambda: rows.begin_head(is_head=False)

    def row(self, of: Attributes) -> End:
        """A row of a table."""
        if not self._tables:
            return ""
        self._tables[-1].begin_row(of)
        return self._tables[-1].end_row

    def cell(self, of: Attributes) -> End:
        """A cell of a table."""
        if not self._tables:
            return ""
        rows = self._tables[-1]
        look = self.look(of.get("style-name", ""))
        return self.capture(lambda text: rows.cell(of, inline(text) if text else None, look))

    def slide(self, of: Attributes) -> End:
        """A slide under its title, or its number."""
        if self.styles.is_hidden(of.get("style-name", "")):
            self.left_out["hidden slide"] += 1
            self.pages.append("")
            return None
        self._title = ""

        def done(text: str) -> None:
            self.out += [f"<h1>{self._title or f'Slide {len(self.pages) + 1}'}</h1>", text]
            self.end_page()

        return self.capture(done)

    def speaker_notes(self, _of: Attributes) -> End:
        """The notes of the speaker, below a slide."""

        def done(text: str) -> None:
            self.comments += [f"<p>Notes: {plain(text)}</p>"] if plain(text) else []

        return self.capture(done)

    def footer(self, _of: Attributes) -> End:
        """The footer of all slides, below the first of them."""
        self.paragraphs += 1

        def done(text: str) -> None:
            self.paragraphs -= 1
            self.comments += [f"<p>Footer: {plain(text)}</p>"] if plain(text) else []

        return self.capture(done)

    def frame(self, of: Attributes) -> End:
        """A frame: the title of a slide, a picture with its description, or what is in it."""
        kind = of.get("class", "")
        if kind in _PLACES:
            return None
        self._described.append("")

        def done(text: str) -> None:
            described = self._described.pop()
            if kind == "title" and not self._title:
                self._title = plain(text)
                return
            alt = "" if text.strip() else described
            self.out.append(f'{text}<img alt="{alt}">' if alt else text)

        return self.capture(done)

    def description(self, _of: Attributes) -> End:
        """What a picture shows, in words."""
        self.paragraphs += 1

        def done(text: str) -> None:
            self.paragraphs -= 1
            if self._described and text.strip():
                self._described[-1] = text.strip()

        return self.capture(done)

    def formula(self, of: Attributes) -> End:
        """A formula, which is a part of its own."""
        part = f"{of.get('href', '').removeprefix('./').rstrip('/')}/content.xml"
        found = _MATH.search(self.archive.read(part))
        if found:
            formula = _SOURCE.sub(b"", _PREFIX.sub(rb"\1", found[0]))
            self.out.append(formula.decode("utf-8", "replace"))
        else:
            self.left_out["chart or other object"] += 1
        return ""


_METHODS: dict[str, Callable[[Content, Attributes], End]] = {
    "p": Content.paragraph,
    "h": Content.heading,
    "span": Content.span,
    "a": Content.link,
    "s": Content.spaces,
    "tab": Content.spaces,
    "line-break": Content.line_break,
    "list": Content.list,
    "list-item": Content.item,
    "note": Content.note,
    "annotation": Content.annotation,
    "creator": Content.creator,
    "table": Content.table,
    "table-column": Content.column,
    "table-header-rows": Content.header_rows,
    "table-row": Content.row,
    "table-cell": Content.cell,
    "page": Content.slide,
    "notes": Content.speaker_notes,
    "footer-decl": Content.footer,
    "frame": Content.frame,
    "title": Content.description,
    "desc": Content.description,
    "object": Content.formula,
}
