"""Word documents: paragraphs, headings, lists and tables; hidden and deleted text is left out.

ECMA-376, part 1, 17 (WordprocessingML).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.readers import drawings, opc
from ingest.readers.archive import Archive
from ingest.readers.docx_numbers import Numbers, numbers, symbol
from ingest.readers.docx_styles import (
    BODY_LEVEL,
    Look,
    Style,
    is_unseen,
    look_of,
    styles,
)
from ingest.readers.docx_tables import Tables
from ingest.readers.lines import Lines
from ingest.readers.scripts import lowered, raised
from ingest.readers.xml import events

# Old versions, moved and deleted text, and fallbacks for shapes that old programs cannot draw.
_SKIPPED = frozenset("Fallback moveFrom del pPrChange rPrChange tblPrChange tcPrChange".split())
_OF_PARAGRAPHS = frozenset("outlineLvl numId ilvl shd".split())
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OF_TABLES = frozenset("tbl tr tc".split())
_FORMULA = frozenset("num den sup sub deg".split())
_PLAIN = Style()
_NOTES = ("footnotes.xml", "endnotes.xml", "comments.xml")
_MARKED = {"footnoteReference": "", "endnoteReference": "e", "commentReference": "c"}
_NOTED = {"footnote": "", "endnote": "e", "comment": "c"}


def read(raw: bytes, name: str) -> Document:
    """The document in a file's bytes; `name` is its title when it has none.

    ReadError if it is not a Word document that can be read, SkippedFile if it has too much text.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    known = styles(archive.read(opc.part_of_kind(archive, main, "styles")))
    body = _Body(known, numbers(archive.read(opc.part_of_kind(archive, main, "numbering"))))
    for part in (main, *(posixpath.join(posixpath.dirname(main), note) for note in _NOTES)):
        body.render(archive.read(part))
    lines = body.lines
    drawings.write(archive, main, lines)
    title = opc.title(archive) or lines.title or name
    return Document(lines.text(), "docx", title, tables=tuple(lines.tables))


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
    dropped: bool = False
    in_text: bool = False


