"""What office files keep apart from the text: drawings, charts, cells that reach over others."""

from __future__ import annotations

from itertools import pairwise

import pytest
from new_formats import A, letter, notebook, shape, slides
from office import docx, packed, paragraph, relations, xlsx

from ingest.document import Document
from ingest.errors import ReadError
from ingest.readers import docx as word
from ingest.readers import ipynb, mail, pptx
from ingest.readers import xlsx as workbooks
from ingest.readers.tables import header_of
from ingest.text.front_matter import front_matter
from ingest.text.tables import csv_tables, is_header, table_of

DIAGRAM = (
    f'<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" {A}>'
    '<dgm:ptLst><dgm:pt type="doc"/><dgm:pt><dgm:t><a:p><a:r><a:t>Moor at</a:t></a:r></a:p>'
    "<a:p><a:r><a:t>slack water</a:t></a:r></a:p></dgm:t></dgm:pt>"
    '<dgm:pt type="pres"><dgm:t><a:p><a:r><a:t>Layout</a:t></a:r></a:p></dgm:t></dgm:pt>'
    "</dgm:ptLst></dgm:dataModel>"
)


def points(*values: object) -> str:
    return "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))


CHART = (
    f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {A}>'
    "<c:chart><c:title><a:p><a:r><a:t>Landings</a:t></a:r></a:p></c:title><c:ser>"
    f"<c:tx><c:strRef><c:f>S!B1</c:f><c:strCache>{points('tonnes')}</c:strCache></c:strRef></c:tx>"
    f"<c:cat><c:strRef><c:strCache>{points('May', 'June')}</c:strCache></c:strRef></c:cat>"
    f"<c:val><c:numRef><c:numCache>{points(41, 57.5)}</c:numCache></c:numRef></c:val></c:ser>"
    "</c:chart></c:chartSpace>"
)
DRAWN = {"d.xml": DIAGRAM, "c.xml": CHART}
SAID = ["- Moor at slack water", "", "Chart: Landings", "", "| tonnes", "May | 41", "June | 57.5"]


def test_diagrams_and_charts_of_a_word_document_are_read() -> None:
    named = relations(styles="styles.xml", diagramData="d.xml", chart="c.xml")
    parts = {f"word/{name}": part for name, part in DRAWN.items()}
    raw = docx(paragraph("The plan"), more=parts | {"word/_rels/document.xml.rels": named})
    read = word.read(raw, "a.docx")
    assert read.text.split("\n") == ["The plan", "", *SAID]
    ((start, body, end),) = read.tables
    assert read.text[start:body].strip() == "| tonnes"
    assert read.text[body:end].startswith("May")


def test_diagrams_and_charts_are_part_of_their_slide() -> None:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(slides(shape("Plan", "title"), shape("End", "title")))) as old:
        members = {name: old.read(name) for name in old.namelist()}
    named = relations(diagramData="d.xml", chart="c.xml").encode()
    members["ppt/slides/_rels/slide1.xml.rels"] = named
    members |= {f"ppt/slides/{name}": part.encode() for name, part in DRAWN.items()}
    read = pptx.read(packed(members), "a.pptx")
    assert read.text.split("\n") == ["# Plan", "", *SAID, "", "# End"]


def cells(*values: tuple[str, str]) -> str:
    found = "".join(f'<c r="{at}" t="inlineStr"><is><t>{said}</t></is></c>' for at, said in values)
    return f'<row r="{values[0][0][1:]}">{found}</row>'


def sheet(merged: str, *rows: str) -> Document:
    each = "".join(f'<mergeCell ref="{area}"/>' for area in merged.split())
    raw = xlsx(f"<sheetData>{''.join(rows)}</sheetData><mergeCells>{each}</mergeCells>")
    return workbooks.read(raw, "a.xlsx")


def test_a_merged_cell_is_the_value_of_each_row_it_reaches_over() -> None:
    read = sheet(
        "A2:A3",
        cells(("A1", "Quay"), ("B1", "Berth")),
        cells(("A2", "North"), ("B2", "one")),
        cells(("B3", "two")),
        cells(("B4", "three")),
    )
    lines = read.text.split("\n")
    assert lines[2:] == ["Quay | Berth", "North | one", "North | two", "| three"]


def test_two_rows_of_names_are_the_header_where_the_first_spans_columns() -> None:
    read = sheet(
        "A1:A2 B1:C1",
        cells(("A1", "Quay"), ("B1", "Fees")),
        cells(("B2", "2025"), ("C2", "2026")),
        cells(("A3", "North"), ("B3", "40"), ("C3", "44")),
    )
    ((start, body, end),) = read.tables
    assert read.text[start:body].split("\n")[:2] == ["Quay | Fees", "Quay | 2025 | 2026"]
    assert read.text[body:end].strip() == "North | 40 | 44"


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (["Country", "2023", "2024", "2025"], True),
        (["Country", "Code", "2025", "2024"], True),
        (["Ada", "2019", "2019"], False),
        (["1999", "2000"], False),
        (["Ada", "1815"], False),
    ],
)
def test_years_in_order_name_columns(row: list[str], names: bool) -> None:
    assert is_header(row) is names


