"""Files of LibreOffice: what is read of texts, sheets and slides, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from office import opendocument, packed

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.readers import format_of, odp, ods, odt
from ingest.text.chunker import chunk

STYLES = (
    '<style:style style:name="Gone"><style:text-properties style:text-line-through-style="solid"/>'
    '</style:style><style:style style:name="Secret" style:parent-style-name="Base"/>'
    '<style:style style:name="Base"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Up"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><style:style style:name="Off">'
    '<style:table-properties table:display="false"/></style:style><style:style style:name="Out">'
    '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    '<style:style style:name="Preformatted_20_Text"/>'
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1"'
    ' style:num-format="a"/></text:list-style>'
    '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1"'
    ' style:num-suffix="."/></text:outline-style>'
)


def file(body: str, *, more: Mapping[str, str] = {}, around: str = "") -> bytes:
    return opendocument(body, styles=STYLES, more=more, around=around)


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def span(text: str, style: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def lines(document: Document) -> list[str]:
    return [line for line in document.text.split("\n") if line]


def test_a_text_is_read_as_it_is_seen() -> None:
    item = "<text:list-item>{}</text:list-item>"
    listed = '<text:list text:style-name="L" text:continue-numbering="{}">{}</text:list>'
    body = (
        "<office:text><text:tracked-changes>" + p("Deleted") + "</text:tracked-changes>"
        "<text:table-of-content>"
        + p("Weir 1")
        + "</text:table-of-content>"
        + p("The weir", "Title")
        + '<text:h text:outline-level="1">Gate</text:h>'
        + p(
            f"Open{span(' never', 'Gone')}{span(' KEY', 'Secret')}"
            f'<text:s text:c="2"/>10{span("6", "Up")}'
            "<text:note><text:note-citation>*</text:note-citation><text:note-body>"
            f"{p('Since May.')}</text:note-body></text:note> at "
            '<text:a xlink:href="https://example.org">the page</text:a>'
            "<office:annotation><dc:creator>Bo</dc:creator><dc:date>2026</dc:date>"
            f"{p('Is it?')}</office:annotation>."
        )
        + p("Hidden", "Secret")
        + listed.format("false", item.format(p("Ann")) + item.format(p("Bo")))
        + listed.format("true", item.format(p("Cy")))
        + p("if open:", "Preformatted_20_Text")
        + p('<text:s text:c="4"/>close()', "Preformatted_20_Text")
        + p("<draw:frame><draw:image/><svg:desc>The open gate</svg:desc></draw:frame>")
        + p('<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>')
        + "</office:text>"
    )
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>v</mi><mo>=</mo>'
        '<mn>2</mn></mrow><annotation encoding="StarMath 5.0">v = 2</annotation></semantics></math>'
    )
    numbered = "Office of weirs <text:page-number>3</text:page-number>"
    header = f"<style:header>{p(numbered)}</style:header>"
    read = odt.read(file(body, more={"Object 1/content.xml": math}, around=header), "a.odt")
    assert read.title == "The weir"
    assert lines(read) == [
        "Header: Office of weirs",
        "# The weir",
        "# 1. Gate",
        "Open 10^6[1] at the page (https://example.org).",
        "a. Ann",
        "b. Bo",
        "c. Cy",
        "```",
        "if open:",
        "    close()",
        "```",
        "[image: The open gate]",
        "v=2",
        "[1] Since May.",
        "Comment by Bo: Is it?",
    ]


def test_sheets_have_dates_with_the_year_first_and_say_what_is_hidden() -> None:
    def cell(text: str, of: str = "") -> str:
        return f"<table:table-cell {of}>{p(text) if text else ''}</table:table-cell>"

    def row(*cells: str, of: str = "") -> str:
        return f"<table:table-row {of}>{''.join(cells)}</table:table-row>"

    day = 'office:value-type="date" office:date-value="2026-03-04T00:00:00"'
    many = 'table:number-columns-repeated="16000"'
    rows = [
        row(cell("boat"), cell("day"), cell("fee"), cell("", many)),
        row(cell("Heron"), cell("04.03.26", day), cell("14,00 €"), cell("", many)),
        row(
            cell("Kite"),
            cell(""),
            cell("", 'office:value="9"'),
            of='table:number-rows-repeated="2"',
        ),
        row(cell("Rook"), of='table:visibility="filter"'),
        row(cell(""), of='table:number-rows-repeated="1048000"'),
    ]
    sheets = f'<table:table table:name="Fees">{"".join(rows)}</table:table>'
    sheets += f'<table:table table:name="Old" table:style-name="Off">{row(cell("x"))}</table:table>'
    read = ods.read(file(f"<office:spreadsheet>{sheets}</office:spreadsheet>"), "fees.ods")
    assert lines(read) == [
        "# Fees",
        "boat | day | fee",
        "Heron | 2026-03-04 | 14,00 €",
        "Kite |  | 9",
        "Kite |  | 9",
    ]
    assert read.left_out == ("1 hidden sheet", "1 cell in hidden rows or columns")
    [(start, body, _)] = read.tables
    assert read.text[start:body] == "boat | day | fee\n"


def test_text_that_has_the_colour_of_the_paper_is_not_read() -> None:
    look = '<style:style style:name="{}"><style:{}-properties {}/></style:style>'
    styles = (
        look.format("White", "text", 'fo:color="#ffffff"')
        + look.format("Tiny", "text", 'fo:font-size="1pt"')
        + look.format("Dark", "table-cell", 'fo:background-color="#333333"')
        + look.format("Blue", "text", 'fo:color="#0000ff"')
    )
    cell = f'<table:table-cell table:style-name="Dark">{p("Boat", "White")}</table:table-cell>'
    body = (
        p("IGNORE", "White")
        + p(f"Open{span(' ALL', 'Tiny')}{span(' now', 'Blue')}")
        + f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    )
    read = odt.read(opendocument(f"<office:text>{body}</office:text>", styles=styles), "a.odt")
    assert lines(read) == ["Open now", "Boat"]
    paper = '<style:page-layout-properties fo:background-color="#000000"/>'
    dark = opendocument(f"<office:text>{body}</office:text>", styles=styles, around=paper)
    assert lines(odt.read(dark, "a.odt"))[0] == "IGNORE"


def test_slides_are_counted_and_hidden_ones_are_not_read() -> None:
    def slide(*frames: str, style: str = "") -> str:
        return f'<draw:page draw:style-name="{style}">{"".join(frames)}</draw:page>'

    def frame(text: str, kind: str = "") -> str:
        box = f"<draw:text-box>{p(text)}</draw:text-box>"
        return f'<draw:frame presentation:class="{kind}">{box}</draw:frame>'

    notes = f"<presentation:notes>{frame('Say it slowly.', 'notes')}</presentation:notes>"
    slides = (
        slide(frame("Tides"), frame("The sea", "title"), frame("7", "page-number"), notes)
        + slide(frame("Secret"), style="Out")
        + slide(frame("Ebb"))
    )
    read = odp.read(file(f"<office:presentation>{slides}</office:presentation>"), "a.odp")
    assert lines(read) == ["# The sea", "Tides", "Notes: Say it slowly.", "# Slide 3", "Ebb"]
    assert read.left_out == ("1 hidden slide",)
    pieces = chunk(read, lambda words: len(words) // 4, 254)
    assert [piece.place for piece in pieces] == ["slide 1", "slide 3"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (file("", more={"META-INF/manifest.xml": "<m:encryption-data/>"}), "encrypted: save it"),
        (packed({"mimetype": "x"}), "damaged"),
        (file("<office:text/>"), "without text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises((ReadError, SkippedFile), match=reason):
        odt.read(raw, "a.odt")


def test_cells_that_are_repeated_without_end_are_refused() -> None:
    cell = (
        f'<table:table-cell table:number-columns-repeated="1000">{p("x" * 100)}</table:table-cell>'
    )
    row = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    body = f"<office:spreadsheet><table:table>{row}</table:table></office:spreadsheet>"
    with pytest.raises(SkippedFile, match="million characters"):
        ods.read(file(body), "a.ods")


@pytest.mark.parametrize(("name", "form"), [("a.ODT", "odt"), ("b.ots", "ods"), ("c.odp", "odp")])
def test_opendocument_is_known_by_its_name(name: str, form: str) -> None:
    assert format_of(Path(name)) == form
