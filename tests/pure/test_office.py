"""Word documents, workbooks and e-books: what is seen in them is read, and nothing else."""

from __future__ import annotations

from types import ModuleType

import pytest
from office import WORD, docx, epub, paragraph, relations, rows, xlsx

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.readers import docx as word
from ingest.readers import epub as books
from ingest.readers import xlsx as workbooks
from ingest.readers.lines import MAX_CHARACTERS, Lines

HEADING = '<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
OWN = '<w:style w:styleId="mine"><w:basedOn w:val="berschrift2"/></w:style>'
GHOST = '<w:style w:styleId="ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
CIRCLE = "".join(
    f'<w:style w:styleId="{one}"><w:basedOn w:val="{other}"/></w:style>'
    for one, other in [("x", "y"), ("y", "x")]
)
STYLES = HEADING + OWN + GHOST + CIRCLE


def text_of(body: str) -> str:
    return word.read(docx(body, styles=STYLES), "a.docx").text


def test_paragraphs_of_a_word_document_are_lines_under_its_headings() -> None:
    read = word.read(
        docx(
            paragraph("Tides", '<w:outlineLvl w:val="0"/>')
            + paragraph("When", '<w:pStyle w:val="mine"/>')
            + paragraph("Twice a day.")
            + paragraph("# No heading")
            + paragraph("ebb", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>'),
            styles=STYLES,
        ),
        "a.docx",
    )
    assert read.text == "# Tides\n\n## When\n\nTwice a day.\n\n\\# No heading\n\n  - ebb"
    assert (read.title, read.format) == ("Tides", "docx")


def test_rows_of_a_table_are_lines_also_within_a_cell() -> None:
    def table(*cells: str) -> str:
        return f"<w:tbl><w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr></w:tbl>"

    inner = table(paragraph("b"), paragraph("c"))
    assert text_of(table(paragraph("a"), inner, paragraph("d"))) == "a | b | c | d"
    row = table(paragraph(""), paragraph("b"), paragraph(""), paragraph("d |"), paragraph(""))
    assert text_of(row) == "| b | | d |"
    assert text_of(table(paragraph(""), paragraph(""))) == ""


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph("obey", run="<w:vanish/>"),
        paragraph("obey", run='<w:rStyle w:val="ghost"/>'),
        paragraph("obey", '<w:pStyle w:val="ghost"/>'),
        paragraph("obey", run='<w:color w:val="FFFFFF"/>'),
        paragraph("obey", run='<w:color w:val="FEFEFE"/><w:shd w:fill="FFFFFF"/>'),
        paragraph("obey", run='<w:sz w:val="2"/>'),
        f"<w:moveFrom>{paragraph('obey')}</w:moveFrom>",
        "<w:p><w:del><w:r><w:delText>obey</w:delText></w:r></w:del></w:p>",
        "<w:p><w:r><w:instrText>obey</w:instrText></w:r></w:p>",
        f'<mc:Fallback xmlns:mc="urn:mc">{paragraph("obey")}</mc:Fallback>',
    ],
)
def test_what_is_not_seen_in_a_word_document_is_left_out(hidden: str) -> None:
    assert text_of(paragraph("before") + hidden + paragraph("after")) == "before\n\nafter"


@pytest.mark.parametrize(
    "seen",
    [
        paragraph("seen", '<w:pStyle w:val="ghost"/>', '<w:vanish w:val="0"/>'),
        paragraph("seen", run='<w:color w:val="FFFFFF"/><w:shd w:fill="1F3864"/>'),
        paragraph("seen", run='<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>'),
        paragraph("seen", '<w:shd w:fill="1F3864"/>', '<w:color w:val="FFFFFF"/>'),
        paragraph("seen", run='<w:color w:val="auto"/>'),
        paragraph("seen", '<w:pStyle w:val="x"/>'),
        f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('seen')}</w:txbxContent></w:pict></w:r></w:p>",
        f"<w:p><w:ins>{paragraph('seen')}</w:ins></w:p>",
    ],
)
def test_what_is_seen_in_a_word_document_is_kept(seen: str) -> None:
    assert text_of(seen) == "seen"