@pytest.mark.parametrize(
    ("rows", "wide", "header"),
    [
        ([["", "2025", "", "2026"], ["Berth", "Plan", "Paid", "Plan", "Paid"]], [True], range(2)),
        ([["", "2025", "2026"], ["Berth", "Plan", "Paid", "Plan", "Paid"]], [], range(1, 2)),
        (
            [["Fees"], ["", "2025", "", "2026"], ["Berth", *["Due", "Paid"] * 2]],
            [False, True],
            range(1, 3),
        ),
        ([["Berth", "Plan", "Paid"], ["A0", "1", "2"]], [], range(1)),
    ],
)
def test_two_rows_of_names_are_the_header_in_any_document(
    rows: list[list[str]], wide: list[bool], header: range
) -> None:
    values = [[f"A{n}", *map(str, range(n, n + 4))] for n in range(1, 5)]
    assert header_of([*rows, *values], wide=wide) == header


def test_a_table_of_word_has_both_rows_of_names() -> None:
    span = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    rows = [["", "2025", "2026"], ["Berth", *["Plan", "Paid"] * 2], *([["A", *"1234"]] * 4)]
    body = "".join(
        "<w:tr>"
        + "".join(
            f"<w:tc>{span * (len(row) == 3 and n > 0)}{paragraph(cell)}</w:tc>"
            for n, cell in enumerate(row)
        )
        + "</w:tr>"
        for row in rows
    )
    read = word.read(docx(f"<w:tbl>{body}</w:tbl>"), "a.docx")
    start, body_start, _ = read.tables[0]
    assert read.text[start:body_start].strip().split("\n") == [
        "| 2025 | | 2026",
        "Berth | Plan | Paid | Plan | Paid",
    ]


def test_names_above_those_of_columns_are_where_they_stand() -> None:
    rows = ["", "2025", "", "2026"], ["Berth", "Plan", "Paid", "Plan", "Paid"], ["A1", *"1234"]
    text = "\n".join(" ".join(" | ".join(row).split()) for row in rows)
    body = text.rindex("\n") + 1
    assert table_of(text, 0, body, len(text)).header(text) == (
        "Berth | 2025 Plan | 2025 Paid | 2026 Plan | 2026 Paid"
    )


def test_a_csv_file_with_years_in_its_header_has_one() -> None:
    (table,) = csv_tables("Port;2024;2025\nOban;14,5;15\nMallaig;9;11,2\n")
    assert table.header("Port;2024;2025\nOban;14,5;15\n") == "Port;2024;2025"


def test_of_a_bar_of_progress_the_end_is_kept() -> None:
    shown = "".join(f"\r{n}%|{'#' * n}" for n in range(0, 101, 10)) + "\ndone in 4 s\n"
    output = {"output_type": "stream", "name": "stderr", "text": shown}
    raw = notebook({"cell_type": "code", "source": "fit()", "outputs": [output]})
    text = ipynb.read(raw, "a.ipynb").text
    assert "90%" not in text
    assert "100%" in text
    assert "done in 4 s" in text


def test_a_line_that_begins_with_from_does_not_end_a_message() -> None:
    letters = [
        letter("Tides", "We sail soon.\n\nFrom Oban it takes until 10:30 to get there.\n"),
        letter("Again", "Yes.", day=4),
    ]
    raw = b"".join(
        b"From ada@example.org Tue Mar  3 09:30:00 2026\n" + message.as_bytes() + b"\n\n"
        for message in letters
    )
    read = mail.read(raw, "a.mbox")
    assert len(read.places) == 2
    assert "From Oban it takes until 10:30" in read.text
    assert all(a < b for (a, _), (b, _) in pairwise(read.places))


def test_a_first_line_of_another_form_begins_a_message_too() -> None:
    raw = b"From ada\n" + letter("Tides", "We sail soon.").as_bytes()
    assert "We sail soon." in mail.read(raw, "a.mbox").text
    with pytest.raises(ReadError):
        mail.read(b"From ada", "a.mbox")


def test_a_date_that_is_none_costs_itself() -> None:
    raw = letter("Tides", "We sail soon.").as_bytes().replace(b"09:30", b"9" * 30 + b":30")
    read = mail.read(raw, "a.eml")
    assert "We sail soon." in read.text
    assert read.places == ((0, "message without a date"),)


@pytest.mark.parametrize("first", ["# made by a tool\n", "\n", '"title": Tide\n'])
def test_front_matter_may_begin_with_a_comment(first: str) -> None:
    found = front_matter(f"---\n{first}tags: [quay, ebb]\n---\nWords\n")
    assert found.properties.tags == ("quay", "ebb")
