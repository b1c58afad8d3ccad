"""Headings of a text and the parts under them. Pure; one pass over the lines.

A heading inside a code fence is none (https://spec.commonmark.org/0.31.2/#fenced-code-blocks).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ingest.document import Format, HeadingSpan
from ingest.text.front_matter import front_matter
from ingest.text.line_markup import Span, asciidoc, org
from ingest.text.source_tables import source_tables
from ingest.text.tables import Table, aligned_tables, markdown_tables

LONGEST_TITLE = 200

_NOT_MARKDOWN = frozenset("text code rst org asciidoc pdf iwork transcript".split())
"""Readers write the text of all other formats as Markdown."""

_MARKDOWN = re.compile(
    r"^ {0,3}(?P<hashes>\#{1,6})(?:[ \t]+(?P<title>.*))?$"
    r"|^[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>.*)$"
    r"|^ {0,3}(?P<underline>=+|-+)[ \t]*$",
    re.MULTILINE,
)
_NOT_A_TITLE = re.compile(r"\s*$|\s*[#>|]|\s*[-*+][ \t]|\s*\d+[.)][ \t]|\s{4}")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_ATTRIBUTES = re.compile(r"[ \t]*\{[ \t]?[#.:][^{}]*\}[ \t]*$")
_LINK = re.compile(
    r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]"  # of a wiki: [[page|its name]]
    r"|!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])"
)
_TAG_OR_MARK = re.compile(r"</?[A-Za-z][^<>]*>|[*`]+")
_UNDERLINE = re.compile(r"^(?P<mark>[!-/:-@\[-`{-~])(?P=mark)*[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heading:
    """Characters [start, end) are the heading's lines; `path` is the titles down to its own."""

    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The structure of a text: its headings in order, the spans of its fenced code, its tables.

    `breaks` are the places where source code may be cut: an offset, and the length of the
    definition that this cut divides.
    """

    headings: tuple[Heading, ...] = ()
    fences: tuple[tuple[int, int], ...] = ()
    breaks: tuple[tuple[int, int], ...] = ()
    tables: tuple[Table, ...] = ()

    def path(self, text: str, start: int, end: int) -> tuple[str, ...]:
        """Return the titles of the headings that text[start:end] is under.

        A heading in it that nothing but another heading follows does not count.
        """
        first = max(bisect_right(self.headings, start, key=_start) - 1, 0)
        inside = self.headings[first : bisect_left(self.headings, end, key=_start)]
        if not inside:
            return ()
        paths: list[tuple[str, ...]] = [] if inside[0].start <= start else [()]
        stops = [*(heading.start for heading in inside[1:]), end]
        for heading, stop in zip(inside, stops, strict=True):
            if text[max(heading.end, start) : stop].strip():
                paths.append(heading.path)
        return _common(paths or [inside[-1].path])

    def body(self, text: str, start: int, end: int) -> int:
        """Return where text[start:end] goes on after the headings it begins with; `end` if it does
        not.
        """
        for i in range(bisect_left(self.headings, start, key=_start), len(self.headings)):
            heading = self.headings[i]
            if heading.start >= end or text[start : heading.start].strip():
                break
            start = heading.end
        return end - len(text[start:end].lstrip())

    def starts(self, start: int, end: int) -> list[int]:
        """Return the starts of the headings in [start, end)."""
        first = bisect_left(self.headings, start, key=_start)
        last = bisect_left(self.headings, end, key=_start)
        return [heading.start for heading in self.headings[first:last]]

    def cuts(self, start: int, end: int, most: int) -> list[int]:
        """Return where text[start:end] may be cut without dividing parts up to `most` long."""
        first = bisect_right(self.breaks, start, key=lambda place: place[0])
        last = bisect_left(self.breaks, end, key=lambda place: place[0])
        return [offset for offset, whole in self.breaks[first:last] if whole > most]

    def header(self, text: str, offset: int) -> str:
        """Return the header row of the table whose other rows hold the offset; "" for none."""
        i = bisect_right(self.tables, offset, key=lambda table: table.body) - 1
        if i < 0 or offset >= self.tables[i].end:
            return ""
        return self.tables[i].header(text)

    def rows(self, start: int, end: int) -> list[int]:
        """Return where the rows of tables begin inside (start, end)."""
        first = bisect_right(self.tables, start, key=lambda table: table.end)
        last = bisect_left(self.tables, end, key=lambda table: table.start)
        rows: list[int] = []
        for table in self.tables[first:last]:
            begin = bisect_right(table.rows, start)
            rows.extend(table.rows[begin : bisect_left(table.rows, end)])
        return rows

    def in_fence(self, offset: int) -> bool:
        """Return whether the offset lies inside fenced code."""
        i = bisect_right(self.fences, offset, key=lambda fence: fence[0]) - 1
        return i >= 0 and self.fences[i][0] < offset < self.fences[i][1]


def outline(text: str, form: Format) -> Outline:
    """The outline of a cleaned text. Formats without headings give an empty one."""
    if form not in _NOT_MARKDOWN or form == "org":
        found, fences = org(text) if form == "org" else _markdown(text)
        plan = Outline(with_paths(found), tuple(fences))
        drawn = [*markdown_tables(text), *aligned_tables(text)]
        tables = [table for table in sorted(drawn, key=_begin) if not plan.in_fence(table.start)]
        return replace(plan, tables=tuple(tables))
    if form == "rst":
        tables = sorted([*aligned_tables(text), *source_tables(text, form)], key=_begin)
        return Outline(with_paths(_rst(text)), tables=tuple(tables))
    if form == "asciidoc":
        found, fences = asciidoc(text)
        plan = Outline(with_paths(found), tuple(fences))
        tables = [table for table in source_tables(text, form) if not plan.in_fence(table.start)]
        return replace(plan, tables=tuple(tables))
    return Outline(tables=tuple(source_tables(text, form))) if form == "text" else Outline()


def _begin(table: Table) -> int:
    return table.start


def title(text: str, form: Format) -> str:
    """Return the title in front matter or the first heading; "" for none."""
    start = text[:100_000].replace("\r\n", "\n").replace("\r", "\n")
    if form == "markdown" and (named := front_matter(start).title):
        return named
    return next((heading.path[-1] for heading in outline(start, form).headings if heading.path), "")


def _markdown(text: str) -> tuple[list[HeadingSpan], list[Span]]:
    headings: list[HeadingSpan] = []
    fences: list[Span] = []
    fence, opened = "", 0
    for found in _MARKDOWN.finditer(text, front_matter(text).end):
        mark = found["fence"]
        if mark and not fence:
            if mark[0] == "~" or "`" not in found["info"]:
                fence, opened = mark, found.start()
        elif mark and mark.startswith(fence) and not found["info"].strip():
            fences.append((opened, found.end()))
            fence = ""
        elif fence or mark:
            continue
        elif found["hashes"]:
            level, name = (
                len(found["hashes"]),
                _plain(_CLOSING_HASHES.sub("", found["title"] or "")),
            )
            headings.append(HeadingSpan(found.start(), found.end(), level, name))
        else:
            headings.extend(_underlined(text, found))
    if fence:
        fences.append((opened, len(text)))
    return headings, fences


def _underlined(text: str, found: re.Match[str]) -> Iterator[HeadingSpan]:
    """Return the heading that this underline makes of the line above it, if that is alone."""
    above_end = found.start() - 1
    above = text.rfind("\n", 0, max(above_end, 0)) + 1
    line = text[above : max(above_end, 0)]
    before = text[text.rfind("\n", 0, max(above - 1, 0)) + 1 : max(above - 1, 0)]
    if len(line) <= LONGEST_TITLE and not _NOT_A_TITLE.match(line) and not before.strip():
        level = 1 if found["underline"][0] == "=" else 2
        yield HeadingSpan(above, found.end(), level, _plain(line))


def _rst(text: str) -> Iterator[HeadingSpan]:
    """Titles with an underline at least as long as they are; levels by the order of their styles.

    https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#sections
    """
    styles: list[tuple[str, bool]] = []
    for found in _UNDERLINE.finditer(text):
        above_end = found.start() - 1
        above = text.rfind("\n", 0, max(above_end, 0)) + 1
        line = text[above : max(above_end, 0)].rstrip()
        rule = found[0].rstrip()
        if not line.strip() or len(rule) < max(len(line), 2) or _UNDERLINE.match(line):
            continue
        over = text[text.rfind("\n", 0, max(above - 1, 0)) + 1 : max(above - 1, 0)].rstrip()
        overlined = over == rule
        if line[0].isspace() and not overlined:
            continue
        style = (found["mark"], overlined)
        if style not in styles:
            styles.append(style)
        start = above - len(over) - 1 if overlined else above
        level = styles.index(style) + 1
        yield HeadingSpan(max(start, 0), found.end(), level, _plain(line))


def _plain(name: str) -> str:
    """A heading as a reader sees it, without marks, links and anchors."""
    name = _ATTRIBUTES.sub("", name[:LONGEST_TITLE])
    return " ".join(_TAG_OR_MARK.sub("", _linked(name)).split())


def _linked(name: str) -> str:
    """Return a heading with the texts of its links and pictures, which may be links themselves."""
    inner = _LINK.sub(r"\1\2", name)
    return _LINK.sub(r"\1\2", inner) if inner != name else name


def with_paths(found: Iterable[HeadingSpan]) -> tuple[Heading, ...]:
    """Return headings with the titles above them."""
    headings, above = [], list[tuple[int, str]]()
    for start, end, level, name in found:
        while above and above[-1][0] >= level:
            above.pop()
        above.append((level, name))
        headings.append(Heading(start, end, tuple(title for _, title in above if title)))
    return tuple(headings)


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    first, last = min(paths), max(paths)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[:same]


def _start(heading: Heading) -> int:
    return heading.start