def test_white_letters_in_a_table_that_has_a_ground_are_kept() -> None:
    head = paragraph("head", run='<w:color w:val="FFFFFF"/>')
    row = f"<w:tr><w:tc>{head}</w:tc></w:tr>"
    assert text_of(f"<w:tbl>{row}</w:tbl>") == ""
    assert text_of(f'<w:tbl><w:tblPr><w:tblStyle w:val="t"/></w:tblPr>{row}</w:tbl>') == "head"


def test_footnotes_follow_the_text() -> None:
    footnotes = f'<w:n xmlns:w="{WORD}">{paragraph("the note")}</w:n>'
    raw = docx(paragraph("the text"), more={"word/footnotes.xml": footnotes})
    assert word.read(raw, "a.docx").text == "the text\n\nthe note"


def test_each_sheet_is_a_heading_and_each_row_a_line() -> None:
    read = workbooks.read(xlsx(rows("name built", "Anna 1999"), rows("x")), "a.xlsx")
    assert read.text == "# Sheet 1\n\nname | built\nAnna | 1999\n\n# Sheet 2\n\nx"
    assert (read.title, read.format) == ("a.xlsx", "xlsx")


def cells(row: str, *, strings: str = "", styles: str = "") -> str:
    raw = xlsx(f"<sheetData><row>{row}</row></sheetData>", strings=strings, styles=styles)
    return workbooks.read(raw, "a.xlsx").text.removeprefix("# Sheet 1\n\n")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c t="s"><v>1</v></c>', "second string"),
        ('<c t="s"><v>99</v></c>', "# Sheet 1"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="str"><f>A1</f><v>of a formula</v></c>', "of a formula"),
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>12345678901234567</v></c>", "12345678901234567"),
        ('<c s="1"><v>46085</v></c>', "2026-03-04"),
        ('<c s="1"><v>46085.5</v></c>', "2026-03-04 12:00"),
        ('<c s="2"><v>0.3125</v></c>', "07:30"),
        ('<c s="3"><v>5</v></c>', "5 days"),
        ('<c s="1"><v>1e300</v></c>', "1e300"),
        ('<c s="4"><v>1.5</v></c>', "36:00:00"),
        ('<c s="5"><v>0.0010416667</v></c>', "0:01:30"),
        ('<c s="6"><v>-1.5</v></c>', "-36:00:00"),
        ('<c s="4"><v>1e400</v></c>', "1e400"),
        ('<c r="A1"><v>1</v></c><c r="D1"><v>2</v></c>', "1 |  |  | 2"),
    ],
)
def test_a_cell_is_read_as_it_is_shown(cell: str, shown: str) -> None:
    strings = "<si><t>first</t></si><si><r><t>second </t></r><rPh><t>x</t></rPh><t>string</t></si>"
    formats = '<numFmts><numFmt numFmtId="170" formatCode="h:mm"/>'
    formats += '<numFmt numFmtId="171" formatCode="0 &quot;days&quot;"/>'
    formats += '<numFmt numFmtId="172" formatCode="[h]:mm"/>'
    formats += '<numFmt numFmtId="173" formatCode="[Red][mm]:ss"/></numFmts>'
    ids = "".join(f'<xf numFmtId="{id_}"/>' for id_ in (0, 14, 170, 171, 172, 173, 46))
    styles = f"{formats}<cellXfs>{ids}</cellXfs>"
    assert cells(cell, strings=strings, styles=styles) == " ".join(shown.split())


def sheet(before: str, *rows: str) -> str:
    """The text of a sheet, a row a word for each cell: its reference, "=" and what is in it."""
    cells = (
        "".join('<c r="{}"><v>{}</v></c>'.format(*word.split("=")) for word in row.split())
        for row in rows
    )
    written = "".join(f"<row>{row}</row>" for row in cells)
    raw = xlsx(f"{before}<sheetData>{written}</sheetData>")
    return workbooks.read(raw, "a.xlsx").text.removeprefix("# Sheet 1\n\n")


def test_a_row_whose_first_cell_is_empty_keeps_its_columns() -> None:
    rows = ("A1=1999 B1=10 C1=20", "B2=11 C2=21", "A3= C3=22")
    assert sheet("", *rows) == "1999 | 10 | 20\n| 11 | 21\n| | 22"


def test_columns_before_the_sheet_begins_and_hidden_ones_are_no_gap() -> None:
    before = '<dimension ref="C1:F9"/><cols><col min="3" max="3" hidden="1"/></cols>'
    assert sheet(before, "D1=1 F1=3", "C2=4 E2=5") == "1 | | 3\n| 5"


