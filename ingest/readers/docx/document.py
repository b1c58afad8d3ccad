"""Word documents: paragraphs, headings, lists and tables, headers and footers once; hidden and
deleted text is left out.

ECMA-376, part 1, 17 (WordprocessingML).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.readers import drawings, opc
from ingest.readers.archive import Archive, Members
from ingest.readers.described import beside, picture
from ingest.readers.docx import parts as docx_parts
from ingest.readers.docx.fields import Fields
from ingest.readers.docx.grounds import Grounds
from ingest.readers.docx.notes import Notes
from ingest.readers.formulas import Formulas
from ingest.readers.lines import Lines
from ingest.readers.scripts import lowered, raised
from ingest.readers.word.numbers import Numbers, numbers
from ingest.readers.word.paragraphs import write_paragraph
from ingest.readers.word.styles import (
    BODY_LEVEL,
    Look,
    Style,
    is_unseen,
    look_of,
    styles,
)
from ingest.readers.word.symbol_fonts import symbol
from ingest.readers.word.tables import Tables
from ingest.readers.xml import events

# Old versions, moved and deleted text, readings of Asian words, and fallbacks for shapes that old
# programs cannot draw.
_SKIPPED = frozenset("Fallback moveFrom del pPrChange rPrChange tblPrChange tcPrChange rt".split())
_OF_PARAGRAPHS = frozenset("outlineLvl numId ilvl shd".split())
_CODE = re.compile(r"\bcode\b|sourcecode|preformatted|listing|plain text|verbatim", re.IGNORECASE)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DRAWN = frozenset(("docPr", "textpath"))
_OF_TABLES = frozenset("tbl tr tc".split())
MOST_BESIDE_PAGE = 12
"""Letters of a line that says no more than which page it is: "Seite 3 von 9"."""
_PLAIN = Style()
_NOTES = ("footnotes.xml", "endnotes.xml", "comments.xml")


def read(raw: bytes, name: str) -> Document:
    """The document in a file's bytes; `name` is its title when it has none.

    ReadError if it is not a Word document that can be read, SkippedFile if it has too much text.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    known = styles(archive.read(opc.part_of_kind(archive, main, "styles")))
    body = Body(known, numbers(archive.read(opc.part_of_kind(archive, main, "numbering"))))
    for kind, text in _running(archive, main, known):
        body.lines.paragraph(f"{kind}: {text}")
    for part in (main, *(posixpath.join(posixpath.dirname(main), note) for note in _NOTES)):
        body.render(archive, part)
    lines = body.lines
    drawings.write(archive, main, lines)
    title = opc.title(archive) or lines.title or name
    return Document(lines.text(), "docx", title, tables=tuple(lines.tables))


def _running(archive: Archive, main: str, known: Mapping[str, Style]) -> Iterator[tuple[str, str]]:
    """Yield the text of the headers and footers, each line once, without numbers of pages."""
    said: set[str] = set()
    for kind, part in opc.related(archive, main).values():
        if kind in ("header", "footer"):
            running = Body(known, Numbers(), running=True)
            running.render(archive, part)
            new = [row for row in running.lines.text().split("\n") if row and row not in said]
            said.update(new)
            if new:
                yield kind.title(), " | ".join(new)


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
    joined: bool = False  # its mark was deleted: the next one goes on with it
    paged: bool = False  # has the number of the page
    in_text: bool = False
    links: list[tuple[str, int]] = field(default_factory=list)  # open ones: id, where they begin


@dataclass(frozen=True, slots=True)
class _Part:
    """The part in hand: the parts that it refers to (kind and name), and its links, by id."""

    archive: Members | None = None
    related: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def text_of(self, id_: str) -> str:
        """Return the text of a part that is put in here, as Markdown."""
        _, name = self.related.get(id_, ("", ""))
        return docx_parts.text_of(self.archive.read(name) if self.archive else b"", name)


