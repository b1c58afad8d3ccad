"""Slides, notebooks and mail: what a person reads of them, and where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from new_formats import letter, notebook, shape, slides
from office import docx, paragraph

from ingest.errors import ReadError, SkippedFile
from ingest.readers import html, ipynb, mail, parse, pptx


def test_slides_are_read_with_their_notes_and_numbers() -> None:
    raw = slides(
        shape("Locks", "title") + shape("Open at nine\nClosed on Monday", "body"),
        shape("Only a text"),
        shape("Not for you", "title"),
        notes=shape("Say good morning.", "body") + shape("1", "sldNum"),
        hidden=3,
    )
    deck = pptx.read(raw, "deck.pptx")
    assert deck.title == "Locks"
    assert deck.text.split("\n") == [
        "# Locks",
        "",
        "- Open at nine",
        "- Closed on Monday",
        "",
        "Notes: Say good morning.",
        "",
        "# Slide 2",
        "",
        "Only a text",
    ]
    assert [deck.text[start:].strip()[:7] for start in deck.pages[:2]] == ["# Locks", "# Slide"]
    assert deck.left_out == ("1 hidden slide",)


def test_a_table_on_a_slide_has_columns_and_hidden_shapes_are_left_out() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<a:tc {more}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"

    rows = [
        cell("Lock") + cell("Gate") + cell("Toll"),
        cell("North", 'gridSpan="2"') + cell("", 'hMerge="1"') + cell("4"),
    ]
    table = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    frame = f"<p:graphicFrame><a:tbl>{table}</a:tbl></p:graphicFrame>"
    raw = slides(frame + shape("obey", name='hidden="1"') + shape("7", "sldNum"))
    deck = pptx.read(raw, "deck.pptx")
    assert deck.text == "# Slide 1\n\nLock | Gate | Toll\nNorth | | 4"
    assert len(deck.tables) == 1
    with pytest.raises(SkippedFile, match="without text"):
        pptx.read(slides("<p:pic/>"), "deck.pptx")


PICTURE = "iVBOR" * 9_000


def test_a_notebook_is_read_cell_by_cell_without_its_pictures() -> None:
    outputs = [
        {"output_type": "stream", "text": ["\x1b[31m12\x1b[0m\n"]},
        {
            "output_type": "display_data",
            "data": {"image/png": PICTURE, "text/plain": "<Figure>"},
        },
        {"output_type": "execute_result", "data": {"text/html": "<table><tr><td>a<td>b</table>"}},
        {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["long"]},
    ]
    raw = notebook(
        {"cell_type": "markdown", "source": ["# Tides\n", "They turn."]},
        {"cell_type": "code", "source": "", "outputs": []},
        {"cell_type": "code", "source": "print(12)", "outputs": outputs},
    )
    book = ipynb.read(raw, "tides.ipynb")
    assert book.title == "Tides"
    assert [name for _, name in book.places] == ["cell 1", "cell 3"]
    assert book.text[book.places[1][0] :].startswith("```python\nprint(12)\n```")
    assert "Output:\n```\n12\n```" in book.text
    assert "a | b" in book.text
    assert "KeyError: 'x'" in book.text
    assert "iVBOR" not in book.text
    assert "Figure" not in book.text
    assert book.left_out == ("1 picture in outputs",)


@pytest.mark.parametrize("raw", [b"{", b"[" * 100_000, b"\xff\xfe"])
def test_a_broken_notebook_says_so(raw: bytes) -> None:
    with pytest.raises(ReadError, match="damaged"):
        ipynb.read(raw, "a.ipynb")


def test_a_message_is_read_with_its_headers_and_attachments() -> None:
    message = letter("Berth – Größe", "We need nine metres.\n")
    message.add_alternative("<p>We need <b>nine</b> metres.</p>", subtype="html")
    office = "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"
    message.add_attachment(
        docx(paragraph("The contract is signed.")),
        maintype=office[0],
        subtype=office[1],
        filename="contract.docx",
    )
    message.add_attachment(b"\0" * 50, maintype="application", subtype="x", filename="a.bin")
    read = mail.read(message.as_bytes(), "a.eml")
    assert read.title == "Berth – Größe"
    assert "From: Ada <ada@example.org>" in read.text
    assert read.text.count("nine") == 1
    assert "## Attachment: contract.docx\n\nThe contract is signed." in read.text
    assert read.places == ((0, "message of 3 March 2026"),)
    assert read.left_out == ("attachment a.bin: not a format that can be read",)


def test_a_mailbox_says_what_is_quoted_once() -> None:
    first = letter("Toll", "The toll is four coins.\n\nAda\n")
    reply = letter("Re: Toll", "Too much!\n\n> The toll is four coins.\n", 4)
    box = b"".join(
        b"From ada@example.org Tue Mar 03 09:30:00 2026\n" + mail.as_bytes() + b"\n\n"
        for mail in (first, reply)
    )
    read = mail.read(box, "box.mbox")
    assert read.text.count("four coins") == 1
    assert [name for _, name in read.places] == [
        "message of 3 March 2026",
        "message of 4 March 2026",
    ]
    assert read.cuts == (read.places[1][0],)
    with pytest.raises(ReadError, match="not a message"):
        mail.read(b"\0\1\2", "a.eml")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_headers_in_eight_bits_are_read(encoding: str) -> None:
    head = 'From: "J\xf6rg M\xfcller" <joerg@example.org>\nSubject: Gr\xfc\xdfe aus K\xf6ln\n'
    document = mail.read(head.encode(encoding) + b"\nSee you.\n", "a.eml")
    assert document.title == "Gr\xfc\xdfe aus K\xf6ln"
    assert "J\xf6rg M\xfcller" in document.text


def test_drawings_and_widgets_of_a_notebook_cost_themselves() -> None:
    page = f"<script>{'x' * html.MAX_BYTES}</script>"
    outputs = [
        {"data": {"application/vnd.plotly.v1+json": {}, "text/html": page}},
        {"data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "HBox(…)"}},
        {"data": {"application/json": {"toll": 9}, "text/plain": "<IPython.JSON object>"}},
    ]
    raw = notebook(
        {"cell_type": "raw", "source": "---\ntitle: Tolls\ntags: [boats]\n---"},
        {"cell_type": "code", "source": "show()", "outputs": outputs},
    )
    book = ipynb.read(raw, "a.ipynb")
    assert (book.title, book.properties.tags) == ("Tolls", ("boats",))
    assert book.text.endswith('```python\nshow()\n```\n\nOutput:\n```\n{"toll": 9}\n```')
    assert book.left_out == ("2 pictures in outputs",)


def test_latex_has_its_title_and_headings() -> None:
    text = (
        "\\title{On \\emph{Buoys}\\thanks{The crew}}\n\\section*{Tides \\& flows}\nWords.\n"
        "% \\section{Not yet}\n\\subsection[Short]{Depth~at 5\\,\\%}\nMore.\n\\section{"
    )
    document = parse(text.encode(), Path("a.tex"))
    assert document.title == "On Buoys"
    assert [(level, title) for _, _, level, title in document.headings] == [
        (3, "Tides & flows"),
        (4, "Depth at 5 %"),
    ]
    start, end, *_ = document.headings[0]
    assert text[start:end] == "\\section*{Tides \\& flows}"