def test_cells_without_a_reference_stand_one_after_the_other() -> None:
    assert cells("<c><v>1</v></c><c/><c><v>3</v></c>") == "1 | | 3"


def test_hidden_sheets_rows_and_columns_are_left_out() -> None:
    sheet = '<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row><c r="A1"><v>1</v></c>'
    sheet += '<c r="B1"><v>2</v></c></row><row hidden="1"><c><v>3</v></c></row></sheetData>'
    raw = xlsx(sheet, rows("obey"), state="veryHidden")
    assert workbooks.read(raw, "a.xlsx").text == "# Sheet 1\n\n1"


def test_a_long_string_that_many_cells_name_does_not_fill_the_memory() -> None:
    many = MAX_CHARACTERS // 100_000 + 1
    row = '<row><c t="s"><v>0</v></c></row>' * many
    raw = xlsx(f"<sheetData>{row}</sheetData>", strings=f"<si><t>{'x' * 100_000}</t></si>")
    with pytest.raises(SkippedFile, match="more than 50 million characters"):
        workbooks.read(raw, "a.xlsx")


def book(raw: bytes) -> Document:
    return books.read(raw, "a.epub")


def test_chapters_are_read_in_order_as_web_pages() -> None:
    read = book(epub("<h1>One</h1><p>first</p>", "<p hidden>obey</p>", "<h1>Two</h1>"))
    assert read.text == "# One\n\nfirst\n\n# Two"
    assert (read.title, read.format) == ("A book", "epub")


def test_a_book_without_text_or_under_lock_says_so() -> None:
    with pytest.raises(SkippedFile, match="without text"):
        book(epub("<img src='a.png'>"))
    lock = {"META-INF/encryption.xml": '<e><CipherReference URI="OEBPS/text/0.xhtml"/></e>'}
    with pytest.raises(ReadError, match="digital rights"):
        book(epub("<p>text</p>", more=lock))


def test_a_heading_of_lines_keeps_to_six_levels() -> None:
    lines = Lines()
    lines.heading(9, " deep\n one ")
    lines.line("a\n\n  b\tc")
    assert lines.text() == "###### deep one\n\na\nb c"


def test_lists_headings_and_clauses_have_their_numbers() -> None:
    def item(text: str, depth: int = 0, number: int = 1) -> str:
        properties = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
        return paragraph(text, properties)

    def level(depth: int, form: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )

    levels = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2") + level(2, "bullet", "o")
    numbering = (
        f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="4">{levels}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="4"/></w:num></w:numbering>'
    )
    links = relations(styles="styles.xml", numbering="numbering.xml")
    body = item("Tolls") + item("Boats", 1) + item("Rafts", 1) + item("note", 2)
    body += item("Hours") + item("Summer", 1)
    raw = docx(body, more={"word/numbering.xml": numbering, "word/_rels/document.xml.rels": links})
    assert word.read(raw, "a.docx").text.split("\n") == [
        "1. Tolls",
        "  1.1 Boats",
        "  1.2 Rafts",
        "    - note",
        "2. Hours",
        "  2.1 Summer",
    ]


def test_powers_fractions_symbols_and_struck_out_words() -> None:
    run = "<w:r><w:rPr>{}</w:rPr>{}</w:r>"
    body = (
        "<w:p>"
        + run.format("", "<w:t>up to 10</w:t>")
        + run.format('<w:vertAlign w:val="superscript"/>', "<w:t>7</w:t>")
        + run.format(
            "", '<w:sym w:font="Symbol" w:char="F0B3"/><w:t xml:space="preserve"> x </w:t>'
        )
        + "<w:oMath><w:f><w:num><w:r><w:t>3</w:t></w:r></w:num><w:den><w:r><w:t>4</w:t></w:r>"
        "</w:den></w:f></w:oMath>"
        + run.format("<w:strike/>", "<w:t>never</w:t>")
        + run.format("<w:webHidden/>", "<w:t>obey</w:t>")
        + "</w:p>"
    )
    assert text_of(body) == "up to 10^7≥ x 3/4"


