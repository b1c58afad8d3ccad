"""What a reader sees in office files beside plain text: headers, forms, formulas, comments."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from new_formats import A, shape, slides
from office import PACKAGE, RELATIONS, WORD, docx, packed, paragraph, relations, rows, xlsx

from ingest.readers import docx as word
from ingest.readers import pptx
from ingest.readers import xlsx as workbooks

R = f'xmlns:r="{RELATIONS}"'


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(data: str, result: str = "", instruction: str = "") -> str:
    separate = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}' if result else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>{separate}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def part(*paragraphs: str) -> str:
    return f'<w:hdr xmlns:w="{WORD}">{"".join(paragraphs)}</w:hdr>'


def test_headers_and_footers_are_there_once_without_numbers_of_pages() -> None:
    named = {"styles": "styles.xml", "header1": "h1.xml", "header2": "h2.xml", "footer1": "f.xml"}
    paged = f"<w:p>{run('Seite ')}{field('', '2', ' PAGE ')}{run(' von 9')}</w:p>"
    mark = '<w:p><w:r><w:pict><w:textpath string="DRAFT"/></w:pict></w:r></w:p>'
    more = {
        "word/_rels/document.xml.rels": relations(**named),
        "word/h1.xml": part(paragraph("Harbour Trust"), mark),
        "word/h2.xml": part(paragraph("Harbour Trust")),
        "word/f.xml": part(paged, paragraph("IBAN IE29 AIBK")),
    }
    text = word.read(docx(paragraph("The text."), more=more), "a.docx").text
    assert text == "Header: Harbour Trust | DRAFT\n\nFooter: IBAN IE29 AIBK\n\nThe text."


BOX = "<w:checkBox><w:default w:val='0'/>{}</w:checkBox>"
LIST = "<w:ddList>{}<w:listEntry w:val='Small'/><w:listEntry w:val='Large'/></w:ddList>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (field(BOX.format("<w:checked/>")) + run("Member"), "[x] Member"),
        (field(BOX.format("")) + run("Guest"), "[ ] Guest"),
        (run("Size: ") + field(LIST.format("<w:result w:val='1'/>")), "Size: Large"),
        (run("Size: ") + field(LIST.format("")), "Size: Small"),
        (run("Name: ") + field("<w:textInput/>", "Ada", "FORMTEXT"), "Name: Ada"),
        ("<w:drawing><w:docPr descr='A heron on the weir'/></w:drawing>",
         "[image: A heron on the weir]"),
        ("<w:drawing><w:docPr descr='image1.png'/></w:drawing>" + run("x"), "x"),
        ("<w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt><w:rubyBase>" + run("漢")
         + "</w:rubyBase></w:ruby>" + run("字"), "漢字"),
    ],
)  # fmt: skip
def test_fields_and_pictures_are_read_as_they_are_seen(body: str, shown: str) -> None:
    assert word.read(docx(f"<w:p>{body}</w:p>"), "a.docx").text == shown


def math(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def of(tag: str, *parts: str) -> str:
    return f"<w:{tag}>{''.join(parts)}</w:{tag}>"


FORMULAS = [
    (of("rad", of("deg"), of("e", math("b"), of("sSup", of("e", math("c")), of("sup", math("2"))))),
     "√(bc^2)"),
    (of("nary", "<w:naryPr><w:chr w:val='∑'/></w:naryPr>", of("sub", math("i=1")),
        of("sup", math("n")), of("e", math("i"))), "∑_(i=1)^n i"),
    (of("sSup", of("e", of("d", of("e", math("a+b")))), of("sup", math("2"))), "(a+b)^2"),
    (of("d", "<w:dPr><w:begChr w:val='['/><w:endChr w:val='['/></w:dPr>", of("e", math("0")),
        of("e", math("1"))), "[0|1["),
    (of("f", of("num", of("d", of("e", math("a+b")))), of("den", math("c-d"))), "(a+b)/(c-d)"),
    (of("m", of("mr", of("e", math("1")), of("e", math("0"))), of("mr", of("e", math("2")))),
     "[1, 0; 2]"),
    (of("func", of("fName", math("sin")), of("e", math("x"))), "sin x"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "shown"), FORMULAS)
def test_formulas_are_read_on_one_line(formula: str, shown: str) -> None:
    body = f"<w:p><w:oMath>{formula}</w:oMath></w:p>"
    assert word.read(docx(body), "a.docx").text == shown


def test_a_formula_on_a_slide_is_read_as_in_a_document() -> None:
    formula = "<a:oMath><a:f><a:num>{}</a:num><a:den>{}</a:den></a:f></a:oMath>"
    letters = (f"<a:r><a:t>{letter}</a:t></a:r>" for letter in "pq")
    body = f"<p:sp><p:txBody><a:p>{formula.format(*letters)}</a:p></p:txBody></p:sp>"
    assert pptx.read(slides(body), "a.pptx").text == "# Slide 1\n\np/q"


def test_notes_and_comments_are_numbered_each_for_themselves() -> None:
    marks = '<w:r><w:commentReference w:id="4"/><w:footnoteReference w:id="2"/></w:r>'
    assert word.read(docx(f"<w:p>{marks}</w:p>"), "a.docx").text == "[c1][1]"


def test_a_deleted_mark_joins_two_paragraphs() -> None:
    body = paragraph("The weir is ", "<w:rPr><w:del w:id='1'/></w:rPr>") + paragraph("closed.")
    assert word.read(docx(body + paragraph("Go.")), "a.docx").text == "The weir is closed.\n\nGo."


@pytest.mark.parametrize(
    ("form", "text", "number", "shown"),
    [
        ("chineseCounting", "第%1条", 12, "第十二条"),
        ("ordinal", "%1", 3, "3rd"),
        ("ordinal", "%1", 12, "12th"),
        ("decimalEnclosedCircle", "%1", 2, "②"),
        ("russianLower", "%1)", 2, "б)"),
        ("upperLetter", "%1.", 3, "C."),
        ("bullet", "\u2022", 1, "-"),
        ("bullet", " ", 1, ""),
    ],
)
def test_lists_are_numbered_in_many_ways(form: str, text: str, number: int, shown: str) -> None:
    level = (
        f'<w:lvl w:ilvl="0"><w:start w:val="{number}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )
    numbering = (
        f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="7">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    links = relations(styles="styles.xml", numbering="n.xml")
    body = paragraph("Item", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    more = {"word/n.xml": numbering, "word/_rels/document.xml.rels": links}
    assert word.read(docx(body, more=more), "a.docx").text == f"{shown} Item".strip()


PAGE = "<html><body><h2>Fees</h2><p>Nine euros.</body></html>"
MESSAGE = (
    'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\n'
    f"Content-Type: text/html; charset=utf-8\n\n{PAGE}\n--x--\n"
)


@pytest.mark.parametrize(("name", "content"), [("c.htm", PAGE), ("c.mht", MESSAGE)])
def test_web_pages_within_a_document_are_read_where_they_are(name: str, content: str) -> None:
    more = {
        "word/_rels/document.xml.rels": relations(aFChunk=name),
        f"word/{name}": content,
    }
    body = paragraph("Before") + f'<w:altChunk {R} r:id="aFChunk"/>' + paragraph("After")
    text = word.read(docx(body, more=more), "a.docx").text
    assert text == "Before\n\n## Fees\n\nNine euros.\n\nAfter"


def test_a_link_names_its_address_unless_that_is_its_text() -> None:
    links = "".join(
        f'<Relationship Id="L{n}" Type="{RELATIONS}/hyperlink" TargetMode="External"'
        f' Target="https://example.org/{n}"/>'
        for n in (1, 2)
    )
    body = (
        f'<w:p><w:hyperlink {R} r:id="L1">{run("fees")}</w:hyperlink>{run(", ")}'
        f'<w:hyperlink {R} r:id="L2">{run("example.org/2")}</w:hyperlink></w:p>'
    )
    named = {
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
    }
    text = word.read(docx(body, more=named), "a.docx").text
    assert text == "fees (https://example.org/1), example.org/2"


def test_numbers_links_and_struck_out_words_of_slides() -> None:
    def item(text: str, more: str = "", number: str = "arabicParenR") -> str:
        of = f'<a:pPr><a:buAutoNum type="{number}"/></a:pPr>' if number else ""
        return f"<a:p>{of}<a:r><a:rPr {more}/><a:t>{text}</a:t></a:r></a:p>"

    body = item("Oars") + item("Rope") + item("Note", number="") + item("Bell", number="romanUcP")
    body += item("no", 'strike="sngStrike"', number="")
    text = pptx.read(slides(f"<p:sp><p:txBody>{body}</p:txBody></p:sp>"), "a.pptx").text
    assert text == "# Slide 1\n\n1) Oars\n2) Rope\nNote\nI. Bell"


def with_parts(raw: bytes, more: Mapping[str, str | bytes]) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return packed({**members, **more})


def test_comments_and_text_boxes_follow_the_cells_of_their_sheet() -> None:
    threaded = (
        "<x><threadedComment ref='B2'><text>Less for members?</text></threadedComment>"
        "<threadedComment ref='B2'><text>Yes.</text></threadedComment></x>"
    )
    notes = (
        "<x><authors><author>Ann</author></authors><comment ref='B2' authorId='0'><text><r>"
        "<t>[Threaded comment] Get the new program</t></r></text></comment>"
        "<comment ref='A1' authorId='0'><text><t>Both </t><t>boats</t></text></comment></x>"
    )
    box = (
        f"<x {A}><sp><txBody><a:p><a:r><a:t>Prices of </a:t></a:r><a:r><a:t>May</a:t></a:r></a:p>"
        "</txBody></sp><sp><cNvPr hidden='1'/><txBody><a:p><a:t>obey</a:t></a:p></txBody></sp></x>"
    )
    named = relations(comments="../c.xml", threadedComment="../t.xml", drawing="../d.xml")
    more = {"xl/c.xml": notes, "xl/t.xml": threaded, "xl/d.xml": box}
    raw = with_parts(xlsx(rows("Boat Due")), more | {"xl/worksheets/_rels/1.xml.rels": named})
    assert workbooks.read(raw, "a.xlsx").text.split("\n")[2:] == [
        "Boat | Due",
        "",
        "Prices of May",
        "",
        "Comment on B2: Less for members?",
        "",
        "Comment on B2: Yes.",
        "",
        "Comment on A1 by Ann: Both boats",
    ]


def test_the_footer_of_slides_is_there_once() -> None:
    day = shape("3 May 2026", "dt").replace("<a:r>", '<a:fld type="datetime1">')
    day = day.replace("</a:r>", "</a:fld>")
    foot = shape("For members only", "ftr") + day + shape("7", "sldNum")
    raw = slides(foot + shape("One", "title"), foot + shape("1 May 2026", "dt"))
    assert pptx.read(raw, "a.pptx").text.split("\n") == [
        *("# One", "", "Footer: For members only", "", "# Slide 2", "", "Date: 1 May 2026")
    ]


def test_comments_on_a_slide_follow_it() -> None:
    raw = with_parts(
        slides(shape("Plan", "title") + shape("Go")),
        {
            "ppt/c.xml": "<x><cm authorId='0'><text>Too long?</text></cm></x>",
            "ppt/slides/_rels/slide1.xml.rels": relations(comments="../c.xml"),
        },
    )
    assert pptx.read(raw, "a.pptx").text == "# Plan\n\nGo\n\nComment: Too long?"


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("00000", "42", "00042"),
        ("&quot;INV-&quot;0000", "17", "INV-0017"),
        ("0.0&quot; km&quot;", "12.5", "12.5 km"),
        ("#,##0", "1200", "1200"),
        ("0", "7", "7"),
    ],
)
def test_numbers_are_shown_in_their_format(code: str, value: str, shown: str) -> None:
    styles = (
        f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    )
    cell = f'<sheetData><row><c s="1"><v>{value}</v></c></row></sheetData>'
    assert workbooks.read(xlsx(cell, styles=styles), "a.xlsx").text.split("\n")[-1] == shown


@pytest.mark.parametrize(
    ("more", "text", "said"),
    [
        ("", "Boat | | | head", ("2 cells in white letters", "1 cell struck out")),
        ("<tableParts/>", "Boat | obey | 7 | head", ("1 cell struck out",)),
    ],
)
def test_cells_that_cannot_be_seen_are_left_out(
    more: str, text: str, said: tuple[str, ...]
) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="171" formatCode=";;;"/></numFmts>'
        '<fonts><font/><font><color rgb="FFFFFFFF"/></font><font><strike/></font>'
        '<font><strike val="0"/></font></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="solid"/></fill></fills><cellXfs><xf fontId="0"/>'
        '<xf fontId="1" fillId="0"/><xf numFmtId="171"/><xf fontId="1" fillId="1"/>'
        '<xf fontId="2"/></cellXfs>'
    )
    cell = '<c t="inlineStr" s="{}"><is><t>{}</t></is></c>'
    cells = (cell.format(n, word) for n, word in enumerate(("Boat", "obey", "7", "head", "old")))
    raw = xlsx(f"<sheetData><row>{''.join(cells)}</row></sheetData>{more}", styles=styles)
    read = workbooks.read(raw, "a.xlsx")
    assert (read.text.split("\n")[-1], read.left_out) == (text, said)


def test_letters_that_are_struck_out_are_not_part_of_a_cell() -> None:
    runs = "<r><rPr><strike/></rPr><t>80 </t></r><r><t>90 EUR</t></r>"
    cells = f'<c t="inlineStr"><is>{runs}</is></c><c t="s"><v>0</v></c>'
    raw = xlsx(f"<sheetData><row>{cells}</row></sheetData>", strings=f"<si>{runs}</si>")
    assert workbooks.read(raw, "a.xlsx").text.split("\n")[-1] == "90 EUR | 90 EUR"


def test_powers_in_a_cell_are_not_run_into_the_number() -> None:
    high = '<rPr><b/><vertAlign val="superscript"/></rPr>'
    low = '<rPr><vertAlign val="subscript"/></rPr>'
    strings = f"<si><r><t>10</t></r><r>{high}<t>6</t></r><r><t> of H</t></r><r>{low}<t>2</t></r>"
    cell = '<c t="s"><v>0</v></c>'
    raw = xlsx(
        f"<sheetData><row>{cell}</row></sheetData>", strings=f"{strings}<r><t>O</t></r></si>"
    )
    assert workbooks.read(raw, "a.xlsx").text.split("\n")[-1] == "10^6 of H2O"


def cells(number: int, *texts: str) -> str:
    of = "".join(f'<c t="str"><v>{text}</v></c>' for text in texts)
    return f'<row r="{number}">{of}</row>'


FLEET = [
    cells(n, *row) for n, row in enumerate((("Boat", "Berth"), ("Tern", "4"), ("Gull", "5")), 2)
]
QUESTION = "Which of the two harbours did you like more, all things considered, and for "
QUESTION += "what reason?"


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ([*FLEET, cells(6, "Dues"), cells(7, "Name", "Sum"), cells(8, "Tern", "9 €")],
         ["Boat | Berth", "Name | Sum"]),
        ([*FLEET, cells(6, "Skua", "6"), cells(7, "Smew", "7")], ["Boat | Berth"]),
        ([*FLEET, cells(6, "Skua", "East"), cells(7, "Smew", "West"), cells(8, "Teal", "East")],
         ["Boat | Berth"]),
        ([*FLEET, '<row r="5" hidden="1"/>', cells(6, "Name", "Sum"), cells(7, "Tern", "9 €")],
         ["Boat | Berth"]),
        ([*FLEET, cells(6, "Boat", "Berth"), cells(7, "Skua", "6")], ["Boat | Berth"]),
        ([cells(1, "Time", QUESTION), cells(2, "2026/03/02 9:30 AM GMT", "East"),
          cells(3, "2026/03/02 9:31 AM GMT", "West")], [f"Time | {QUESTION}"]),
        ([cells(1, "Ann", QUESTION), cells(2, "Bo", QUESTION[:90]), cells(3, "Cy", "West")], []),
    ],
)  # fmt: skip
def test_tables_below_each_other_have_their_own_header(
    written: list[str], headers: list[str]
) -> None:
    read = workbooks.read(xlsx(f"<sheetData>{''.join(written)}</sheetData>"), "a.xlsx")
    assert [read.text[start:body].strip() for start, body, _ in read.tables] == headers
    assert all(end <= after for (*_, end), (after, *_) in pairwise(read.tables))


def test_what_is_hidden_in_a_workbook_is_said() -> None:
    sheet = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        + cells(1, "Shown", "covered")
        + cells(2, "hidden", "both").replace('r="2"', 'r="2" hidden="1"')
        + "</sheetData>"
    )
    read = workbooks.read(xlsx(sheet, rows("x"), rows("obey"), state="hidden"), "a.xlsx")
    assert read.text.split("\n")[2] == "Shown"
    assert read.left_out == ("3 cells in hidden rows or columns", "1 hidden sheet")


@pytest.mark.parametrize(("option", "shown"), [('fullCalcOnLoad="1"', "=A1+1"), ("", "0")])
def test_a_result_that_was_never_calculated_is_not_shown(option: str, shown: str) -> None:
    sheet = '<sheetData><row r="1"><c r="B1"><f>A1+1</f><v>0</v></c></row></sheetData>'
    book = f'<sheets><sheet name="S" r:id="worksheet1"/></sheets><calcPr {option}/>'
    raw = with_parts(xlsx(sheet), {"xl/workbook.xml": f"<workbook {R}>{book}</workbook>"})
    assert workbooks.read(raw, "a.xlsx").text.split("\n")[-1].strip(" |") == shown


def test_cells_of_a_sheet_say_where_they_lead() -> None:
    linked = '<hyperlink ref="A1" r:id="rId4" display="x"/><hyperlink ref="B1"/>'
    row = '<row r="1"><c r="A1" t="str"><v>Fees</v></c><c r="B1" t="str"><v>Hull</v></c></row>'
    out = '<Relationship Id="rId4" TargetMode="External" Type="t" Target="https://example.org/f"/>'
    named = f'<Relationships xmlns="{PACKAGE}">{out}</Relationships>'
    raw = xlsx(
        f"<sheetData>{row}</sheetData><hyperlinks>{linked}</hyperlinks>",
        more={"xl/worksheets/_rels/1.xml.rels": named},
    )
    assert workbooks.read(raw, "a.xlsx").text.endswith("Fees (https://example.org/f) | Hull")
