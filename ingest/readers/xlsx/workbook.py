"""Workbooks: a heading for each sheet and a line for each row; hidden cells are left out.

ECMA-376, part 1, 18 (SpreadsheetML).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.document import Document
from ingest.readers import drawings, opc
from ingest.readers.archive import Archive
from ingest.readers.comments import comments
from ingest.readers.lines import Lines
from ingest.readers.scripts import lowered, raised
from ingest.readers.sheets.dates import Dates, kinds_of, since_1904
from ingest.readers.sheets.rows import SheetRows
from ingest.readers.sheets.unseen import WHITE, has_own_ground, unseen_styles
from ingest.readers.xlsx.links import links
from ingest.readers.xml import events
from ingest.text.amounts import counted

LONGEST_FORMULA = 200

_COLUMN = re.compile("[A-Z]{1,3}")
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="(?P<from>[A-Z]{1,3})(?P<top>\d{1,7})'
    rb':(?P<to>[A-Z]{1,3})(?P<bottom>\d{1,7})"'
)
_SKIPPED = frozenset(("rPh", "strike", "r"))
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
    dates = Dates(kinds_of(styles), since_1904=since_1904(archive.read(main)))
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
            rows = SheetRows(lines, hidden)
            _Sheet(rows, strings, dates, left_out, addresses, uncounted).render(raw)
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
    struck out; powers are marked: 10^6.
    """
    strings: list[str] = []
    words: list[str] = []
    inside = skipped = False
    level = ""  # of the letters of a run: above or below the line
    for kind, name, of in events(raw):
        if kind == "text":
            if inside and not skipped:
                words.append(_LEVELS.get(level, _on_the_line)("".join(words), name))
        elif name == "t":
            inside = kind == "open"
        elif name == "vertAlign":
            level = of.get("val", "") if kind == "open" else level
        elif name in _SKIPPED:
            skipped = _is_skipped(skipped, kind, name, of)
            level = "" if name == "r" else level
        elif name == "si" and kind == "close":
            strings.append(" ".join("".join(words).split()))
            words.clear()
    return strings


def _on_the_line(_before: str, text: str) -> str:
    return text


_LEVELS = {"superscript": raised, "subscript": lowered}


def _is_skipped(before: bool, kind: str, tag: str, of: Mapping[str, str]) -> bool:
    """Whether letters are not read after one of the tags that decide it."""
    if tag == "strike":
        return before or (kind == "open" and opc.is_on(of.get("val", "1")))
    return tag == "rPh" and kind == "open"


@dataclass(slots=True)
class _Sheet:
    """The cells of a sheet as they come."""

    rows: SheetRows
    strings: Sequence[str]
    dates: Dates
    unseen: Mapping[str, str]  # reasons by styles
    addresses: Mapping[str, str]  # by cells
    uncounted: bool = False
    _cell: dict[str, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)
    _column: int = 0
    _inside: bool = False
    _formula: list[str] | None = None
    _in_formula: bool = False
    _skipped: bool = False

    def render(self, raw: bytes) -> None:
        """Take in the sheet."""
        for found in _MERGED.finditer(raw):
            left, right = (_column(found[side].decode()) for side in ("from", "to"))
            self.rows.merge(left, int(found["top"]), right, int(found["bottom"]))
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
        self.rows.end()

    def _open(self, tag: str, of: dict[str, str]) -> None:
        if tag == "row":
            self._column = 0
            number = _number(of.get("r"), 2**20) or self.rows.number + 1
            self.rows.begin(number, hidden=opc.is_on(of.get("hidden", "0")))
        elif tag == "c":
            self._cell, self._words, self._formula = of, [], None
        elif tag == "f":
            self._formula, self._in_formula = [], True
        elif tag in {"v", "t"}:
            self._inside = True
        elif tag == "dimension":
            self.rows.first = _column(of.get("ref", "")) or 1
        elif tag == "col" and opc.is_on(of.get("hidden", "0")):
            self.rows.hidden.update(range(_number(of.get("min")), _number(of.get("max")) + 1))

    def _close(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._inside = False
        elif tag == "f":
            self._in_formula = False
        elif tag == "c":
            self._put()
        elif tag == "row":
            self.rows.end_row()

    def _put(self) -> None:
        self._column = _column(self._cell.get("r", "")) or self._column + 1
        raw = "".join(self._words).strip()
        value = "" if self._formula and self.uncounted and raw == "0" else self._value(raw)
        if not value and self._formula:  # written by a program that does not calculate
            value = f"={''.join(self._formula).strip()[:LONGEST_FORMULA]}"
        reason = self.unseen.get(self._cell.get("s", "0"), "")
        self.rows.put(self._column, value, reason, self.addresses.get(self._cell.get("r", ""), ""))

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