class _Body:
    """Lines of the parts of a document as they come. Paragraphs may be nested: text boxes."""

    def __init__(self, known: Mapping[str, Style], counted: Numbers) -> None:
        self.lines = Lines()
        self._styles = known
        self._open: list[_Paragraph] = []
        self._skipping = 0
        self._numbers = counted
        self._marks: dict[str, str] = {}  # of notes and comments: kind and id to mark
        self._mark = ""  # of the note that is about to begin
        self._capital = ""  # a letter that is dropped into the paragraph after it
        self._formula: list[int] = []  # where parts of fractions begin
        self._tables = Tables(self.lines)
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
        if tag in {"tbl", "txbxContent"}:
            self._grounds.append(tag == "txbxContent")
        if tag == "p":
            self._open.append(_Paragraph())
        elif self._open and tag not in _OF_TABLES:
            self._within(self._open[-1], tag, of)
        elif self._tables.start(tag, of):
            return
        elif tag in _NOTED:
            self._mark = self._marks.get(_NOTED[tag] + of.get("id", ""), "")
            if tag == "comment":
                self._mark = f"{self._mark} Comment by {of.get('author', 'a reader')}:".strip()
        elif tag == "background":
            self._page_ground = True
        elif self._grounds and tag in {"tblStyle", "shd"}:
            self._grounds[-1] |= tag == "tblStyle" or bool(look_of(tag, of)["shaded"])

    def _within(self, paragraph: _Paragraph, tag: str, of: Mapping[str, str]) -> None:
        if tag == "pPr":
            paragraph.in_properties = True
        elif paragraph.in_properties:
            self._note(paragraph, tag, of)
        elif tag == "r":
            paragraph.run, paragraph.run_style = {}, {}
        elif tag in _MARKED:
            key = _MARKED[tag] + of.get("id", "")
            self._marks.setdefault(key, f"[{_MARKED[tag]}{len(self._marks) + 1}]")
            paragraph.words.append(self._marks[key])
        elif tag in _FORMULA:
            self._formula.append(len(paragraph.words))
        elif paragraph.run is not None:
            self._in_run(paragraph, paragraph.run, tag, of)

    def _in_run(self, paragraph: _Paragraph, run: Look, tag: str, of: Mapping[str, str]) -> None:
        if tag == "sym":
            if not self._is_unseen(paragraph):
                paragraph.words.append(symbol(of))
        elif tag == "t":
            paragraph.in_text = True
        elif tag == "rStyle":
            paragraph.run_style = self._styles.get(of.get("val", ""), _PLAIN).look
        elif tag in _SIGNS:
            paragraph.words.append(_SIGNS[tag])
        else:
            run |= look_of(tag, of)

    def _note(self, paragraph: _Paragraph, tag: str, of: Mapping[str, str]) -> None:
        if tag == "pStyle":
            paragraph.style = self._styles.get(of.get("val", ""), _PLAIN)
            paragraph.contents = paragraph.style.name.startswith("toc ")
        elif tag == "framePr":
            paragraph.dropped = "dropCap" in of
        elif tag in _OF_PARAGRAPHS:
            paragraph.own |= look_of(tag, of)

    def _say(self, text: str) -> None:
        if self._open and self._open[-1].in_text and not self._is_unseen(self._open[-1]):
            paragraph = self._open[-1]
            level = (paragraph.run_style | (paragraph.run or {})).get("raised", 0)
            before = "".join(paragraph.words[-4:])
            if level:
                text = raised(before, text) if level > 0 else lowered(before, text)
            paragraph.words.append(text)

    def _is_unseen(self, paragraph: _Paragraph) -> bool:
        above = paragraph.run_style | (paragraph.run or {})
        look = paragraph.style.look | paragraph.own | above
        return is_unseen(look, ground=self._page_ground or any(self._grounds))

    def _end(self, tag: str) -> None:
        if tag in {"tbl", "txbxContent"} and self._grounds:
            self._grounds.pop()
            self._tables.end(tag)
            self.lines.blank()
        elif tag == "p" and self._open:
            self._close(self._open.pop())
        elif tag in _OF_TABLES:
            self._tables.end(tag)
        elif self._open:
            self._end_within(self._open[-1], tag)

    def _end_within(self, paragraph: _Paragraph, tag: str) -> None:
        if tag == "pPr":
            paragraph.in_properties = False
        elif tag in _FORMULA and self._formula:
            self._close_part(tag, paragraph, self._formula.pop())
        elif tag == "r":
            paragraph.run = None
        elif tag == "t":
            paragraph.in_text = False

    def _close(self, paragraph: _Paragraph) -> None:
        text = self._capital + "".join(paragraph.words)
        if paragraph.dropped and len(text) < 4:
            self._capital = text
            return
        self._capital = ""
        if text.strip() and self._mark:
            text, self._mark = f"{self._mark} {text}", ""
        look = paragraph.style.look | paragraph.own
        level = look.get("level", BODY_LEVEL)
        if paragraph.contents or not text.strip():
            return
        if self._tables.take(text):
            return
        depth = min(look.get("depth", 0), BODY_LEVEL - 1)
        label = self._numbers.label(look.get("number", 0), depth) if look.get("listed") else ""
        if level < BODY_LEVEL:
            self.lines.heading(level + 1, f"{label} {text}" if label else text)
        elif look.get("listed"):
            self.lines.line(text, "  " * depth + (f"{label} " if label else "- "))
        else:
            self.lines.paragraph(text)

    def _close_part(self, tag: str, paragraph: _Paragraph, start: int) -> None:
        """End a part of a formula: 1/2, (a+b)/2, x^2, x_i."""
        text = "".join(paragraph.words[start:]).strip()
        del paragraph.words[start:]
        if text and not re.fullmatch(r"[\w.,′]+", text):
            text = f"({text})"
        shown = {"num": f"{text}/", "sup": f"^{text}", "sub": f"_{text}"}.get(tag, text)
        paragraph.words.append(shown if text else "")
