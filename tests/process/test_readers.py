from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.readers import Child, format_of, read
from ingest.readers.html.page import read as read_html


def make_pdf(pages: list[list[str]], title: str = "", trailer: str = "") -> bytes:
    """A PDF of these lines, as small as they come."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td 14 TL {shown} ET"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {fonts}"
        objects.append(f"{page} /Contents {5 + 2 * i} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    body, offsets = "%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        offsets.append(f"{len(body):010} 00000 n \n")
        body += f"{number} 0 obj\n{written}\nendobj\n"
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{''.join(offsets)}"
    end = f"trailer << /Size {size} /Root 1 0 R /Info {size - 1} 0 R {trailer}>>\n"
    return f"{body}{table}{end}startxref\n{len(body)}\n%%EOF\n".encode("latin-1")


def read_bytes(folder: Path, name: str, raw: bytes) -> Document:
    path = folder / name
    path.write_bytes(raw)
    return read(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", "markdown"),
        ("A.MARKDOWN", "markdown"),
        ("a.rst", "rst"),
        ("a.htm", "html"),
        ("a.pdf", "pdf"),
        ("a.csv", "text"),
        ("README", "text"),
        ("a.py", "code"),
        ("Dockerfile", "code"),
        ("a.docx", "docx"),
        ("a.xlsx", "xlsx"),
        ("a.epub", "epub"),
        ("a.doc", "doc"),
        ("a", None),
    ],
)
def test_the_name_tells_the_format(name: str, expected: str | None) -> None:
    assert format_of(Path(name)) == expected


@pytest.mark.parametrize(
    ("name", "language"), [("a.rs", "rust"), ("Makefile", "make"), ("a.yml", "yaml")]
)
def test_code_knows_its_language(tmp_path: Path, name: str, language: str) -> None:
    document = read_bytes(tmp_path, name, b"x = 1\n")
    assert (document.format, document.language, document.title) == ("code", language, name)


def test_line_ends_are_kept_as_they_are_in_the_file(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "a.txt", b"one\r\ntwo\rthree\n").text == "one\r\ntwo\rthree\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Café au lait – “garçon”, s’il vous plaît"
    assert read_bytes(tmp_path, "a.txt", text.encode(encoding)).text == text


def test_cyrillic_without_unicode_is_recognised(tmp_path: Path) -> None:
    text = "Привет, как дела? Это текст на русском языке."
    assert read_bytes(tmp_path, "a.txt", text.encode("cp1251")).text == text


def test_a_broken_byte_does_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "a.txt", "déjà vu naïve façade élève ".encode() + b"\xff end")
    assert document.text == "déjà vu naïve façade élève \ufffd end"


def test_binary_content_is_skipped_whatever_its_name(tmp_path: Path) -> None:
    with pytest.raises(SkippedFile, match="a binary file"):
        read_bytes(tmp_path, "a.txt", b"\x7fELF\x02\x01" + bytes(100))


def test_a_file_of_unknown_format_is_read_as_text(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "notes.xyz", b"words").format == "text"


def test_much_json_is_skipped(tmp_path: Path) -> None:
    with pytest.raises(SkippedFile, match="JSON of more than 1 MB"):
        read_bytes(tmp_path, "a.json", b"[" + b"1," * 600_000 + b"1]")


def test_a_missing_file_is_an_error_with_its_reason(tmp_path: Path) -> None:
    for name in ("a.md", "a.pdf"):
        with pytest.raises(ReadError, match="No such file"):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "text\n\n# The *Title* #\n\n## B\n", "The Title"),
        ("a.md", "Title\n=====\n", "Title"),
        ("a.md", "---\ntitle: 'Front'\n---\n# Other\n", "Front"),
        ("a.md", "```\n# code\n```\n", "a.md"),
        ("a.md", "#\n\ntext", "a.md"),
        ("a.md", "#\n\n## Named\n", "Named"),
        ("a.rst", "=====\nTitle\n=====\r\n\r\ntext", "Title"),
        ("a.txt", "# no heading here", "a.txt"),
    ],
)
def test_the_title_is_the_first_heading_or_the_name(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    assert read_bytes(tmp_path, name, text.encode()).title == title


PAGE = b"""<html><head><title>In the tab</title><script>var a</script></head><body>
<nav><a href="/">Home</a></nav>
<h1>Main
title</h1>
<p>One <b>para</b>graph
on two lines.</p><ul><li>first</li>
<li>second<ul><li>inner</li></ul></li></ul>
<pre><code class="language-py">
def f():
    pass
