"""PDFs: what is on the page and nothing else, in rows, with powers, pages and headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from ingest.errors import SkippedFile
from ingest.readers.pdf.document import read
from ingest.readers.pdf.right_to_left import in_order
from ingest.readers.pdf.rows import Cell, Line
from ingest.readers.pdf.tables import with_tables
from ingest.readers.pdf.vertical import with_columns
from ingest.text.chunker import chunk


def written(x: float, y: float, text: str, size: int = 12, font: str = "F1") -> str:
    return f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n"


def pdf(
    *pages: str, box: str = "0 0 400 500", more: str = "", broken: int = 0, turn: int = 0
) -> bytes:
    """A PDF with these streams of content; page `broken` leads nowhere."""
    kids = "".join(f"{99 if n == broken else 10 + 2 * n} 0 R " for n in range(1, len(pages) + 1))
    fonts = "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    fonts += " /F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier >>"
    fonts += " /F3 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 9 0 R >>"
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R {more}>>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
    }
    signs = "<41> <06440627> <42> <0628> <43> <2010> <44> <D835DC65>"
    signs = f"4 beginbfchar {signs} endbfchar"
    map_ = f"/CIDInit /ProcSet findresource begin begincmap {signs} endcmap end"
    objects[9] = f"<< /Length {len(map_)} >>\nstream\n{map_}\nendstream"
    for number, content in enumerate(pages, 1):
        objects[10 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {turn}"
            f" /Contents {11 + 2 * number} 0 R /Resources << /Font << {fonts} >> >> >>"
        )
        objects[11 + 2 * number] = f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
    if more:
        objects[3] = "<< /Type /Outlines /First 4 0 R /Last 4 0 R /Count 1 >>"
        objects[4] = "<< /Title (Fees) /Parent 3 0 R /Dest [14 0 R /Fit] >>"
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in objects.items())
    return f"%PDF-1.7\n{body}trailer\n<< /Root 1 0 R >>\n%%EOF".encode("latin-1")


def text_of(*pages: str) -> str:
    return read(pdf(*pages), "a.pdf").text


def test_rows_keep_their_columns() -> None:
    rows = [("Lock", "Gate", "Toll"), ("North", "", "4"), ("South", "west", "5"), ("East", "", "6")]
    page = "".join(
        written(40 + 110 * column, 400 - 20 * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    )
    document = read(pdf(page), "a.pdf")
    assert document.text.split("\n") == [
        "Lock | Gate | Toll",
        "North |  | 4",
        "South | west | 5",
        "East |  | 6",
    ]
    [(start, body, _)] = document.tables
    assert document.text[start:body] == "Lock | Gate | Toll\n"


def drawn(*runs: tuple[float, float, str]) -> str:
    """A page with these words, in this order."""
    return "".join(written(x, y, words, size=10) for x, y, words in runs)


ADDRESS = [(40.0, 400.0 - 12 * n, line) for n, line in enumerate(["Ute Krug", "Kai 4", "Emden"])]


@pytest.mark.parametrize(
    ("runs", "lines"),
    [
        pytest.param(
            [
                *[(40, 400, "Part"), (120, 400, "Use"), (300, 400, "Price")],
                *[(40, 380, "Bilge pump"), (40, 368, "with hose"), (120, 380, "Keeps the hold")],
                *[(120, 368, "dry at sea"), (300, 380, "89,50")],
                *[(40, 348, "Fender"), (120, 348, "Between hull and"), (120, 336, "quay")],
                *[(300, 342, "12,00")],
            ],
            [
                "Part | Use | Price",
                "Bilge pump with hose | Keeps the hold dry at sea | 89,50",
                "Fender | Between hull and quay | 12,00",
            ],
            id="words of a cell go on",
        ),
        pytest.param(
            [
                *[(40, 400, "Part"), (160, 400, "Price"), (40, 375, "Bilge pump"), (160, 375, "8")],
                *[(40, 350, "Fender for"), (40, 338, "small boats"), (160, 338, "12")],
                *[(40, 312, "Anchor"), (160, 312, "95")],
            ],
            ["Part | Price", "Bilge pump | 8", "Fender for small boats | 12", "Anchor | 95"],
            id="cells at the bottom of their row",
        ),
        pytest.param(
            [
                *[
                    (40, 400, "Country"),
                    (136, 400, "Capital"),
                    (187, 400, "People"),
                    (240, 400, "Coin"),
                ],
                *[
                    (40, 385, "Saint Kitts and Nevis"),
                    (136, 385, "Basseterre"),
                    (187, 385, "53"),
                    (240, 385, "dollar"),
                ],
                *[(40, 370, "Fiji"), (136, 370, "Suva"), (187, 370, "925"), (240, 370, "dollar")],
                *[(40, 355, "Oman"), (136, 355, "Muscat"), (187, 355, "4600"), (240, 355, "rial")],
                *[
                    (40, 340, "Trinidad and Tobago"),
                    (136, 340, "Port of"),
                    (187, 340, "1400"),
                    (240, 340, "dollar"),
                ],
            ],
            [
                "Country | Capital | People | Coin",
                "Saint Kitts and Nevis | Basseterre | 53 | dollar",
                "Fiji | Suva | 925 | dollar",
                "Oman | Muscat | 4600 | rial",
                "Trinidad and Tobago | Port of | 1400 | dollar",
            ],
            id="a column as wide as its widest cell",
        ),
        pytest.param(
            [
                *[(40, 400, "Seal"), (100, 400, "1 of 3"), (134, 400, "12.00"), (165, 400, "2.40")],
                *[
                    (40, 385, "Cleat"),
                    (100, 385, "2 of 3"),
                    (134, 385, "15.50"),
                    (165, 385, "3.10"),
                ],
                *[(40, 370, "Oar"), (100, 370, "3 of 3"), (134, 370, "19.00"), (165, 370, "3.80")],
            ],
            ["Seal | 1 of 3 | 12.00 | 2.40", "Cleat | 2 of 3 | 15.50 | 3.10"]
            + ["Oar | 3 of 3 | 19.00 | 3.80"],
            id="columns that are close to each other in all rows",
        ),
        pytest.param(
            [
                *[(130, 420, "Spring"), (250, 420, "Autumn"), (40, 400, "Lock")],
                *[(120, 400, "Ships"), (180, 400, "Toll"), (240, 400, "Ships"), (300, 400, "Toll")],
                *[(40, 380, "East"), (120, 380, "12"), (180, 380, "3,5")],
                *[(240, 380, "17"), (300, 380, "4,0"), (40, 360, "West"), (120, 360, "8")],
                *[(180, 360, "3,0"), (240, 360, "9"), (300, 360, "3,5")],
                *[(40, 340, "Boats towed, not counted in the above"), (240, 340, "2")],
                *[(300, 340, "0,0"), (40, 320, "All"), (120, 320, "20"), (180, 320, "6,5")],
                *[(240, 320, "28"), (300, 320, "7,5")],
            ],
            [
                " | Spring |  | Autumn",
                "Lock | Ships | Toll | Ships | Toll",
                "East | 12 | 3,5 | 17 | 4,0",
                "West | 8 | 3,0 | 9 | 3,5",
                "Boats towed, not counted in the above |  |  | 2 | 0,0",
                "All | 20 | 6,5 | 28 | 7,5",
            ],
            id="cells that span columns",
        ),
        pytest.param(
            [
                *[(40, 400, "Part"), (160, 400, "Price"), (40, 380, "Pump"), (205, 380, "8")],
                *[(40, 360, "Rope"), (205, 360, "9"), (40, 340, "Not in stock"), (40, 320, "Oar")],
                *[(205, 320, "7"), (40, 300, "Mast"), (205, 300, "5")],
            ],
            ["Part | Price", "Pump | 8", "Rope | 9", "Not in stock", "Oar | 7", "Mast | 5"],
            id="a name beside its values, and a line between rows",
        ),
        pytest.param(
            [
                *[(40, 400, "Pump"), (160, 400, "8"), (40, 380, "Rope"), (187, 380, "9")],
                *[(40, 360, "Oar"), (187, 360, "7")],
            ],
            ["Pump | 8", "Rope |  | 9", "Oar |  | 7"],
            id="columns with few values",
        ),
        pytest.param(
            [
                *ADDRESS,
                *[(250, 400, "Number:"), (320, 400, "17"), (250, 386, "Day:"), (320, 386, "4.5.")],
                *[(250, 372, "Due:"), (320, 372, "9.6.")],
            ],
            ["Ute Krug", "Kai 4", "Emden", "Number: | 17", "Day: | 4.5.", "Due: | 9.6."],
            id="an address beside a table",
        ),
        pytest.param(
            [
                run
                for n, (text, berth, fee) in enumerate(
                    [
                        ("Whoever ties up at night calls", "Berth", "Fee"),
                        ("the watch at once and leaves a", "A", "12"),
                        ("lamp burning until the morning", "B", "15"),
                        ("watch has seen the papers; the", "C", "19"),
                    ]
                )
                for run in [(40, 400 - 14 * n, text), (240, 400 - 14 * n, berth)]
                + [(320, 400 - 14 * n, fee)]
            ]
            + [(40, 344, "fee is due on that day.")],
            [
                "Whoever ties up at night calls",
                "the watch at once and leaves a",
                "lamp burning until the morning",
                "watch has seen the papers; the",
                "fee is due on that day.",
                *["Berth | Fee", "A | 12", "B | 15", "C | 19"],
            ],
            id="text beside a table",
        ),
        pytest.param(
            [(40, 400 - 14 * n, f"- rule {n} about ropes") for n in range(1, 5)],
            [f"- rule {n} about ropes" for n in range(1, 5)],
            id="a dash is lower than letters",
        ),
    ],
)
def test_words_are_where_a_reader_sees_them(
    runs: list[tuple[float, float, str]], lines: list[str]
) -> None:
    assert text_of(drawn(*runs)).split("\n") == lines


def test_both_rows_of_names_are_the_header() -> None:
    rows = [["", "Spring", "", "Autumn"], ["Lock", "Ships", "Toll", "Ships", "Toll"]]
    rows += [[name, "1", "2", "3", "4"] for name in ("East", "West")]
    page = drawn(
        *(
            (40 + 60 * column, 400 - 15 * row, cell)
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
            if cell
        )
    )
    document = read(pdf(page), "a.pdf")
    [(start, body, _)] = document.tables
    assert document.text[start:body].count("\n") == 2


@pytest.mark.parametrize(
    ("line", "times"),
    [("Page {}", 1), ("{} / 6", 1), ("Seite {} von 6", 1), ("Tide tables of Emden {}", 1)]
    + [("Week {}: knots", 6), ("Lesson {}", 6)],
)
def test_only_the_numbers_of_pages_are_left_out(line: str, times: int) -> None:
    pages = [
        drawn(
            (40, 450, line.format(number)),
            *((40, 400 - 20 * n, f"Letter {'abcdef'[number]}{n} is long.") for n in range(5)),
        )
        for number in range(6)
    ]
    text = text_of(*pages)
    assert sum(line.format(number) in text for number in range(6)) == times


def test_a_sum_at_the_end_of_each_page_is_its_own() -> None:
    pages = [
        drawn(
            *((40, 400 - 20 * n, f"Month {number}, part {'abcde'[n]}: work") for n in range(5)),
            (40, 60, "Paid out: 2.345,67 EUR"),
        )
        for number in range(6)
    ]
    assert text_of(*pages).count("Paid out: 2.345,67 EUR") == 6


def test_marks_that_are_written_after_all_items_are_before_them() -> None:
    items = ["Cast off.", "Raise the flag,", "the blue one.", "Pay the toll."]
    words = [(60, 400 - 14 * n, item) for n, item in enumerate(items)]
    marks = [(45, 400, "1."), (45, 386, "2."), (45, 358, "3.")]
    lines = ["1. Cast off.", "2. Raise the flag,", "the blue one.", "3. Pay the toll."]
    assert text_of(drawn(*words, *marks)).split("\n") == lines


def test_a_mark_far_before_its_item_makes_no_table() -> None:
    page = "".join(
        written(40, 400 - 20 * n, mark) + written(90, 400 - 20 * n, words)
        for n, (mark, words) in enumerate(
            [("1.", "Cast off."), ("2.", "Raise the flag."), ("3.", "Pay the toll.")]
        )
    )
    assert text_of(page).split("\n") == ["1. Cast off.", "2. Raise the flag.", "3. Pay the toll."]


def test_powers_are_not_run_into_the_number() -> None:
    raised = "BT /F1 12 Tf 40 400 Td (about 10) Tj 7 Ts /F1 8 Tf (9) Tj 0 Ts /F1 12 Tf ( Hz) Tj ET"
    assert text_of(raised) == "about 10^9 Hz"
    assert text_of(written(40, 400, "about 109 Hz in 2026")) == "about 109 Hz in 2026"


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ("\\034nd \\0224 \\0256", "find „4 –6"),
        ("\\034nd o\\036cial", "find official"),
        ("\\015c 1986", "c 1986"),
    ],
)
def test_letters_of_tex_that_a_font_does_not_name_are_read(codes: str, text: str) -> None:
    assert text_of(written(40, 400, codes)).strip() == text


def test_lam_and_alef_in_one_sign_stay_in_order() -> None:
    assert text_of(written(40, 400, "BAB", font="F3")) == "\u0628\u0644\u0627\u0628"


@pytest.mark.parametrize(
    ("drawn", "read_"),
    [
        ("םולש 18", "שלום 18"),  # as the letters are on the page, from left to right
        ("ابلاب", "بلابا"),
        ("לך\u05b7מ", "מ\u05b7ךל"),
        ("hello", "hello"),
    ],
)
def test_letters_from_right_to_left_are_in_the_order_of_reading(drawn: str, read_: str) -> None:
    one_sign = drawn.find("لا") + 1

    def box(at: int) -> tuple[float, float, float, float]:
        at -= bool(one_sign) and at >= one_sign
        return 10.0 * at, 0.0, 10.0 * at + 9, 12.0

    assert in_order(drawn, box) == read_


def test_words_that_a_layout_program_parts_are_one() -> None:
    page = written(40, 400, "the unpredict") + written(109.6, 400, "C", font="F3")
    page += written(40, 380, "able tide of Port") + written(123.8, 380, "C", font="F3")
    assert text_of(page + written(40, 360, "Talbot")) == "the unpredictable tide of Port-Talbot"


@pytest.mark.parametrize(
    ("column", "pitch", "shown"),
    [
        ("第一章。吾輩", 12.0, ["第一章。吾輩"]),
        ("平成12年", 12.0, ["平成12年"]),
        ("男女男女", 20.0, [*"男女男女"]),  # rows of a table
        ("木火", 12.0, [*"木火"]),
        ("ABCD", 12.0, [*"ABCD"]),
    ],
)
def test_letters_from_top_to_bottom_are_a_line(column: str, pitch: float, shown: list[str]) -> None:
    signs = re.findall(r"\d+|.", column)
    heights = [1.0 if sign == "一" else 10.0 for sign in signs]
    lines = [
        Line(sign, n, [Cell(100, 110, sign, 400 - pitch * n - height / 2, height)])
        for n, (sign, height) in enumerate(zip(signs, heights, strict=True))
    ]
    assert [line.text for line in with_columns(lines)] == shown


def test_a_page_with_letters_beyond_the_first_plane_keeps_its_columns() -> None:
    rows = [("Lock", "Gate", "Toll"), ("North", "", "4"), ("South", "west", "5"), ("East", "", "6")]
    page = written(40, 450, "D", font="F3") + "".join(
        written(40 + 110 * column, 400 - 20 * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell
    )
    assert text_of(page).split("\n") == [
        "\U0001d465",
        "Lock | Gate | Toll",
        "North |  | 4",
        "South | west | 5",
        "East |  | 6",
    ]


@pytest.mark.parametrize("repeated", [False, True])
def test_a_table_that_goes_on_on_the_next_page_has_its_header(repeated: bool) -> None:
    def rows(cells: Sequence[tuple[str, ...]]) -> str:
        return "".join(
            written(40 + 110 * column, 460 - 20 * row, cell)
            for row, line in enumerate(cells)
            for column, cell in enumerate(line)
        )

    names = [("Lock", "Gate", "Toll")]
    pages = [
        rows(names * (repeated or n == 0) + [(f"L{n}{row}", "west", f"{row}") for row in range(16)])
        + written(40, 40, f"Page {n + 1}")
        for n in range(5)
    ]
    other = rows([(f"Ship {n}", f"{n}") for n in range(20)])
    read_ = read(pdf(*pages, other), "a.pdf")
    pieces = chunk(read_, lambda text: len(text) // 4 + 1, 60)
    told = [piece for piece in pieces if piece.text.startswith("L")]
    assert len(told) > 4
    assert all(piece.header == "Lock | Gate | Toll" for piece in told if "Lock" not in piece.text)
    assert {piece.header for piece in pieces if piece.text.startswith("Ship")} == {""}


def test_numbers_beside_a_line_of_bars_are_not_a_table_that_goes_on() -> None:
    page = "".join(
        written(40, 460 - 20 * row, f"{row}5.20") + written(150, 460 - 20 * row, "|")
        for row in range(12)
    )
    read_ = read(pdf(page, page), "a.pdf")
    assert read_.text.splitlines()[:2] == ["05.20", "15.20"]
    assert not read_.tables


def test_a_hyphen_that_is_a_line_of_its_own_ends_the_word_before_it() -> None:
    line = Line("a word that goes", 0, [Cell(40, 120, "a word that goes", 400, 10)])
    hyphen = Line("\x02", 20, [Cell(121, 124, "\x02", 400, 1)])
    assert with_tables([line, hyphen]).lines == ["a word that goes\x02"]


def test_a_link_on_a_page_does_not_mix_its_columns() -> None:
    left = "".join(written(40, 400 - 14 * n, f"left {n} of the page") for n in range(4))
    right = "".join(written(210, 407 - 17 * n, f"right {n} of the page") for n in range(4))
    raw = pdf(left + right).replace(b"/Resources", b"/Annots [20 0 R] /Resources")
    link = b"20 0 obj\n<< /Type /Annot /Subtype /Link /Rect [40 390 60 410] /Border [0 0 0] >>"
    text = read(raw.replace(b"trailer", link + b"\nendobj\ntrailer"), "a.pdf").text
    assert text.split("\n") == [
        f"{side} {n} of the page" for side in ("left", "right") for n in range(4)
    ]


def test_what_is_outside_the_page_is_not_read() -> None:
    page = written(40, 400, "seen") + written(900, 300, "obey") + written(40, -50, "obey")
    assert text_of(page).split() == ["seen"]


def test_a_page_may_have_the_size_of_the_document() -> None:
    raw = pdf(written(40, 830, "At the top")).replace(b" /MediaBox [0 0 400 500]", b"")
    sized = raw.replace(b"/Type /Pages", b"/Type /Pages /MediaBox [0 0 595 842]")
    assert read(sized, "a.pdf").text == "At the top"
    cropped = sized.replace(b"/Type /Pages", b"/Type /Pages /CropBox [0 0 595 700]")
    below = cropped.replace(b"40 830", b"40 600")
    assert read(below, "a.pdf").text == "At the top"
    with pytest.raises(SkippedFile):
        read(cropped, "a.pdf")


def test_code_keeps_its_indentation() -> None:
    page = (
        written(40, 400, "def toll\\(\\):", font="F2")
        + written(40 + 4 * 7.2, 385, "return 4", font="F2")
        + written(40, 370, "print\\(1\\)", font="F2")
    )
    assert text_of(page).split("\n") == ["def toll():", "    return 4", "print(1)"]


def test_a_page_that_cannot_be_read_costs_itself() -> None:
    pages = [written(40, 400, f"This is leaf {letter}.") for letter in "abc"]
    document = read(pdf(*pages, broken=2), "a.pdf")
    assert document.text.split("\n") == ["This is leaf a.", "", "This is leaf c."]
    assert document.left_out == ("page 2: cannot be read",)
    empty = read(pdf(pages[0], "", ""), "a.pdf")
    assert empty.left_out == ("2 of 3 pages have no text (scans?)",)


def test_slides_are_cut_at_pages_and_a_page_of_prose_is_not() -> None:
    pages = [written(40, 200, f"Slide about lock {letter}") for letter in "abc"]
    wide = read(pdf(*pages, box="0 0 720 405"), "a.pdf")
    assert wide.cuts == wide.pages[1:]
    assert read(pdf(*pages), "a.pdf").cuts == ()


def test_boxes_of_a_form_are_ticked_or_not() -> None:
    page = written(60, 400, "Mooring") + written(60, 370, "Crane")
    raw = pdf(page).replace(b"/Resources", b"/Annots [20 0 R 21 0 R] /Resources")
    raw = raw.replace(b"/Pages 2 0 R", b"/Pages 2 0 R /AcroForm << /Fields [20 0 R 21 0 R] >>")
    look = "/AP << /N << /Yes 22 0 R /Off 22 0 R >> >>"
    boxes = (
        "22 0 obj\n<< /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream\nendobj\n"
    )
    for number, state, y in ((20, "Yes", 398), (21, "Off", 368)):
        boxes += (
            f"{number} 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Btn /T (b{number}) /F 4"
            f" /Rect [40 {y} 52 {y + 12}] /V /{state} /AS /{state} {look} >>\nendobj\n"
        )
    raw = raw.replace(b"trailer", f"{boxes}trailer".encode())
    assert read(raw, "a.pdf").text.split("\n") == ["☒ Mooring", "☐ Crane"]


def test_attached_files_are_said() -> None:
    named = "/Names << /EmbeddedFiles << /Names [(tolls.xml) << /Type /Filespec /F (tolls.xml)"
    raw = pdf(written(40, 400, "Tolls")).replace(
        b"/Pages 2 0 R", f"/Pages 2 0 R {named} >>] >> >>".encode()
    )
    assert read(raw, "a.pdf").left_out == ("attached files: tolls.xml",)


def test_headers_that_run_through_are_said_once() -> None:
    def page(number: int) -> str:
        lines = [f"Letter {chr(96 + number)}{line} has its own words." for line in range(5)]
        shown = ["Rules of the harbour", *lines, f"Page {number} of 6"]
        return "".join(written(40, 450 - 20 * row, line) for row, line in enumerate(shown))

    text = text_of(*map(page, range(1, 7)))
    assert text.count("Rules of the harbour") == 1
    assert text.count("of 6") == 1
    assert text.count("has its own words") == 30


def test_an_outline_makes_headings() -> None:
    pages = [
        written(40, 400, "Opening hours are nine to five."),
        written(40, 400, "3. Fees") + written(40, 370, "The toll is four coins."),
    ]
    document = read(pdf(*pages, more="/Outlines 3 0 R "), "a.pdf")
    [(start, end, level, title)] = document.headings
    assert (document.text[start:end], level, title) == ("3. Fees", 1, "Fees")


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("shown_upright", [True, False])
def test_turned_pages_are_read_as_they_are_turned(quarter: int, shown_upright: bool) -> None:
    rows = [("Lock", "Toll"), ("North", "14 EUR"), ("South", "9 EUR"), ("East", "16 EUR")]
    lines = [(40, 440, "The slipway is closed until May"), (40, 420, "because of the mud there.")]
    lines += [(40 + 150 * n, 380 - 16 * at, cell) for at, row in enumerate(rows)
              for n, cell in enumerate(row)]  # fmt: skip
    across, up = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarter]
    begin = [(0, 0), (500, 0), (500, 500), (0, 500)][quarter]
    content = "BT /F1 12 Tf "
    for x, y, words in lines:
        at = (begin[0] + across * x - up * y, begin[1] + up * x + across * y)
        content += f"{across} {up} {-up} {across} {at[0]} {at[1]} Tm ({words}) Tj "
    turn = 90 * quarter if shown_upright else 0
    document = read(pdf(f"{content} ET", box="0 0 500 500", turn=turn), "a.pdf")
    assert document.text.split("\n") == [
        "The slipway is closed until May",
        "because of the mud there.",
        *(" | ".join(row) for row in rows),
    ]
    assert len(document.tables) == 1


def test_numbers_of_lines_of_code_are_no_column() -> None:
    code = ((0, "def open(level):"), (20, "if level > 3:"), (40, "return level"), (0, "print(4)"))
    page = "".join(
        written(40, 400 - 14 * row, str(row + 9), 8) + written(70 + indent, 400 - 14 * row, text)
        for row, (indent, text) in enumerate(code)
    )
    assert text_of(page).split("\n") == [
        "9 def open(level):",
        "10     if level > 3:",
        "11         return level",
        "12 print(4)",
    ]
    table = "".join(
        written(x, 400 - 14 * row, text)
        for row, cells in enumerate(
            (("1", "Tern (old)", "4"), ("2", "Eel", "5"), ("3", "Gull", "6"))
        )
        for x, text in zip((40, 90, 200), cells, strict=True)
    )
    assert text_of(table).split("\n") == ["1 | Tern (old) | 4", "2 | Eel | 5", "3 | Gull | 6"]


def test_dots_that_lead_to_a_number_are_one_sign() -> None:
    page = written(40, 400, "Tolls . . . . . . . . 7") + written(40, 380, "Fines.........12 ff.")
    assert text_of(page + written(40, 360, "Wait...")) == "Tolls … 7\nFines … 12 ff.\nWait..."


def spaced(text: str, apart: int, between: str) -> str:
    """The letters of a text set apart; spaces are `between`."""
    letters = " ".join(between if letter == " " else f"({letter}) {apart}" for letter in text)
    return f"BT /F1 12 Tf 40 400 Td [{letters}] TJ ET\n"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (spaced("Mind the low bridge", -150, "( ) -150"), "Mind the low bridge"),
        (spaced("Mind the low bridge", -140, "-500"), "Mind the low bridge"),
        (spaced("A B C D E F", -20, "-300"), "A B C D E F"),
        (spaced("2 4 6 8 1 3", -20, "-300"), "2 4 6 8 1 3"),
        (written(40, 400, "If a is b or a is c it is a or b"), "If a is b or a is c it is a or b"),
        ("".join(written(40 + 6.672 * n + d, 400, letter) for n, letter in enumerate("a pond bed")
                 if letter != " " for d in (0, 0.3)), "a pond bed"),
        (written(40, 400, "Anna will free Otto") + written(40, 380, "bookkeeping"),
         "Anna will free Otto\nbookkeeping"),
    ],
)  # fmt: skip
def test_letters_that_are_set_apart_or_drawn_twice_are_words(page: str, shown: str) -> None:
    assert text_of(page) == shown
