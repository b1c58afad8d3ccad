"""Tables as texts draw them: their header rows and where their rows begin."""

from __future__ import annotations

import pytest

from ingest.document import Format
from ingest.text.outline import outline
from ingest.text.tables import csv_tables

BOXES = """\
+-------+-----+
| Boat  | Due |
+=======+=====+
| Heron | 40  |
+-------+-----+
| Kite  | 35  |
+-------+-----+
"""
COLUMNS = "Boat     Due\n-------  ---\nHeron    40\nKite     35\n"
FRAMED = "=====  ===\nBoat   Due\n=====  ===\nHeron  40\nKite   35\n=====  ===\n"
LINED = (
    "--------------\n Boat     Due\n-------  -----\n Heron    40\n Kite     35\n--------------\n"
)


@pytest.mark.parametrize("form", ["markdown", "rst"])
@pytest.mark.parametrize("table", [BOXES, COLUMNS, FRAMED, LINED])
def test_drawn_tables_have_a_header_and_rows(table: str, form: Format) -> None:
    text = f"Dues of the harbour.\n\n{table}\nAfter the table.\n"
    (found,) = outline(text, form).tables
    assert found.header(text).split() in (["Boat", "Due"], ["|", "Boat", "|", "Due", "|"])
    rows = [text[start:].split()[:2] for start in found.rows[:2]]
    assert [next(word for word in row if word != "|") for row in rows] == ["Heron", "Kite"]
    assert "After" not in text[found.start : found.end]


@pytest.mark.parametrize(
    "text", ["Title\n=====\n\nText.\n", "One --- two -- three.\n", "---\n\nText.\n\n--- ---\n\n"]
)
def test_rules_of_headings_and_dashes_in_a_text_are_not_tables(text: str) -> None:
    assert outline(text, "rst").tables == ()


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Region,2026-01,2026-02\nNorth,1,2\nSouth,3,4\n", "Region,2026-01,2026-02"),
        ("From;3\nTo;4\n\nDay;Use;Sum\n3.1.;Rent;9\n4.1.;Pay;8\n", "Day;Use;Sum"),
        ("2026-01-03,2026-01-04,7\n2026-02-03,2026-02-04,8\n", ""),
    ],
)
def test_months_name_columns_and_lines_above_do_not(text: str, header: str) -> None:
    assert next((table.header(text) for table in csv_tables(text)), "") == header
