"""Tables in a text: where the header row and the other rows are. Pure.

A piece of a long table says little without the names of its columns, so each gets the header row
with it, and a table is cut between rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

_DELIMITERS = ",;\t|"
_SEPARATOR = " | "
_SIGN = re.compile(r"(?:^|(?<=[ \t]))\|(?=[ \t]|$)")
"""The sign between cells; two empty ones may have a single space between them."""
_LOOKED_AT = 50
"""Rows of a CSV file from which its columns are known."""
_MOST_PARTS = 100
_SAYS = re.compile(r"sep=([,;\t|])\n")
"""What Excel takes for the sign between cells."""
_MOST_ABOVE = 10
"""Lines of a CSV file that may be above its table."""
_RULE = re.compile(
    r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE
)
_NUMBER = re.compile(r"[-+−(]?[$€£¥]?\s*\d[\d.,:/ '\u00a0\u2009-]*\s*(?:%|€|[A-Z]{3})?\)?")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/.](?:0[1-9]|1[0-2])(?:[-/.]\d\d)?)?")
"""A year, a month or a day, the year first."""
_GRID_RULE = re.compile(r"^[ \t]*\+(?:[-=:]+\+)+[ \t]*$", re.MULTILINE)
_ALIGNED_RULE = re.compile(r"^[ \t]*[-=]{2,}(?:[ \t]+[-=]{2,})+[ \t]*$", re.MULTILINE)
"""The lines of tables as Pandoc and reStructuredText have them beside those with bars."""
_ROW_END = re.compile(r'["\n]')
LONGEST_NAME = 80
"""Characters of a column's name; a longer cell is a text."""
LONGEST_QUESTION = 400
"""Characters of a question that names a column, as programs for forms write them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Characters [start, body) are the header rows, [body, end) the other rows, which begin at
    `rows`. `names` are those of the columns, where they are not on lines as in a table.
    """

    start: int
    body: int
    end: int
    rows: tuple[int, ...]
    names: str = ""

    def header(self, text: str) -> str:
        """Return the header as one row; of a Markdown table without the rule below it."""
        if self.names:
            return self.names
        rows = text[self.start : self.body].strip("\n").split("\n")
        rules = (_RULE, _GRID_RULE, _ALIGNED_RULE)
        return _merged([row.rstrip() for row in rows if not any(rule.match(row) for rule in rules)])


def _merged(rows: Sequence[str]) -> str:
    """Return several header rows as one: the names of each column, those above first.

    An empty cell above a name is part of the cell at its left, which spans both.
    """
    if len(rows) < 2 or _SEPARATOR not in rows[-1]:
        return rows[0] if rows else ""
    names = _SIGN.split(rows[-1])
    for row in reversed(rows[:-1]):
        above = _SIGN.split(row)
        for column in range(1, len(names)):
            above += [""] * (column + 1 - len(above))
            if not above[column].strip() and names[column].strip():
                above[column] = above[column - 1]
        names = [
            name if over.strip() == name.strip() else f"{over.strip()} {name.strip()}".strip()
            for over, name in zip(above, names, strict=False)
        ]
    return _SEPARATOR.join(name.strip() for name in names).strip()


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a row names columns: at least two, no number but years in order, no long text,
    hardly an empty cell.
    """
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < 2 or 2 * len(filled) < len(cells):
        return False
    years = [cell.strip() for cell in filled if _YEAR.fullmatch(cell.strip())]
    if 1 < len(years) < len(filled) and years in (sorted(set(years)), sorted(set(years))[::-1]):
        filled = [cell for cell in filled if cell.strip() not in years]
    return not any(len(cell) > LONGEST_NAME or _NUMBER.fullmatch(cell.strip()) for cell in filled)


def asks(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row of long names is that of a form, whose questions are the names of the
    columns: none is empty or a number, and in one of the columns all below are numbers or times.
    """
    filled = {cell.strip() for cell in row}
    rows = [other for other in below if other]
    if len(row) < 2 or len(filled) < len(row) or "" in filled or len(rows) < 2:
        return False
    if any(len(cell) > LONGEST_QUESTION or cell[:1].isdigit() for cell in filled):
        return False
    return any(
        all(len(other) > column and other[column].strip()[:1].isdigit() for other in rows)
        for column in range(len(row))
    )


def table_of(text: str, start: int, body: int, end: int) -> Table:
    """Return the table at these offsets, a row on each line."""
    rows = [body, *(at + 1 for at in _newlines(text, body, end) if at + 1 < end)]
    return Table(start, body, end, tuple(rows) if body < end else ())


def markdown_tables(text: str) -> Iterator[Table]:
    """Yield the tables of a Markdown text: a line with columns above a rule of dashes.

    https://github.github.com/gfm/#tables-extension-
    """
    done = 0
    for found in _RULE.finditer(text):
        header_end = found.start() - 1
        header = text.rfind("\n", 0, max(header_end, 0)) + 1
        columns = text[header : max(header_end, 0)].count("|")
        if header < done or "|" not in found[0] or not columns:
            continue
        body = end = min(found.end() + 1, len(text))
        while end < len(text):
            line_end = text.find("\n", end)
            line_end = len(text) if line_end < 0 else line_end
            if "|" not in text[end:line_end]:
                break
            end = min(line_end + 1, len(text))
        done = end
        yield table_of(text, header, body, end)


