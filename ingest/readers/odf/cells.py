"""The tables of an OpenDocument file as those of a web page. Repeated cells are written out.

OpenDocument 1.3, part 3, 9 (tables) and 19.6 (their attributes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from ingest.readers.lines import MAX_CHARACTERS, too_long
from ingest.readers.numerals import list_number

MOST_REPEATED = 1_000
"""Equal rows or cells that are written out: programs repeat empty ones to the end of a sheet."""
WIDEST_GAP = 20
"""Empty cells in a row that are kept, so that columns stay apart."""
LONGEST_FORMULA = 200
_HIDDEN = frozenset(("collapse", "filter"))


@dataclass(slots=True)
class Rows:
    """The rows of a table as they come; `hidden` counts the cells with text that are not shown."""

    hidden: int = 0
    _parts: list[str] = field(default_factory=list)
    _columns: list[bool] = field(default_factory=list)  # whether each is hidden
    _row: list[str] = field(default_factory=list)
    _gap: int = 0
    _column: int = 0
    _repeated: int = 1
    _is_head: bool = False
    _is_hidden: bool = False
    _length: int = 0
    _number: int = 0

    def reference(self) -> str:
        """Return the name of the cell that is open: "B4"."""
        return f"{list_number(self._column + 1, 'A')}{self._number}"

    def column(self, of: Mapping[str, str]) -> None:
        """Note a column, or several of one kind."""
        room = max(0, MOST_REPEATED - len(self._columns))
        is_hidden = of.get("visibility") in _HIDDEN
        self._columns += [is_hidden] * min(_count(of, "number-columns-repeated"), room)

    def begin_head(self, is_head: bool) -> None:
        """Note that header rows begin, or end."""
        self._is_head = is_head

    def begin_row(self, of: Mapping[str, str]) -> None:
        """Begin a row."""
        self._row, self._gap, self._column = [], 0, 0
        self._number += self._repeated if self._number else 1
        self._repeated = _count(of, "number-rows-repeated")
        self._is_hidden = of.get("visibility") in _HIDDEN

    def cell(self, of: Mapping[str, str], shown: str | None, look: str = "") -> None:
        """Add a cell with what is shown in it, as HTML; None if the file does not say that. `look`
        is the attribute for its colours.
        """
        first, self._column = self._column, self._column + _count(of, "number-columns-repeated")
        columns = self._columns[first : self._column]
        count = self._column - first - sum(columns)
        value = _value(of, shown)
        if not value:
            self._gap += count
        elif self._is_hidden or not count:
            self.hidden += 1
        else:
            tag = "th" if self._is_head else "td"
            self._row += [f"<{tag}></{tag}>"] * min(self._gap, WIDEST_GAP)
            cell = f"<{tag}{_spans(of)}{look}>{value}</{tag}>"
            self._row += [cell] * count
            self._gap = 0

    def end_row(self) -> None:
        """End a row; an empty one ends the table, and another may begin."""
        if not self._row:
            self._parts.append("" if self._is_hidden else "</table><table>")
            return
        row = f"<tr>{''.join(self._row)}</tr>"
        self._length += len(row) * self._repeated
        if self._length > MAX_CHARACTERS:
            raise too_long()
        self._parts += [row] * self._repeated

    def html(self) -> str:
        """Return the table, or several."""
        return f"<table>{''.join(self._parts)}</table>"


def _value(of: Mapping[str, str], shown: str | None) -> str:
    """Return what a cell holds: a date with its year first, other values as they are shown."""
    if shown == "":  # by its format
        return ""
    if day := of.get("date-value"):
        day, _, clock = day.partition("T")
        clock = clock.partition(".")[0].removesuffix(":00")
        return escape(f"{day} {clock}" if clock and clock != "00:00" else day)
    if shown is not None:
        return shown
    names = ("string-value", "value", "boolean-value", "time-value")
    value = next((of[name] for name in names if of.get(name)), "")
    formula = of.get("formula", "").partition(":")[2][:LONGEST_FORMULA]
    return escape(value or formula)


def _spans(of: Mapping[str, str]) -> str:
    names = {"colspan": "number-columns-spanned", "rowspan": "number-rows-spanned"}
    return "".join(f' {name}="{_count(of, of_)}"' for name, of_ in names.items() if of_ in of)


def _count(of: Mapping[str, str], name: str) -> int:
    text = of.get(name, "1")
    return min(max(int(text[:9]), 1), MOST_REPEATED) if text.isdecimal() else 1
