"""Tables as texts draw them: their header rows and where their rows begin."""

from __future__ import annotations

import pytest

from ingest.document import Format
from ingest.text.outline import outline
from ingest.text.source_tables import is_delimited, source_tables
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


ASCIIDOC = "[%autowidth]\n|===\n|Boat |Due (EUR)\n\n|Heron\n|40\n|Kite |35\n|===\n"
COUNTED = '[options="header",cols="2*"]\n|===\n|Boat\n|Due (EUR)\n|Heron|40\n|Kite|35\n|===\n'
LISTED = (
    ".. list-table:: Dues\n   :header-rows: 1\n\n   * - Boat\n     - Due\n       (EUR)\n"
    "   * - Heron\n     - 40\n   * - Kite\n     - 35\n"
)
COMMAS = '.. csv-table::\n   :header: Boat, "Due (EUR)"\n\n   Heron, 40\n   Kite, 35\n'
LATEX = (
    "\\begin{longtable}[c]{@{}l p{2cm}@{}}\n\\toprule\n\\textbf{Boat} & Due (EUR) \\\\[2pt]\n"
    "\\midrule % all of 2026\nHeron & 40 \\\\\nKite & 35 \\\\\n\\end{longtable}\n"
)
WIKI = (
    '{| class="wikitable"\n|-\n! Boat\n! style="x" | Due (EUR)\n'
    "|-\n| Heron || 40\n|-\n| Kite || 35\n|}\n"
)
JIRA = "||Boat||Due (EUR)||\n|Heron|40|\n|Kite|35|\n"
TEXTILE = "|_. Boat|_. Due (EUR)|\n|Heron|40|\n|Kite|35|\n"


@pytest.mark.parametrize(
    ("table", "form"),
    [
        (ASCIIDOC, "asciidoc"),
        (COUNTED, "asciidoc"),
        (LISTED, "rst"),
        (COMMAS, "rst"),
        *((table, "text") for table in (LATEX, WIKI, JIRA, TEXTILE)),
    ],
)
def test_tables_in_the_source_of_a_page_name_their_columns(table: str, form: Format) -> None:
    text = f"Dues of the harbour.\n\n{table}\nAfter the table, 7 | 8.\n"
    plan = outline(text, form)
    kite = text.index("Kite")
    assert plan.header(text, kite) == "Boat | Due (EUR)"
    assert plan.header(text, text.index("After")) == ""
    (_, second) = plan.tables[0].rows[:2]
    assert text.index("40") < second <= kite


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("|===\n|Heron |40\n|Kite |35\n|===\n", "asciidoc"),
        (".. list-table:: Dues\n\n   * - Heron\n     - 40\n   * - Kite\n     - 35\n", "rst"),
        ("\\begin{tabular}{ll}\nHeron & 40 \\\\\nKite & 35 \\\\\n\\end{tabular}\n", "text"),
        ("\\begin{tabular}" * 50_000, "text"),  # seconds, if each looked for its end
        ("\n{|\n" * 50_000, "text"),
        ("a || b\nc || d\n", "text"),
    ],
)
def test_a_table_that_names_no_columns_has_no_header(text: str, form: Format) -> None:
    assert not list(source_tables(text, form))


def test_a_text_of_rows_alone_is_a_table() -> None:
    assert is_delimited("Boat\tDue\n" + "Heron\t40\n" * 30)
    assert not is_delimited("Boat\tDue\n" + "Heron\t40\n" * 10 + "They are due.\n" + "a\tb\n" * 20)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("sep=;\nBoat;Fee\nHeron;3,20\nKite;4,90\n", ["Boat;Fee"]),
        ("Boat;Fee;Due\nHeron;3,20;1\nKite;4,90;2\n", ["Boat;Fee;Due"]),
        ("# Report\n# May\n# ----\n# all\nBoat,Fee\nHeron,40\n", ["Boat,Fee"]),
        ("Boat,Fee,Due\nHeron,40,1\n\nSkipper,Hours\nAda,31\n", ["Boat,Fee,Due", "Skipper,Hours"]),
        ("Boat,Fee\nHeron,40\n\nKite,35\n\nSwan,55\n", ["Boat,Fee"]),
        ('Boat,Note\nHeron,"a\n\nb,c"\nKite,d\n', ["Boat,Note"]),
    ],
)
def test_tables_of_a_csv_file_have_names_of_their_own(text: str, headers: list[str]) -> None:
    tables = list(csv_tables(text))
    assert [table.header(text) for table in tables] == headers
    assert all(text[row - 1] == "\n" for table in tables for row in table.rows)
