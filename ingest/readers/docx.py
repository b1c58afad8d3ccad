"""Word documents: paragraphs, headings, lists and tables; what is hidden or deleted is left out.

ECMA-376, part 1, 17 (WordprocessingML).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.readers import opc
from ingest.readers.archive import Archive
from ingest.readers.docx_styles import (
    BODY_LEVEL,
    Look,
    Style,
    is_unseen,
    look_of,
    styles,
)
from ingest.readers.lines import Lines
from ingest.readers.xml import events

# Old versions, moved and deleted text, and what stands in for shapes that old programs cannot draw.
_SKIPPED = frozenset("Fallback moveFrom del pPrChange rPrChange tblPrChange tcPrChange".split())
_OF_PARAGRAPHS = frozenset("outlineLvl numId ilvl shd".split())
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PLAIN = Style()
_NOTES = ("footnotes.xml", "endnotes.xml")


def read(raw: bytes, name: str) -> Document:
    """The document in a file's bytes; `name` is its title when it has none.

    ReadError if it is no Word document that can be read, SkippedFile if it has too much text.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    body = _Body(styles(archive.read(opc.part_of_kind(archive, main, "styles"))))
    for part in (main, *(posixpath.join(posixpath.dirname(main), each) for each in _NOTES)):
        body.render(archive.read(part))
    lines = body.lines
    return Document(lines.text(), "docx", opc.title(archive) or lines.title or name)


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is open, with its own properties and the run that is open in it."""

    style: Style = field(default_factory=Style)
    own: Look = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    in_properties: bool = False
    contents: bool = False
    run: Look | None = None
    run_style: Look = field(default_factory=dict)
    in_text: bool = False


class _Body:
    """Lines of the parts of a document as they come. Paragraphs stand in each other: text boxes."""

    def __init__(self, known: Mapping[str, Style]) -> None:
        self.lines = Lines()
        self._styles = known
        self._open: list[_Paragraph] = []
        self._skipping = 0
        self._rows: list[list[list[str]]] = []  # each open row's cells, each cell's paragraphs
        self._grounds: list[bool] = []  # of each table and text box: whether something lies behind
        self._page_ground = False

    def render(self, raw: bytes) -> None:
        """Take in one part."""
        for kind, name, of in events(raw):
            if self._skipping or (kind != "text" and name in _SKIPPED):
                self._skipping += {"open": 1, "close": -1, "text": 0}[kind]
            elif kind == "text":
                self._say(name)
            elif kind == "open":
                self._start(name, of)
            else:
                self._end(name)
        self.lines.blank()

    def _start(self, tag: str, of: Mapping[str, str]) -> None:
        if tag == "p":
            self._open.append(_Paragraph())
        elif tag == "tbl":
            self._grounds.append(False)
            if not self._rows:
                self.lines.blank()
        elif tag == "txbxContent":
            self._grounds.append(True)
        elif tag == "tr":
            self._rows.append([])
        elif tag == "tc" and self._rows:
            self._rows[-1].append([])
        elif tag == "background":
            self._page_ground = True
        elif self._open:
            self._within(self._open[-1], tag, of)
        elif self._grounds and tag in {"tblStyle", "shd"}:
            self._grounds[-1] |= tag == "tblStyle" or bool(look_of(tag, of)["shaded"])

    def _within(self, paragraph: _Paragraph, tag: str, of: Mapping[str, str]) -> None:
        value = of.get("val", "")
        if tag == "pPr":
            paragraph.in_properties = True
        elif paragraph.in_properties:
            self._note(paragraph, tag, of)
        elif tag == "r":
            paragraph.run, paragraph.run_style = {}, {}
        elif paragraph.run is None:
            return
        elif tag == "t":
            paragraph.in_text = True
        elif tag == "rStyle":
            paragraph.run_style = self._styles.get(value, _PLAIN).look
        elif tag in _SIGNS:
            paragraph.words.append(_SIGNS[tag])
        else:
            paragraph.run |= look_of(tag, of)

    def _note(self, paragraph: _Paragraph, tag: str, of: Mapping[str, str]) -> None:
        if tag == "pStyle":
            paragraph.style = self._styles.get(of.get("val", ""), _PLAIN)
            paragraph.contents = paragraph.style.name.startswith("toc ")
        elif tag in _OF_PARAGRAPHS:
            paragraph.own |= look_of(tag, of)

    def _say(self, text: str) -> None:
        if self._open and self._open[-1].in_text and not self._is_unseen(self._open[-1]):
            self._open[-1].words.append(text)

    def _is_unseen(self, paragraph: _Paragraph) -> bool:
        above = paragraph.run_style | (paragraph.run or {})
        look = paragraph.style.look | paragraph.own | above
        return is_unseen(look, ground=self._page_ground or any(self._grounds))

    def _end(self, tag: str) -> None:
        if tag == "p" and self._open:
            self._close(self._open.pop())
        elif tag in {"tbl", "txbxContent"} and self._grounds:
            self._grounds.pop()
            self.lines.blank()
        elif tag == "tr" and self._rows:
            cells = [" ".join(" ".join(each).split()) for each in self._rows.pop()]
            while cells and not cells[-1]:
                cells.pop()
            self._put_row(" | ".join(cells))
        elif self._open:
            paragraph = self._open[-1]
            if tag == "pPr":
                paragraph.in_properties = False
            elif tag == "r":
                paragraph.run = None
            elif tag == "t":
                paragraph.in_text = False

    def _close(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.words)
        look = paragraph.style.look | paragraph.own
        level = look.get("level", BODY_LEVEL)
        if paragraph.contents or not text.strip():
            return
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(text)
        elif level < BODY_LEVEL:
            self.lines.heading(level + 1, text)
        elif look.get("listed"):
            self.lines.line(text, "  " * min(look.get("depth", 0), BODY_LEVEL) + "- ")
        else:
            self.lines.paragraph(text)

    def _put_row(self, row: str) -> None:
        """A row; of a table within a cell, into the cell."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(row)
        else:
            self.lines.line(row)