</code></pre>
<table><tr><th>a</th><th>b</th></tr>
<tr><td>1</td><td><p>2</p></td></tr></table>
<p># no heading</p>
</body></html>"""


def test_a_page_becomes_lines_that_know_their_line_in_the_file() -> None:
    page = read_html(PAGE, "page")
    assert page.title == "Main title"
    assert [pair for pair in zip(page.lines, page.text.split("\n"), strict=True) if pair[1]] == [
        (3, "# Main title"),
        (5, "One paragraph on two lines."),
        (6, "- first"),
        (7, "- second"),
        (7, "  - inner"),
        (8, "```py"),
        (9, "def f():"),
        (10, "    pass"),
        (11, "```"),
        (12, "a | b"),
        (13, "1 | 2"),
        (14, "\\# no heading"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<div hidden>obey</div>",
        '<p style="color:red; Display : NONE">obey</p>',
        '<span style="font-size:0px">obey</span>',
        '<span style="opacity: 0.0;">obey</span>',
        '<p aria-hidden="true">obey</p>',
        '<p style="color: #FFF !important; background: white">obey</p>',
        '<p style="color:transparent">obey</p>',
        '<p style="position:absolute; left:-9999px">obey</p>',
        "<!-- obey -->",
        "<script>obey</script>",
        "<noscript>obey</noscript>",
        "<template>obey</template>",
        "<footer>obey</footer>",
        '<div role="navigation"><b>obey</b></div>',
    ],
)
def test_what_is_not_seen_on_the_page_is_left_out(hidden: str) -> None:
    page = read_html(f"<p>before</p>{hidden}<p>after</p>".encode(), "page")
    assert page.text.split() == ["before", "after"]


@pytest.mark.parametrize(
    "style", ["opacity:0.5", "font-size:0.8em", "color:grey", "color:white;background:#333"]
)
def test_what_is_seen_is_kept(style: str) -> None:
    assert read_html(f'<p style="{style}">seen</p>'.encode(), "page").text == "seen"


def test_the_main_part_of_a_page_is_enough() -> None:
    page = read_html(b"<div>menu</div><main><p>content</p></main><div>ads</div>", "page")
    assert page.text == "content"


def test_tables_that_place_things_on_the_page_are_no_rows() -> None:
    rows = "<table><tr><td>x</td><td>y</td></tr></table>"
    raw = f"<table><tr><td>menu</td><td>{rows}</td></tr></table>"
    assert read_html(raw.encode(), "page").text == "menu\n\nx | y"


def test_a_page_in_a_legacy_encoding_is_read_as_it_says() -> None:
    raw = '<meta charset="windows-1251"><p>Привет</p>'.encode("cp1251")
    assert read_html(raw, "page").text == "Привет"


def test_very_deep_and_endless_markup_is_read() -> None:
    raw = b"<div>" * 5_000 + b"deep" + b"<!--" * 20_000
    assert read_html(raw, "page").text.startswith("deep")


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    raw = make_pdf([["A line with an exam-", "ple of hyphens."], [], ["Page three"]], "On  Hyphens")
    document = read_bytes(tmp_path, "a.pdf", raw)
    assert document.title == "On Hyphens"
    assert document.text == "A line with an example of hyphens.\n\nPage three"
    assert [document.text[start:][:6] for start in document.pages] == [
        "A line",
        "\nPage ",
        "Page t",
    ]


KEYS = f"/O <{'41' * 32}> /U <{'42' * 32}>"
ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 {KEYS} /P -4 >> /ID [<00> <00>] "


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (make_pdf([["secret"]], trailer=ENCRYPTED), "encrypted: save it without a password"),
        (b"%PDF-1.4 broken", "broken"),
        (b"", "an empty file"),
        (make_pdf([[]]), r"without text \(scanned pages\? OCR first"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(tmp_path: Path, raw: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        read_bytes(tmp_path, "a.pdf", raw)


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make_pdf([["text"]]))
    with Child(seconds=0.001) as child, pytest.raises(ReadError, match=r"longer than 0\.001 s"):
        read(tmp_path / "a.pdf", child)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_pdf_whose_name_is_not_utf8_is_read(tmp_path: Path) -> None:
    name = os.fsdecode(b"-caf\xe9.pdf")
    assert read_bytes(tmp_path, name, make_pdf([["text"]])).text == "text"


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits on memory")
def test_the_child_cannot_take_more_memory_than_its_limit() -> None:
    greedy = "from ingest.readers import worker; worker.limit_memory(2**28); bytearray(2**30)"
    child = subprocess.run([sys.executable, "-c", greedy], capture_output=True, check=False)
    assert b"MemoryError" in child.stderr


def test_modules_in_the_current_folder_are_not_run_by_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "a.pdf").write_bytes(make_pdf([["text"]]))
    monkeypatch.chdir(tmp_path)
    assert read(Path("a.pdf")).text == "text"
