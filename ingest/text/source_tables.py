r"""Tables in the source of AsciiDoc, reStructuredText, LaTeX and wikis, whose cells are on lines of
their own or between marks: the header row is written as one, "Port | Fee". Pure.

https://docs.asciidoctor.org/asciidoc/latest/tables, https://docutils.sourceforge.io (csv-table,
list-table), https://www.mediawiki.org/wiki/Help:Tables
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ingest.text.tables import Table, is_header

_SEPARATOR = " | "
_FEWEST_LINES = 20
"""Lines of a text that is a table as a whole."""

_ASCIIDOC = re.compile(
    r"^(?P<options>\[[^\n]*\]\n)?\|===[ \t]*\n(?P<inside>.*?)^\|===[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_COLUMNS = re.compile(r"cols=\"?(?:(\d+)\*|([^\"\]]+))")
_BAR = re.compile(r"(?<!\\)\|")
_RST = re.compile(
    r"^(?P<indent>[ \t]*)\.\. (?P<kind>list-table|csv-table)::[^\n]*\n"
    r"(?P<options>(?:(?P=indent)[ \t]+:[\w-]+:[^\n]*\n)*)[ \t]*\n"
    r"(?P<inside>(?:(?:(?P=indent)[ \t]+\S[^\n]*|[ \t]*)(?:\n|\Z))+)",
    re.MULTILINE,
)
_HEADER_ROWS = re.compile(r":header-rows:[ \t]*[1-9]")
_HEADER = re.compile(r":header:[ \t]*(\S[^\n]*)")
_LIST_ROW = re.compile(r"^[ \t]*\*[ \t]+(?=-)", re.MULTILINE)
_LIST_CELL = re.compile(r"(?:^|\n)[ \t]*-[ \t]")
_LATEX = re.compile(r"\\begin\{(tabular[xy]?\*?|longtable|tabulary|tabu)\}")
_LATEX_ROW = re.compile(r"(?:\\\\(?:\*?\[[^\]\n]*\])?|\\tabularnewline\b)[ \t]*")
_LATEX_RULE = re.compile(r"\s*\\(?:hline|midrule)\b")
_LATEX_PARTS = (
    re.compile(r"(?<!\\)%[^\n]*|\\(?:hline|toprule|midrule|endhead|endfirsthead)\b"),
    re.compile(r"\\multi(?:column|row)\{[^{}]*\}(?:\{[^{}]*\}|\*)"),
    re.compile(r"\\[a-zA-Z]+\*?|[{}$]"),
)
_LATEX_COLUMNS = re.compile(r"\s*(?:(?:\[[^\]]*\]|\{(?:[^{}]|\{[^{}]*\})*\})\s*)*")
_AMPERSAND = re.compile(r"(?<!\\)&")
_WIKI = re.compile(r"^\{\|[^\n]*\n", re.MULTILINE)
_WIKI_ROW = re.compile(r"^\|-[^\n]*\n", re.MULTILINE)
_WIKI_CELL = re.compile(r"(?:^|\n)!|!!|\|\|")
_WIKI_LOOK = re.compile(r"^[^\[\]|]{0,200}?=[^\[\]|]{0,200}\|")
_MARKED = re.compile(
    r"^(?P<options>\|\|[^\n]*\|\||\|_\.[^\n]*\|)[ \t]*\n(?P<inside>(?:\|(?![|_])[^\n]*(?:\n|\Z))+)",
    re.MULTILINE,
)
_MARK = re.compile(r"\|{1,2}(?:_\.)?")


class _Source(NamedTuple):
    """The source of a table: where it starts, where its inside does, and that inside."""

    start: int
    within: int
    inside: str
    kind: str = ""
    options: str = ""

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the offset of each line of the inside, and the line."""
        offset = self.within
        for line in self.inside.splitlines(keepends=True):
            yield offset, line
            offset += len(line)

    def table(self, rows: Sequence[int], names: Sequence[str]) -> Table:
        """Return the table whose rows begin at these offsets."""
        end = self.within + len(self.inside)
        body = rows[0] if rows else end
        return Table(self.start, body, end, tuple(rows), _SEPARATOR.join(names))


def source_tables(text: str, form: str) -> Iterator[Table]:
    """Yield the tables of a text that name their columns, in order."""
    if form == "asciidoc":
        yield from filter(None, map(_asciidoc, _matches(_ASCIIDOC, text)))
    elif form == "rst":
        yield from filter(None, map(_directive, _matches(_RST, text)))
    elif "\\begin{" in text:
        found = _enclosed(text, _LATEX, lambda kind: f"\\end{{{kind}}}")
        yield from filter(None, map(_latex, found))
    elif "{|" in text:
        yield from filter(None, map(_wiki, _enclosed(text, _WIKI, lambda _: "\n|}")))
    elif "||" in text or "|_." in text:
        for table in _matches(_MARKED, text):
            names = [name.strip() for name in _MARK.split(table.options)[1:-1]]
            yield table.table([offset for offset, _ in table.lines()], names)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[_Source]:
    for found in pattern.finditer(text):
        groups = found.groupdict()
        more = groups.get("kind") or "", groups.get("options") or ""
        yield _Source(found.start(), found.start("inside"), found["inside"], *more)


