"""The tables of a Word document: rows as they come, a table within a cell as part of it."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.readers import opc
from ingest.readers.lines import Lines
from ingest.readers.tables import MOST_COLUMNS, header_of

_OF_CELLS = frozenset("gridSpan vMerge tblHeader gridBefore".split())


class Tables:
    """Writes each outermost table to `lines` as it ends."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._open: list[list[list[str]]] = []  # each open row's cells, each cell's paragraphs
        self._rows: list[tuple[list[str], bool]] = []  # of the outermost table
        self._span = 1
        self._heads = False
        self._wide: list[bool] = []  # of each row, whether a cell is over several columns
        self._is_wide = False

    def start(self, tag: str, of: Mapping[str, str]) -> bool:
        """Take in a tag that opens outside of a paragraph; False if it is not of a table."""
        if tag == "tbl":
            if not self._open:
                self._lines.blank()
                self._rows, self._wide = [], []
        elif tag == "tr":
            self._open.append([])
            self._heads = self._is_wide = False
        elif tag == "tc" and self._open:
            self._open[-1].append([])
        elif tag in _OF_CELLS and self._open:
            self._cell(tag, of.get("val", ""), self._open[-1])
        else:
            return False
        return True

    def end(self, tag: str) -> bool:
        """Take in a tag that closes; False if it is not of a table."""
        if tag == "tbl":
            if not self._open:
                self._write()
        elif tag == "tc" and self._open:
            self._open[-1].extend([] for _ in range(self._span - 1))
            self._is_wide |= self._span > 1
            self._span = 1
        elif tag == "tr" and self._open:
            self._end_row([" ".join(" ".join(cell).split()) for cell in self._open.pop()])
        else:
            return False
        return True

    def take(self, text: str) -> bool:
        """Put a paragraph into the open cell; False if there is none."""
        if not self._open or not self._open[-1]:
            return False
        self._open[-1][-1].append(text)
        return True

    def _cell(self, tag: str, value: str, cells: list[list[str]]) -> None:
        if tag == "tblHeader":
            self._heads = opc.is_on(value)
        elif tag == "gridBefore" and value.isdecimal():
            cells.extend([] for _ in range(min(int(value[:3]), MOST_COLUMNS)))
        elif tag == "gridSpan" and value.isdecimal():
            self._span = min(int(value[:3]), MOST_COLUMNS)
        elif tag == "vMerge" and cells and value != "restart" and self._rows:
            above = self._rows[-1][0]
            if len(above) >= len(cells):
                cells[-1].append(above[len(cells) - 1])

    def _end_row(self, cells: list[str]) -> None:
        while cells and not cells[-1]:
            cells.pop()
        if self._open and self._open[-1]:
            self._open[-1][-1].append(" | ".join(cells))
        elif cells:
            self._rows.append((cells, self._heads))
            self._wide.append(self._is_wide)

    def _write(self) -> None:
        rows, self._rows = self._rows, []
        header = header_of([cells for cells, _ in rows], [head for _, head in rows], self._wide)
        self._lines.table([(" | ".join(cells), 0) for cells, _ in rows], header)
