"""Workbooks: a heading for each sheet and a line for each row; hidden cells are left out.

ECMA-376, part 1, 18 (SpreadsheetML).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ingest.document import Document
from ingest.readers import drawings, opc
from ingest.readers.archive import Archive
from ingest.readers.comments import comments
from ingest.readers.described import beside
from ingest.readers.lines import Lines
from ingest.readers.xlsx_dates import Dates
from ingest.readers.xlsx_links import links
from ingest.readers.xlsx_tables import SheetTables
from ingest.readers.xlsx_unseen import WHITE, has_own_ground, unseen_styles
from ingest.readers.xml import events
from ingest.text.amounts import counted

WIDEST_GAP = 20
"""Empty cells in a row that are kept, so that columns stay apart."""

MOST_MERGED = 100_000
"""Cells below a merged one that get its value: a list that is grouped by hand has far fewer."""

LONGEST_FORMULA = 200

_COLUMN = re.compile("[A-Z]{1,3}")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="(?P<from>[A-Z]{1,3})(?P<top>\d{1,7})'
    rb':(?P<to>[A-Z]{1,3})(?P<bottom>\d{1,7})"'
)
_SKIPPED = frozenset(("rPh", "strike", "r"))
_COVERED = "in hidden rows or columns"
_TRUTH = {"0": "FALSE", "1": "TRUE"}


def read(raw: bytes, name: str) -> Document:
    """The sheets of a workbook; `name` is its title when it has none.

    ReadError if it is not a workbook that can be read, SkippedFile if it has too much text.
    """
    archive = Archive(raw)
    main = opc.main_part(archive)
    parts = opc.related(archive, main)
    strings = _strings(archive.read(opc.part_of_kind(archive, main, "sharedStrings")))
    styles = archive.read(opc.part_of_kind(archive, main, "styles"))
    dates = Dates(styles, archive.read(main))
    unseen = unseen_styles(styles)
    on_colours = {style: reason for style, reason in unseen.items() if reason != WHITE}
    lines, hidden = Lines(), Counter[str]()
    uncounted = _is_uncounted(archive.read(main))
    not_shown = 0
    for sheet, id_, shown in _sheets(archive.read(main)):
        kind, part = parts.get(id_, ("", ""))
        if not shown:
            not_shown += kind == "worksheet"
            continue
        if kind == "worksheet":
            lines.heading(1, sheet)
            raw = archive.read(part)
            left_out = on_colours if has_own_ground(raw) else unseen
            addresses = links(archive, part, raw)
            _Sheet(lines, strings, dates, left_out, hidden, addresses, uncounted).render(raw)
            drawings.write_over(archive, part, lines)
            for comment in comments(archive, part):
                lines.paragraph(comment)
    title = opc.title(archive) or name
    said = [f"{count:,} cell{'s' * (count != 1)} {reason}" for reason, count in hidden.items()]
    said += [counted(not_shown, "hidden sheet")] if not_shown else []
    return Document(lines.text(), "xlsx", title, tables=tuple(lines.tables), left_out=tuple(said))


def _sheets(raw: bytes) -> Iterator[tuple[str, str, bool]]:
    """The names of the sheets, the ids of their parts, and whether they are shown."""
    for kind, tag, of in events(raw):
        if kind == "open" and tag == "sheet":
            shown = of.get("state", "visible") == "visible"
            yield of.get("name", ""), of.get("id", ""), shown


def _is_uncounted(raw: bytes) -> bool:
    """Whether a program that does not calculate wrote the workbook, with zeros for results."""
    return any(
        event[:2] == ("open", "calcPr") and opc.is_on(event.attributes.get("fullCalcOnLoad", "0"))
        for event in events(raw)
    )


def _strings(raw: bytes) -> list[str]:
    """The strings that cells name by number, without readings of Japanese words (rPh) and what is
    struck out.
    """
    strings: list[str] = []
    words: list[str] = []
    inside = skipped = False
    for kind, name, of in events(raw):
        if kind == "text":
            if inside and not skipped:
                words.append(name)
        elif name == "t":
            inside = kind == "open"
        elif name in _SKIPPED:
            skipped = _is_skipped(skipped, kind, name, of)
        elif name == "si" and kind == "close":
            strings.append(" ".join("".join(words).split()))
            words.clear()
    return strings


def _is_skipped(before: bool, kind: str, tag: str, of: Mapping[str, str]) -> bool:
    """Whether letters are not read after one of the tags that decide it."""
    if tag == "strike":
        return before or (kind == "open" and opc.is_on(of.get("val", "1")))
    return tag == "rPh" and kind == "open"


@dataclass(slots=True)
class _Sheet:
    """The rows of a sheet as they come."""

    lines: Lines
    strings: Sequence[str]
    dates: Dates
    unseen: Mapping[str, str]  # reasons by styles
    unseen_cells: Counter[str]  # by reasons
    addresses: Mapping[str, str]  # by cells
    uncounted: bool = False
    _hidden: set[int] = field(default_factory=set)  # columns
    _row: dict[int, str] | None = None  # by column
    _number: int = 0
    _tops: dict[tuple[int, int], str] = field(default_factory=dict)
    _below: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _wide: set[int] = field(default_factory=set)  # rows with cells over several columns
    _cell: dict[str, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)
    _first: int = 1  # column that the sheet says it begins in
    _column: int = 0
    _inside: bool = False
    _formula: list[str] | None = None
    _in_formula: bool = False
    _skipped: bool = False
    _tables: SheetTables = field(init=False)

    def __post_init__(self) -> None:
        self._tables = SheetTables(self.lines, self._wide)

    def render(self, raw: bytes) -> None:
        """Take in the sheet."""
        self._merge(raw)
        for kind, name, of in events(raw):
            if kind == "text":
                if self._in_formula and self._formula is not None:
                    self._formula.append(name)
                elif self._inside and not self._skipped:
                    self._words.append(name)
            elif kind == "open":
                self._open(name, of)
            else:
                self._close(name)
            if kind != "text" and name in _SKIPPED:
                self._skipped = _is_skipped(self._skipped, kind, name, of)
        self._tables.end()

    def _merge(self, raw: bytes) -> None:
        """Note which cells are part of another one, whose value is that of all rows below it."""
        cells = 0
        for found in _MERGED.finditer(raw):
            top, bottom = int(found["top"]), int(found["bottom"])
            left = _column(found["from"].decode())
            if left != _column(found["to"].decode()):
                self._wide.add(top)
            cells += bottom - top
            if cells > MOST_MERGED:
                return
            for row in range(top + 1, bottom + 1):
                self._below.setdefault(row, []).append((left, top))
                self._tops[top, left] = ""

    def _open(self, tag: str, of: dict[str, str]) -> None:
        if tag == "row":
            self._row = None if opc.is_on(of.get("hidden", "0")) else {}
            self._column, self._number = 0, _number(of.get("r"), 2**20) or self._number + 1
        elif tag == "c":
            self._cell, self._words, self._formula = of, [], None
        elif tag == "f":
            self._formula, self._in_formula = [], True
        elif tag in {"v", "t"}:
            self._inside = True
        elif tag == "dimension":
            self._first = _column(of.get("ref", "")) or 1
        elif tag == "col" and opc.is_on(of.get("hidden", "0")):
            self._hidden.update(range(_number(of.get("min")), _number(of.get("max")) + 1))

    def _close(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._inside = False
        elif tag == "f":
            self._in_formula = False
        elif tag == "c":
            self._put(self._row)
        elif tag == "row" and self._row is not None:
            row = self._cells(self._row)
            if row:
                self._tables.add(row, self._number)
            self.lines.line(" | ".join(row))
            self._row = None
        elif tag == "row":
            self._tables.pass_over(self._number)

    def _cells(self, row: dict[int, str]) -> list[str]:
        """The cells of a row from left to right, with those that reach down from above."""
        if row:
            for left, top in self._below.get(self._number, ()):
                if left not in self._hidden and self._tops.get((top, left)):
                    row.setdefault(left, self._tops[top, left])
        cells: list[str] = []
        filled = self._first - 1
        for column in sorted(row):
            between = (n for n in range(filled + 1, column) if n not in self._hidden)
            cells.extend("" for _ in islice(between, WIDEST_GAP))
            cells.append(row[column])
            filled = column
        return cells

    def _put(self, row: dict[int, str] | None) -> None:
        self._column = _column(self._cell.get("r", "")) or self._column + 1
        raw = "".join(self._words).strip()
        value = "" if self._formula and self.uncounted and raw == "0" else self._value(raw)
        if not value and self._formula:  # written by a program that does not calculate
            value = f"={''.join(self._formula).strip()[:LONGEST_FORMULA]}"
        reason = self.unseen.get(self._cell.get("s", "0"), "")
        if value and reason:
            self.unseen_cells[reason] += 1
            value = ""
        if (self._number, self._column) in self._tops:
            self._tops[self._number, self._column] = value
        if value and (row is None or self._column in self._hidden):
            self.unseen_cells[_COVERED] += 1
        elif value and row is not None:
            address = self.addresses.get(self._cell.get("r", ""), "")
            row[self._column] = value + beside(value, address) if address else value

    def _value(self, raw: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            known = raw.isdecimal() and int(raw[:9]) < len(self.strings)
            return self.strings[int(raw[:9])] if known else ""
        if kind == "b":
            return _TRUTH.get(raw, raw)
        if kind == "n":
            return self.dates.shown(raw, self._cell.get("s", ""))
        return " ".join(raw.split())


def _column(reference: str) -> int:
    """The number of a cell's column, from 1; 0 when the reference names none."""
    letters = _COLUMN.match(reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _number(text: str | None, most: int = 16_384) -> int:
    """The number of a column or a row, at most the last one that there is."""
    return min(int(text[:9]), most) if text and text.isdecimal() else 0