def _enclosed(
    text: str, pattern: re.Pattern[str], end_of: Callable[[str], str]
) -> Iterator[_Source]:
    """Yield what stands between a mark and its end; a mark without an end is passed over."""
    done, endless = 0, set[str]()
    for found in pattern.finditer(text):
        kind = found[1] if pattern.groups else ""
        if found.start() < done or kind in endless:
            continue
        end = text.find(end_of(kind), found.end())
        if end < 0:
            endless.add(kind)
            continue
        done = end
        yield _Source(found.start(), found.end(), text[found.end() : end], kind)


def is_delimited(text: str) -> bool:
    """Return whether a text is nothing but rows with tabs, bars or semicolons between their
    cells.
    """
    lines = [line for line in text.split("\n", _FEWEST_LINES)[:_FEWEST_LINES] if line.strip()]
    return len(lines) == _FEWEST_LINES and any(
        lines[0].count(mark) and len({line.count(mark) for line in lines}) == 1 for mark in "\t|;"
    )


def _asciidoc(source: _Source) -> Table | None:
    """A table whose first line is its header: it says so, or a blank line follows."""
    inside, options = source.inside, source.options
    first, _, rest = inside.partition("\n")
    above = len(_BAR.findall(first))
    if not ("header" in options or (above > 1 and rest.startswith("\n"))):
        return None
    columns = above
    if above < 2 and (said := _COLUMNS.search(options)):
        columns = int(said[1][:3]) if said[1] else said[2].count(",") + 1
    bars = [bar.start() for bar in _BAR.finditer(inside)]
    if columns < 2 or len(bars) <= columns:
        return None
    names = [name.strip() for name in _BAR.split(inside[: bars[columns]])[1:]]
    start = source.within
    return source.table([start + bar for bar in bars[columns::columns]], names)


def _directive(source: _Source) -> Table | None:
    """A table that a directive makes of a list, or of rows with commas."""
    inside, named = source.inside, _HEADER.search(source.options)
    has_header = _HEADER_ROWS.search(source.options) is not None
    start = source.within
    if source.kind == "list-table":
        rows = [row.start() for row in _LIST_ROW.finditer(inside)]
        if not has_header or len(rows) < 2:
            return None
        header = _LIST_ROW.sub("", inside[rows[0] : rows[1]])
        names = [" ".join(name.split()) for name in _LIST_CELL.split(header)[1:]]
        return source.table([start + row for row in rows[1:]], names)
    lines = [(offset, line) for offset, line in source.lines() if line.strip()]
    if not lines or not (named or has_header):
        return None
    header = named[1] if named else lines[0][1]
    cells = next(csv.reader([header.strip()], skipinitialspace=True), [])
    offsets = [offset for offset, _ in lines]
    return source.table(offsets if named else offsets[1:], [cell.strip() for cell in cells])


def _latex(source: _Source) -> Table | None:
    inside = source.inside
    begin = _LATEX_COLUMNS.match(inside)
    breaks = list(_LATEX_ROW.finditer(inside))
    if len(breaks) < 2 or begin is None:
        return None
    header = inside[begin.end() : breaks[0].start()]
    for part in _LATEX_PARTS:
        header = part.sub(" ", header)
    names = [" ".join(name.replace("\\", "").split()) for name in _AMPERSAND.split(header)]
    if not (is_header(names) and _LATEX_RULE.match(inside, breaks[0].end())):
        return None
    start = source.within
    return source.table([start + row.end() + 1 for row in breaks[:-1]], names)


def _wiki(source: _Source) -> Table | None:
    """A table of MediaWiki: the cells of its first row have exclamation marks."""
    inside, start = source.inside, source.within
    rows = [row.start() for row in _WIKI_ROW.finditer(inside)]
    rows = rows[1:] if rows and "!" not in inside[: rows[0]] else rows
    if not rows:
        return None
    header = _WIKI_ROW.sub("", inside[: rows[0]])
    cells = _WIKI_CELL.split(header[header.find("!") :] if "!" in header else "")[1:]
    names = [" ".join(_WIKI_LOOK.sub("", cell).split()) for cell in cells]
    return source.table([start + row for row in rows], names) if is_header(names) else None