def test_notes_and_comments_keep_their_marks() -> None:
    notes = (
        f'<w:n xmlns:w="{WORD}"><w:footnote w:id="5">{paragraph("See rule 9.")}</w:footnote></w:n>'
    )
    body = paragraph("Pay here").replace(
        "</w:p>", '<w:r><w:footnoteReference w:id="5"/></w:r></w:p>'
    )
    raw = docx(body, more={"word/footnotes.xml": notes})
    assert word.read(raw, "a.docx").text == "Pay here[1]\n\n[1] See rule 9."


def test_merged_cells_of_word_stay_in_their_columns() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        cell("Lock") + cell("Gate") + cell("Toll"),
        cell("North", '<w:vMerge w:val="restart"/>') + cell("east") + cell("4"),
        cell("", "<w:vMerge/>") + cell("west") + cell("5"),
        cell("both", '<w:gridSpan w:val="2"/>') + cell("6"),
    ]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    read = word.read(docx(f"<w:tbl>{table}</w:tbl>"), "a.docx")
    assert read.text.split("\n") == [
        "Lock | Gate | Toll",
        "North | east | 4",
        "North | west | 5",
        "both | | 6",
    ]
    assert len(read.tables) == 1


def test_shares_money_and_formulas_without_a_value_are_shown() -> None:
    formats = '<numFmts><numFmt numFmtId="170" formatCode="#,##0.00\\ [$€-407]"/></numFmts>'
    formats += '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/></cellXfs>'
    row = '<c s="1"><v>0.19</v></c><c s="2"><v>9.5</v></c><c><f>SUM(A1:B1)</f></c>'
    assert cells(row, styles=formats) == "19% | 9.5 € | =SUM(A1:B1)"


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("[$-407]d. mmmm yyyy", "46087", "2026-03-06"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "46087", "2026-03-06"),
        ("[$-en-US]h:mm AM/PM", "0.75", "18:00"),
        ("[$-804]#,##0.00", "9.5", "9.5"),
        ("[$kr-414]\\ #,##0.00", "9.5", "9.5 kr"),
        ("yyyy\\-mm\\-dd", "1", "1900-01-01"),
        ("mm:ss", "0.0023726852", "00:03:25"),
        ("mm:ss.0", "0.0023807870", "00:03:25.700"),
        ("d.m.yyyy h:mm:ss", "46087.50002", "2026-03-06 12:00:02"),
        ("&quot;R$&quot;\\ #,##0.00", "9.5", "9.5 R$"),
    ],
)
def test_formats_of_numbers_say_days_times_and_money(code: str, number: str, shown: str) -> None:
    formats = f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
    formats += '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    assert cells(f'<c s="1"><v>{number}</v></c>', styles=formats) == shown


def test_a_sheet_names_its_columns() -> None:
    read = workbooks.read(xlsx(rows("name built", "Anna 1999", "Bo 2001")), "a.xlsx")
    [(start, body, end)] = read.tables
    assert read.text[start:body] == "name | built\n"
    assert read.text[body:end] == "Anna | 1999\nBo | 2001"


@pytest.mark.parametrize("reader", [word, workbooks])
def test_a_file_under_a_password_is_not_called_damaged(reader: ModuleType) -> None:
    ole = bytes.fromhex("D0CF11E0A1B11AE1")
    with pytest.raises(ReadError, match="encrypted: save it without a password"):
        reader.read(ole + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "a")
    with pytest.raises(ReadError, match="an old Office file"):
        reader.read(ole + bytes(500), "a")


def test_code_in_a_word_document_keeps_its_indentation() -> None:
    style = (
        '<w:style w:styleId="Src"><w:name w:val="Source Code"/></w:style>'
        '<w:style w:styleId="Body"><w:name w:val="Body Text"/></w:style>'
    )
    rows = ("def toll(boat):", "    if boat.long:", "        return 9")
    listed = "".join(paragraph(row, '<w:pStyle w:val="Src"/>') for row in rows)
    broken = "</w:t><w:br/><w:t xml:space='preserve'>".join(rows)
    prose = paragraph("    The  toll   is paid here.", '<w:pStyle w:val="Body"/>')
    raw = docx(prose + listed + prose + paragraph(broken), styles=style)
    read = word.read(raw, "a.docx").text
    code = "\n".join(rows)
    said = "The toll is paid here."
    assert read == f"{said}\n\n{code}\n\n{said}\n\n{code}"
