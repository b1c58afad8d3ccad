"""Words of a drawing that are in parts of their own: diagrams (SmartArt) and charts with their
figures.

ECMA-376, part 1, 21.2 (charts) and 21.4 (diagrams).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers import opc
from ingest.readers.archive import Archive
from ingest.readers.described import picture
from ingest.readers.lines import Lines
from ingest.readers.xml import events

_MOST_ROWS = 500
"""Rows of figures of one chart."""
_UNSEEN_POINTS = frozenset(("pres", "parTrans", "sibTrans"))
"""Points of a diagram that say how it is drawn."""
_NAMES = frozenset(("tx", "cat", "val", "xVal", "yVal"))


def write(archive: Archive, part: str, lines: Lines) -> None:
    """Write the words of the drawings that a part names."""
    for kind, name in opc.related(archive, part).values():
        if kind == "diagramData":
            for text in _points(archive.read(name)):
                lines.line(text, "- ")
            lines.blank()
        elif kind == "chart":
            _write_chart(archive.read(name), lines)


def write_over(archive: Archive, sheet: str, lines: Lines) -> None:
    """Write what lies over the cells of a sheet: text boxes and titles of charts, whose figures are
    in the cells.
    """
    for kind, name in opc.related(archive, sheet).values():
        if kind != "drawing":
            continue
        for text in _shapes(archive.read(name)):
            lines.paragraph(text)
        for of, part in opc.related(archive, name).values():
            if of == "chart":
                _write_chart(archive.read(part), lines, figures=False)


def _shapes(raw: bytes) -> Iterator[str]:
    """The texts of shapes, and what their pictures show."""
    words: list[str] = []
    inside = hidden = False
    for kind, name, of in events(raw):
        if kind == "text":
            if inside and not hidden:
                words.append(name)
        elif name == "cNvPr" and kind == "open":
            hidden = opc.is_on(of.get("hidden", "0"))
            words = [] if hidden else [picture(of.get("descr", ""))]
        elif name == "t":
            inside = kind == "open"
        elif name == "p" and kind == "close":
            words.append("\n")
        elif name in ("sp", "pic") and kind == "close":
            if "".join(words).strip():
                yield "".join(words).strip()
            words = []


def _points(raw: bytes) -> list[str]:
    """The texts of a diagram, a line for each shape."""
    found: list[str] = []
    words: list[str] = []
    unseen = inside = False
    for kind, name, of in events(raw):
        if kind == "text":
            if inside and not unseen:
                words.append(name)
        elif name == "pt":
            unseen = of.get("type", "node") in _UNSEEN_POINTS if kind == "open" else False
            if kind == "close" and "".join(words).strip():
                found.append(" ".join("".join(words).split()))
            words = []
        elif name == "t":
            # The body of a point is a "t", too; runs of text are within it.
            inside = kind == "open"
        elif name == "p" and kind == "close":
            words.append(" ")
    return found


@dataclass(slots=True)
class _Series:
    """A row of figures: its name, what is counted along the axis, and the figures."""

    tx: list[str] = field(default_factory=list)
    cat: list[str] = field(default_factory=list)
    val: list[str] = field(default_factory=list)


def _write_chart(raw: bytes, lines: Lines, *, figures: bool = True) -> None:
    title: list[str] = []
    found: list[_Series] = []
    place, in_series, inside = "", False, False
    for kind, name, _ in events(raw):
        if kind == "text":
            if inside and in_series and place:
                getattr(found[-1], place).append(" ".join(name.split()))
            elif inside and not in_series:
                title.append(name)
        elif name == "ser":
            in_series = kind == "open"
            found += [_Series()] if in_series else []
        elif name in _NAMES and in_series:
            place = {"xVal": "cat", "yVal": "val"}.get(name, name) if kind == "open" else ""
        elif name in ("v", "t"):
            inside = kind == "open"
    if words := " ".join("".join(title).split()):
        lines.paragraph(f"Chart: {words}")
    _write_figures([series for series in found if series.val and figures], lines)


def _write_figures(found: list[_Series], lines: Lines) -> None:
    """Write the figures as a table, a column for each series."""
    if not found:
        return
    names = [" ".join(series.tx) for series in found]
    categories = next((series.cat for series in found if series.cat), [])
    rows = [" | ".join(["", *names])] if any(names) else []
    for n in range(min(max(len(series.val) for series in found), _MOST_ROWS)):
        first = categories[n] if n < len(categories) else ""
        rows.append(" | ".join([first, *(s.val[n] if n < len(s.val) else "" for s in found)]))
    lines.table([(row, 0) for row in rows], range(1) if any(names) else None)
    lines.blank()