def aligned_tables(text: str) -> Iterator[Table]:
    """Yield the tables of a text that are drawn: cells in boxes (`+---+`), or in columns above a
    line of dashes or equals signs with gaps (`----  ---`).

    https://pandoc.org/MANUAL.html#tables
    """
    yield from _grids(text)
    for found in _ALIGNED_RULE.finditer(text):
        above = text.rfind("\n", 0, max(found.start() - 1, 0)) + 1
        header, body = text[above : found.start()].strip(), found.end() + 1
        end = text.find("\n\n", body)
        end = len(text) if end < 0 else end + 1
        below = text[body : text.find("\n", body) + 1 or len(text)].strip()
        if header and below and not _ALIGNED_RULE.match(header):
            closing = _ALIGNED_RULE.search(text, body, end)
            yield table_of(text, above, body, closing.start() if closing else end)


def _grids(text: str) -> Iterator[Table]:
    rules = list(_GRID_RULE.finditer(text))
    for top, below in pairwise(rules):
        if "=" not in below[0] or "\n\n" in text[top.end() : below.start()]:
            continue
        start, body = top.end() + 1, below.end() + 1
        end = text.find("\n\n", body)
        end = len(text) if end < 0 else end + 1
        rows = [rule.end() + 1 for rule in rules if body < rule.end() < end - 1]
        yield Table(start, body, end, (body, *rows) if body < end else ())


def csv_tables(text: str) -> Iterator[Table]:
    """Yield the tables of a CSV file: one, or several with an empty line between them, each with
    names of its own. Reports have a few lines above: a title, a date, blank lines.
    """
    delimiter = _delimiter(text)
    parts = _csv_parts(text)
    found: list[tuple[Table, int]] = []  # each with its number of columns
    for start, end in parts:
        part = _csv_table(text, start, end, delimiter)
        if part is not None and (not found or part[1] != found[-1][1]):
            found.append(part)
        elif found:  # a list goes on
            before, columns = found[-1]
            rows = tuple(row for row in _csv_rows(text, start, end) if text[row : row + 1] != "\n")
            found[-1] = replace(before, end=end, rows=(*before.rows, *rows)), columns
    yield from (table for table, _ in found)


def _csv_parts(text: str) -> list[tuple[int, int]]:
    """Return the parts between empty lines; all of it where there are very many."""
    if "\n\n" not in text:
        return [(0, len(text))]
    starts = [0]
    rows = [*_csv_rows(text, 0, len(text)), len(text)]
    for row, after in pairwise(rows):
        if text[row:after] == "\n":
            starts.append(after)
    if len(starts) > _MOST_PARTS:
        return [(0, len(text))]
    return [
        (start, end) for start, end in pairwise([*starts, len(text)]) if text[start:end].strip()
    ]


def _csv_table(text: str, start: int, end: int, delimiter: str) -> tuple[Table, int] | None:
    """Return the table in a part, if its first full row names columns, and how many they are."""
    starts = [*islice(_csv_rows(text, start, end), _LOOKED_AT + 1)]
    starts += [end] if len(starts) <= _LOOKED_AT else []
    rows = [_cells(text[row:after], delimiter) for row, after in pairwise(starts)]
    widths = [len(row) for row in rows if len(row) > 1]
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    full = (n for n, row in enumerate(rows[:_MOST_ABOVE]) if len(row) == usual)
    first = next((n for n in full if sum(map(bool, rows[n])) > 1), None)
    if first is None or not (is_header(rows[first]) or asks(rows[first], rows[first + 1 :])):
        return None
    body = starts[first + 1]
    below = (row for row in _csv_rows(text, start, end) if row >= body)
    return Table(starts[first], body, end, tuple(below) if body < end else ()), usual


def _cells(row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(row.rstrip("\n").splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(text: str) -> str:
    if said := _SAYS.match(text):
        return said[1]
    lines = [line for line in islice(text.split("\n", _LOOKED_AT + 1), _LOOKED_AT) if line.strip()]
    most, best = (0, 0), ","
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        alike = counts.count(usual) * bool(usual), usual  # numbers have commas, too
        if alike > most:
            most, best = alike, delimiter
    return best


def _csv_rows(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where the rows of a part begin: at lines that do not begin within quotes."""
    yield start
    quoted = False
    for found in _ROW_END.finditer(text, start, end):
        if found[0] == '"':
            quoted = not quoted
        elif not quoted and found.end() < end:
            yield found.end()


def _newlines(text: str, start: int, end: int) -> Iterator[int]:
    at = text.find("\n", start, end)
    while at >= 0:
        yield at
        at = text.find("\n", at + 1, end)