class Body:
    """Lines of the parts of a document as they come. Paragraphs may be nested: text boxes."""

    def __init__(
        self, known: Mapping[str, Style], counted: Numbers, *, running: bool = False
    ) -> None:
        self.lines = Lines()
        self._running = running
        self._part = _Part()
        self._styles = known
        self._open: list[_Paragraph] = []
        self._skipping = 0
        self._numbers = counted
        self._notes = Notes()
        self._carried = ""  # what belongs to the paragraph after it: a dropped capital
        self._formulas, self._fields = Formulas(), Fields()
        self._in_instruction = False
        self._tables = Tables(self.lines)
        self._grounds = Grounds()

    def render(self, archive: Members, part: str) -> None:
        """Take in one part."""
        self._part = _Part(archive, opc.related(archive, part), opc.links(archive, part))
        for kind, name, of in events(archive.read(part)):
            if kind == "open" and name == "del" and self._open and self._open[-1].in_properties:
                self._open[-1].joined = True
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
        self._grounds.start(tag)
        if tag == "p":
            self._open.append(_Paragraph())
        elif self._open and tag not in _OF_TABLES:
            self._within(self._open[-1], tag, of)
        elif self._tables.start(tag, of) or self._notes.begin(tag, of):
            return
        elif tag == "altChunk":
            self.lines.ready(self._part.text_of(of.get("r:id", "")))
        else:
            self._grounds.note(tag, of)

    def _within(self, paragraph: _Paragraph, tag: str, of: Mapping[str, str]) -> None:
        if tag == "pPr":
            paragraph.in_properties = True
        elif paragraph.in_properties:
            self._note(paragraph, tag, of)
        elif self._formulas.start(tag, of, paragraph.words) or self._fields.start(tag, of):
            return
        elif tag == "r":
            paragraph.run, paragraph.run_style = {}, {}
        elif (mark := self._notes.reference(tag, of)) is not None:
            paragraph.words.append(mark)
        elif tag == "hyperlink":
            paragraph.links.append((of.get("r:id", ""), len(paragraph.words)))
        elif tag in ("instrText", "fldSimple"):
            self._in_instruction = tag == "instrText"
            paragraph.paged |= "PAGE" in of.get("instr", "")
        elif tag in _DRAWN and not opc.is_on(of.get("hidden", "0")):
            said = of.get("string", "") or picture(of.get("descr", ""))
            paragraph.words.append(f" {said} " if said else "")
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
        if self._in_instruction and self._open:
            self._open[-1].paged |= "PAGE" in text
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
        return is_unseen(look, ground=bool(self._grounds))

    def _end(self, tag: str) -> None:
        if self._grounds.end(tag):
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
        elif self._formulas.end(tag, paragraph.words):
            return
        elif tag == "instrText":
            self._in_instruction = False
        elif tag == "hyperlink" and paragraph.links:
            id_, start = paragraph.links.pop()
            if paragraph.style.look.get("level", BODY_LEVEL) == BODY_LEVEL:
                text = "".join(paragraph.words[start:])
                paragraph.words.append(beside(text, self._part.links.get(id_, "")))
        elif shown := self._fields.end(tag):
            paragraph.words.append(shown)
        elif tag == "r":
            paragraph.run = None
        elif tag == "t":
            paragraph.in_text = False

    def _close(self, paragraph: _Paragraph) -> None:
        text = self._carried + "".join(paragraph.words)
        self._carried = ""
        if paragraph.joined or (paragraph.dropped and len(text) < 4):
            self._carried = text
            return
        if self._running and paragraph.paged and sum(map(str.isalpha, text)) <= MOST_BESIDE_PAGE:
            return
        text = self._notes.marked(text)
        look = paragraph.style.look | paragraph.own
        if paragraph.contents or not text.strip():
            return
        if self._tables.take(text):
            return
        is_code = _is_code(paragraph.style.name, text)
        write_paragraph(self.lines, self._numbers, look, text, is_code=is_code)


def _is_code(style: str, text: str) -> bool:
    """Whether a paragraph is code, by the name of its style or since its lines are indented."""
    further = text.split("\n")[1:]
    return bool(_CODE.search(style)) or any(row.startswith(("  ", "\t")) for row in further)
