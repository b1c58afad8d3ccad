"""Workbooks of Excel up to 2003 (.xls), read by xlrd: the only file that imports it.

The text is that of a newer workbook: a heading for each sheet and a line for each row.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping

import xlrd
from xlrd.book import Book
from xlrd.sheet import Cell, Sheet

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.comments import shown
from ingest.readers.lines import Lines
from ingest.readers.ole import Container, refuse_damage
from ingest.readers.sheets.dates import BUILT_IN, Dates, kind_of
from ingest.readers.sheets.rows import SheetRows
from ingest.readers.sheets.unseen import NOTHING, STRUCK, WHITE
from ingest.readers.xls.records import NO_DRAWINGS, Drawings, Records
from ingest.text.amounts import counted

_PAPER = (255, 255, 255)
_LARGEST_WHOLE = 1e15


def read(container: Container, name: str) -> Document:
    """Return the sheets of a workbook; `name` is its title when it has none."""
    stream = container.read("Workbook") or container.read("Book")
    return read_stream(stream, container.title() or name)


def read_stream(stream: bytes, title: str) -> Document:
    """Return the same of the stream that has the sheets, which Excel 4 and older write alone."""
    records = Records(stream)
    if records.encrypted:
        raise ReadError("encrypted: save it without a password first")
    try:
        return _read(_book(bytes(records.unnamed)), records, title)
    except xlrd.XLRDError as error:
        refuse_damage(error)


def _read(book: Book, records: Records, title: str) -> Document:
    lines, unseen = Lines(), Counter[str]()
    dates = Dates(_kinds(book), since_1904=bool(book.datemode))
    left_out = _unseen_styles(book, on_colours=records.has_rules)
    hidden = charts = 0
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility:
            hidden += 1
            continue
        drawings = records.drawings.get(number, NO_DRAWINGS)
        charts += drawings.charts
        lines.heading(1, sheet.name)
        _write(SheetRows(lines, unseen), sheet, dates, left_out)
        _write_over(lines, sheet, drawings)
        book.unload_sheet(number)
    text = lines.text()
    if not any(line and not line.startswith("# ") for line in text.split("\n")):
        raise SkippedFile("a workbook without text (charts?)", SkipKind.NO_TEXT)
    said = [f"{counted(count, 'cell')} {reason}" for reason, count in unseen.items()]
    said += [counted(hidden, "hidden sheet")] if hidden else []
    said += [counted(charts, "chart")] if charts else []
    return Document(text, "xls", title, tables=tuple(lines.tables), left_out=tuple(said))


def _book(stream: bytes) -> Book:
    return xlrd.open_workbook(
        file_contents=stream,
        logfile=io.StringIO(),  # it would write between the answers of this process
        formatting_info=True,
        on_demand=True,
        ragged_rows=True,
    )


def _write(rows: SheetRows, sheet: Sheet, dates: Dates, left_out: Mapping[int, str]) -> None:
    rows.hidden.update(at + 1 for at, column in sheet.colinfo_map.items() if column.hidden)
    for top, bottom, left, right in sheet.merged_cells:
        rows.merge(left + 1, top + 1, right, bottom)
    filled = [
        [(at, cell) for at, cell in enumerate(sheet.row(number)) if cell.ctype not in _EMPTY]
        for number in range(sheet.nrows)
    ]
    rows.first = min((row[0][0] for row in filled if row), default=0) + 1
    for number, row in enumerate(filled):
        about = sheet.rowinfo_map.get(number)
        rows.begin(number + 1, hidden=bool(about is not None and about.hidden))
        for at, cell in row:
            link = sheet.hyperlink_map.get((number, at))
            address = (link.url_or_path or "") if link is not None else ""
            if isinstance(address, bytes):
                address = address.decode("latin-1")
            rows.put(at + 1, _value(cell, dates), left_out.get(cell.xf_index or 0, ""), address)
        rows.end_row()
    rows.end()


def _write_over(lines: Lines, sheet: Sheet, drawings: Drawings) -> None:
    """Write the text boxes and the comments of a sheet."""
    for text in drawings.texts:
        lines.paragraph(text)
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        text, author = (" ".join((words or "").split()) for words in (note.text, note.author))
        if text:
            lines.paragraph(shown(f"{xlrd.colname(column)}{row + 1}", author, text))


_EMPTY = frozenset((xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK))


def _value(cell: Cell, dates: Dates) -> str:
    """Return what a cell shows."""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if isinstance(cell.value, float):
        whole = cell.value.is_integer() and abs(cell.value) < _LARGEST_WHOLE
        return dates.shown(str(int(cell.value)) if whole else repr(cell.value), str(cell.xf_index))
    return " ".join(str(cell.value).split())


def _formats(book: Book) -> dict[int, tuple[int, str]]:
    """Return the numbers and the codes of the formats of cells, by the numbers of their styles."""
    found = {}
    for number, style in enumerate(book.xf_list):
        known = book.format_map.get(style.format_key)
        found[number] = (style.format_key, (known.format_str or "") if known is not None else "")
    return found


def _kinds(book: Book) -> dict[str, str]:
    """Return what the styles of cells show; see `xlsx_dates`."""
    found = {}
    for number, (key, code) in _formats(book).items():
        kind = kind_of(code) or BUILT_IN.get(str(key))
        if kind:
            found[str(number)] = kind
    return found


def _unseen_styles(book: Book, *, on_colours: bool) -> dict[int, str]:
    """Return the numbers of the styles whose text does not count, each with the reason. White
    letters count where rules may colour what is behind them (`on_colours`).
    """
    found = {}
    for number, style in enumerate(book.xf_list):
        font = book.font_list[style.font_index] if style.font_index < len(book.font_list) else None
        is_white = font is not None and book.colour_map.get(font.colour_index) == _PAPER
        if font is not None and font.struck_out:
            found[number] = STRUCK
        elif _formats_nothing(book, style.format_key) or (
            is_white and not style.background.fill_pattern and not on_colours
        ):
            found[number] = WHITE
    return found


def _formats_nothing(book: Book, key: int) -> bool:
    known = book.format_map.get(key)
    return known is not None and known.format_str in NOTHING
