"""Slides: a heading for each, its paragraphs, lists and tables, and the notes of the speaker.

ECMA-376, part 1, 19 (PresentationML) and 21 (DrawingML). Hidden slides and shapes are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers import drawings, opc
from ingest.readers.archive import Archive
from ingest.readers.comments import comments
from ingest.readers.described import picture
from ingest.readers.lines import Lines
from ingest.readers.pptx.text import Paragraph, number
from ingest.readers.tables import Grid
from ingest.readers.xml import events

_TITLES = frozenset(("title", "ctrTitle"))
_FIELDS = frozenset("sldNum dt ftr hdr".split())
"""Placeholders that are on every slide: the text of the footer is said once."""
_SHAPES = frozenset("sp graphicFrame pic cxnSp".split())
_SKIPPED = frozenset(("Fallback",))


def read(raw: bytes, name: str) -> Document:
    """Return the slides of a presentation; `name` is its title when it has none.

    ReadError if it is not a presentation that can be read; SkippedFile if it has no text, or too
    much of it.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    parts = opc.related(archive, main)
    lines = Lines()
    starts: list[int] = []
    hidden = 0
    said: set[str] = set()
    for position, id_ in enumerate(_slides(archive.read(main)), 1):
        part = parts.get(id_, ("", ""))[1]
        slide = _Slide(Paragraph(opc.links(archive, part)))
        slide.take(archive.read(part))
        starts.append(len(lines))
        if slide.hidden:
            hidden += 1
            continue
        slide.write(lines, position, said)
        drawings.write(archive, part, lines)
        for comment in comments(archive, part):
            lines.paragraph(comment)
        notes = _Slide()
        notes.take(archive.read(opc.part_of_kind(archive, part, "notesSlide")))
        notes.write_notes(lines)
    text = lines.text()
    if not any(line and not line.startswith("# Slide ") for line in text.split("\n")):
        raise SkippedFile("slides without text (pictures?)", SkipKind.NO_TEXT)
    starts = [min(start, len(text)) for start in starts]
    return Document(
        text,
        "pptx",
        opc.title(archive) or lines.title or name,
        pages=tuple(starts),
        cuts=tuple(starts[1:]),
        tables=tuple(lines.tables),
        left_out=(f"{hidden} hidden slide{'s' * (hidden != 1)}",) if hidden else (),
    )


def _slides(raw: bytes) -> list[str]:
    """Return the ids of the slides' parts, in order."""
    return [
        event.attributes.get("r:id", "") for event in events(raw) if event[:2] == ("open", "sldId")
    ]


@dataclass(slots=True)
class _Shape:
    """A shape that is open: what it is for, and its paragraphs with their levels."""

    kind: str = ""
    hidden: bool = False
    described: str = ""
    changing: bool = False  # has a field that is filled in when it is shown: a date, a number
    paragraphs: list[tuple[int, str, str]] = field(default_factory=list)  # level, number, text
    grid: Grid | None = None


@dataclass(slots=True)
class _Slide:
    """The shapes of a slide, or of the page with its notes."""

    paragraph: Paragraph = field(default_factory=Paragraph)
    hidden: bool = False
    shapes: list[_Shape] = field(default_factory=list)
    _open: list[_Shape] = field(default_factory=list)
    _cell: list[str] | None = None
    _skipping: int = 0

    def take(self, raw: bytes) -> None:
        """Take in a part."""
        for kind, name, of in events(raw):
            if self._skipping or (kind != "text" and name in _SKIPPED):
                self._skipping += {"open": 1, "close": -1, "text": 0}[kind]
            elif kind == "text":
                self.paragraph.say(name)
            elif kind == "open":
                self._start(name, of)
            else:
                self._end(name)

    def write(self, lines: Lines, number: int, known: set[str]) -> None:
        """Write the slide under its title, or its number; what is `known` of footers is not
        repeated.
        """
        titles = [shape for shape in self.shapes if shape.kind in _TITLES]
        said = " ".join(text for shape in titles for *_, text in shape.paragraphs)
        lines.heading(1, said or f"Slide {number}")
        for shape in self.shapes:
            if shape.kind in _TITLES or shape.kind in _FIELDS or shape.hidden:
                continue
            if shape.grid:
                lines.table(*shape.grid.rendered())
            listed = shape.kind in ("body", "obj") and len(shape.paragraphs) > 1
            for level, label, text in shape.paragraphs:
                mark = label or ("-" if listed or level else "")
                lines.line(text, "  " * level + f"{mark} " if mark else "")
            if shape.described and not shape.paragraphs:
                lines.line(shape.described)
            lines.blank()
        self._write_footer(lines, known)

    def _write_footer(self, lines: Lines, known: set[str]) -> None:
        """Write the footer, and a date that is not that of the day on which it is shown."""
        kinds = {"ftr": "Footer", "hdr": "Header", "dt": "Date"}
        for shape in self.shapes:
            text = " ".join(text for *_, text in shape.paragraphs)
            if shape.kind in kinds and not (shape.hidden or shape.changing) and text not in known:
                known.add(text)
                lines.line(f"{kinds[shape.kind]}: {text}" if text else "")
        lines.blank()

    def write_notes(self, lines: Lines) -> None:
        """Write the notes of the speaker."""
        bodies = [shape for shape in self.shapes if shape.kind == "body" and not shape.hidden]
        said = [text for shape in bodies for *_, text in shape.paragraphs]
        if said:
            lines.line(f"Notes: {said[0]}")
            for text in said[1:]:
                lines.line(text)
            lines.blank()

    def _start(self, tag: str, of: Mapping[str, str]) -> None:
        if tag == "sld":
            self.hidden = not opc.is_on(of.get("show", "1"))
        elif tag in _SHAPES:
            self._open.append(_Shape())
            self.paragraph.begin_shape()
        elif not self.paragraph.start(tag, of) and self._open:
            self._within(self._open[-1], tag, of)

    def _within(self, shape: _Shape, tag: str, of: Mapping[str, str]) -> None:
        if tag == "cNvPr":
            shape.hidden |= opc.is_on(of.get("hidden", "0"))
            shape.described = picture(of.get("descr", ""))
        elif tag == "fld":
            shape.changing = True
        elif tag == "ph":
            shape.kind = of.get("type", "obj")
        elif tag == "tbl":
            shape.grid = Grid()
        elif tag == "tc" and shape.grid:
            self._cell = []
            if not (opc.is_on(of.get("hMerge", "0")) or opc.is_on(of.get("vMerge", "0"))):
                shape.grid.open(rows=_span(of, "rowSpan"), columns=_span(of, "gridSpan"))

    def _end(self, tag: str) -> None:
        self.paragraph.end(tag)
        if tag == "p":
            text = "".join(self.paragraph.words)
            if self._cell is not None:
                self._cell.append(text)
            elif self._open and text.strip():
                of = self.paragraph
                self._open[-1].paragraphs.append((of.level, of.label, text))
            self.paragraph.words = []
        elif tag == "tc" and self._open and (grid := self._open[-1].grid):
            grid.close_if_open(" ".join(" ".join(self._cell or ()).split()))
            self._cell = None
        elif tag == "tr" and self._open and (grid := self._open[-1].grid):
            grid.end_row()
        elif tag in _SHAPES and self._open:
            self.shapes.append(self._open.pop())


def _span(of: Mapping[str, str], name: str) -> int:
    return min(max(number(of.get(name), 1), 1), 100)
