"""Presentations of before 2007 (.ppt): what newer ones say, slide by slide, with the notes.

MS-PPT. Hidden slides and shapes are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.comments import shown
from ingest.readers.lines import Lines
from ingest.readers.ole import Container
from ingest.readers.ppt.records import Record, Saved
from ingest.readers.ppt.shapes import BODIES, TITLES, Known, Shape, Text, shapes, texts
from ingest.readers.tables import header_of
from ingest.text.amounts import counted

_LIST, _PLACE, _ABOUT_NOTES, _SHOW = 0x0FF0, 0x03F3, 0x03F1, 0x03F9
_RUNNING, _RUNNING_FLAGS, _STRING = 0x0FD9, 0x0FDA, 0x0FBA
_COMMENT, _TAGS, _TAG_DATA = 0x2EE0, 0x1388, 0x138B
_SLIDES, _NOTES = 0, 2  # of a list's instance
_OBJECT, _LINK, _LINK_NUMBER = 0x0FCC, 0x0FD7, 0x0FD3
_HIDDEN = 0x04
_FOOTERS = {0x10: ("Header", 1), 0x20: ("Footer", 2)}
"""Flags of what is above and below the slides, and the instance of its text."""


@dataclass(slots=True)
class _Place:
    """A slide in the list of slides: its record's number, its own, and its texts kept there."""

    record: int
    number: int
    outline: list[Text] = field(default_factory=list)


def read(container: Container, name: str) -> Document:
    """Return the slides of a presentation; `name` is its title when it has none.

    ReadError if it is encrypted or damaged; SkippedFile if it has no text, or too much of it.
    """
    saved = Saved(container)
    document = saved.document()
    addresses = _addresses(document)
    notes = _notes(saved, document)
    lines = Lines()
    starts: list[int] = []
    said: set[str] = set()
    hidden = 0
    for position, place in enumerate(_places(document, _SLIDES, addresses), 1):
        slide = saved.record(place.record)
        starts.append(len(lines))
        if slide is not None and _is_hidden(slide):
            hidden += 1
            continue
        # Of a slide that is lost the list still has the texts of its outline.
        known = Known(place.outline, addresses)
        found = [*map(Shape, place.outline)] if slide is None else shapes(slide, known)
        _write(lines, found, position, said)
        if slide is not None:
            _write_running(lines, slide, said)
            _write_comments(lines, slide)
            _write_notes(lines, notes.get(place.number, []))
    text = lines.text()
    if not any(line and not line.startswith("# Slide ") for line in text.split("\n")):
        raise SkippedFile("slides without text (pictures?)", SkipKind.NO_TEXT)
    starts = [min(start, len(text)) for start in starts]
    objects = sum(1 for _ in document.all(_OBJECT))
    left_out = [counted(hidden, "hidden slide")] if hidden else []
    left_out += [counted(objects, "embedded object")] if objects else []
    return Document(
        text,
        "ppt",
        container.title() or lines.title or name,
        pages=tuple(starts),
        cuts=tuple(starts[1:]),
        tables=tuple(lines.tables),
        left_out=tuple(left_out),
    )


def _addresses(document: Record) -> dict[int, str]:
    """Return the addresses of links by their numbers."""
    found = {}
    for link in document.all(_LINK):
        number = link.first(_LINK_NUMBER)
        targets = [
            _string(one) for one in link.inner() if one.kind == _STRING and one.instance == 1
        ]
        if number is not None and targets:
            found[number.number(0)] = targets[0]
    return found


def _places(document: Record, kind: int, addresses: Mapping[int, str]) -> list[_Place]:
    """Return the slides, or the pages of notes, in their order."""
    found: list[_Place] = []
    for part in document.inner():
        if part.kind != _LIST or part.instance != kind:
            continue
        for record, text in texts(part.inner(), addresses):
            if record.kind == _PLACE:
                found.append(_Place(record.number(0), record.number(12)))
            elif text is not None and found:
                found[-1].outline.append(text)
    return found


def _notes(saved: Saved, document: Record) -> dict[int, list[str]]:
    """Return the notes of the speaker by the numbers of their slides."""
    found: dict[int, list[str]] = {}
    for place in _places(document, _NOTES, {}):
        page = saved.record(place.record)
        about = page.first(_ABOUT_NOTES) if page is not None else None
        if page is None or about is None:
            continue
        for shape in shapes(page, Known(place.outline, {})):
            if shape.text.kind not in TITLES and not shape.text.running:
                found.setdefault(about.number(0), []).extend(shape.text.paragraphs)
    return found


def _is_hidden(slide: Record) -> bool:
    show = slide.first(_SHOW)
    return show is not None and bool(show.number(10, 2) & _HIDDEN)


def _write(lines: Lines, found: list[Shape], position: int, said: set[str]) -> None:
    """Write a slide under its title, or its number; what was `said` of footers is not repeated."""
    titles = [shape.text for shape in found if shape.text.kind in TITLES]
    heading = " ".join(part for text in titles for part in text.paragraphs)
    lines.heading(1, heading or f"Slide {position}")
    for shape in found:
        text = shape.text
        if text.running:
            _write_edge(lines, text.label, " ".join(text.paragraphs), said)
        if text.running or text.kind in TITLES:
            continue
        if shape.rows:
            rows = [(" | ".join(row), 0) for row in shape.rows]
            lines.table(rows, header_of(shape.rows))
        listed = text.kind in BODIES and len(text.paragraphs) > 1
        for paragraph in text.paragraphs:
            first, _, rest = paragraph.partition("\n")
            lines.line(first, "- " if listed else "")
            lines.line(rest, "  " if listed else "")
        if shape.described and not text.paragraphs:
            lines.line(shape.described)
        lines.blank()


def _write_running(lines: Lines, slide: Record, said: set[str]) -> None:
    """Write what is above and below a slide, unless it was `said` of one before."""
    part = slide.first(_RUNNING)
    flags = part.first(_RUNNING_FLAGS) if part is not None else None
    if part is None or flags is None:
        return
    strings = {one.instance: _string(one) for one in part.inner() if one.kind == _STRING}
    for flag, (kind, instance) in _FOOTERS.items():
        text = strings.get(instance, "")
        if flags.number(2, 2) & flag:
            _write_edge(lines, kind, text, said)


def _write_edge(lines: Lines, kind: str, text: str, said: set[str]) -> None:
    if kind and text.strip("* ") and text not in said:
        said.add(text)
        lines.paragraph(f"{kind}: {text}")


def _write_comments(lines: Lines, slide: Record) -> None:
    for comment in _comments(slide):
        strings = {one.instance: _string(one) for one in comment.inner() if one.kind == _STRING}
        if text := strings.get(1, ""):
            lines.paragraph(shown("", strings.get(0, "a reader"), text))


def _comments(slide: Record) -> Iterator[Record]:
    """Yield the comments of a slide, which are among its tags."""
    for part in slide.inner():
        if part.kind == _TAGS:
            for tag in part.all(_TAG_DATA):
                yield from (one for one in tag.contents() if one.kind == _COMMENT)


def _write_notes(lines: Lines, paragraphs: list[str]) -> None:
    if paragraphs:
        lines.line(f"Notes: {paragraphs[0]}")
        for paragraph in paragraphs[1:]:
            lines.line(paragraph)
        lines.blank()


def _string(record: Record) -> str:
    return " ".join(record.data.decode("utf-16-le", "replace").replace("\0", "").split())
