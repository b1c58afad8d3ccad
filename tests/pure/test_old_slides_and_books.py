"""Presentations of before 2007, FictionBook, and what is read of Pages, Numbers and Keynote."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hostile_pdfs import TEXT, page
from office import packed
from old_office_files import atom, box, compound, notes, presentation, shape, slide, text_atoms

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.intake.discovery import Found, find
from ingest.readers import fb2, format_of, iwork, old_office

TITLE, BODY, OTHER, NOTE = 0, 1, 4, 2
BY_NUMBER = atom(0xF9E, struct.pack("<I", 1))
HIDDEN = atom(0x3F9, struct.pack("<IIBBH", 0, 0, 0, 0, 4))
FOOTER = box(
    0xFD9,
    atom(0xFDA, struct.pack("<HH", 0, 0x20)),
    atom(0xFBA, "Harbour office".encode("utf-16-le"), 2),
)


def read(raw: bytes) -> Document:
    return old_office.read(raw, "a.ppt")


def one(*shapes: bytes, extra: bytes = b"") -> str:
    return read(presentation([(slide(*shapes, extra=extra), b"")])).text


def test_slides_are_read_with_their_notes_and_places() -> None:
    outline = atom(0xF9F, struct.pack("<I", TITLE)) + text_atoms(BODY, "Moor.\rPay.\x0bNow.")
    first = slide(shape(text_atoms(TITLE, "The gate")), shape(BY_NUMBER), extra=FOOTER)
    second = slide(shape(text_atoms(OTHER, "Shut since May.")), extra=FOOTER)
    said = notes(256, shape(text_atoms(NOTE, "Say why.")), shape(text_atoms(OTHER, "*"), place=8))
    found = read(
        presentation([(first, outline), (second, b""), (slide(extra=HIDDEN), b"")], [said])
    )
    assert found.text == (
        "# The gate\n\n- Moor.\n- Pay.\n  Now.\n\nFooter: Harbour office\n\nNotes: Say why.\n\n"
        "# Slide 2\n\nShut since May."
    )
    assert found.pages[1] == found.text.index("# Slide 2")
    assert (found.format, found.title) == ("ppt", "The gate")
    assert found.left_out == ("1 hidden slide",)


@pytest.mark.parametrize(
    ("shapes", "shown"),
    [
        ([shape(text_atoms(OTHER, "unseen"), properties={0x3BF: 0x20002})], []),
        (
            [shape(properties={0x381: "The plan of the new gate\0".encode("utf-16-le")})],
            ["[image: The plan of the new gate]"],
        ),
        ([shape(text_atoms(OTHER, "3 May"), place=7)], ["Date: 3 May"]),
        ([shape(text_atoms(OTHER, "*") + atom(0xFF7, b"\0" * 8))], []),
        ([box(0xF003, shape(text_atoms(OTHER, "In a group")))], ["In a group"]),
    ],
)
def test_shapes_are_read_as_they_are_seen(shapes: list[bytes], shown: list[str]) -> None:
    text = one(shape(text_atoms(TITLE, "Gate")), *shapes, shape(text_atoms(OTHER, "Open")))
    assert [line for line in text.split("\n")[1:] if line] == [*shown, "Open"]


def test_tables_and_comments_of_slides() -> None:
    def cell(text: str, left: int, top: int) -> bytes:
        anchor = atom(0xF00F, struct.pack("<iiii", left, top, left + 9, top + 9))
        return box(0xF004, anchor, box(0xF00D, text_atoms(OTHER, text)))

    cells = [cell("Due", 10, 0), cell("Boat", 0, 0), cell("Heron", 0, 10), cell("40", 10, 10)]
    table = box(0xF003, shape(properties={0x39F: 1}), *cells, cell("35", 10, 20))
    comment = box(
        0x2EE0,
        atom(0xFBA, "Ann".encode("utf-16-le"), 0),
        atom(0xFBA, "Really?".encode("utf-16-le"), 1),
    )
    tags = box(0x1388, box(0x138A, atom(0x138B, comment)))
    found = read(presentation([(slide(table, extra=tags), b"")]))
    assert found.text.split("\n\n")[1:] == [
        "Boat | Due\nHeron | 40\n| 35",
        "Comment by Ann: Really?",
    ]
    assert len(found.tables) == 1


def test_links_of_slides_say_where_they_lead() -> None:
    target = atom(0xFBA, "https://example.org/a".encode("utf-16-le"), 1)
    link = box(0x409, box(0xFD7, atom(0xFD3, struct.pack("<I", 7)), target))
    action = box(0xFF2, atom(0xFF3, struct.pack("<II8x", 0, 7)))
    ends = [action + atom(0xFDF, struct.pack("<II", *span)) for span in ((4, 8), (13, 16))]
    text = text_atoms(OTHER, "See here and\rnow") + b"".join(ends)
    found = read(presentation([(slide(shape(text)), b"")], extra=link))
    assert found.text.split("\n")[2:] == [
        "See here (https://example.org/a) and",
        "now (https://example.org/a)",
    ]


def test_only_the_last_save_of_slides_is_read() -> None:
    old, new = (slide(shape(text_atoms(OTHER, f"Due on {day}."))) for day in ("Monday", "Friday"))
    assert read(presentation([(new, b"")], before=old)).text == "# Slide 1\n\nDue on Friday."


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (struct.pack("<III", 20, 0xF3D1C4DF, 0), "encrypted"),
        (struct.pack("<III", 20, 0xE391C05F, 7), "damaged"),
        (b"", "not read yet: save it as .pptx or PDF"),
    ],
)
def test_slides_that_cannot_be_read_say_why(user: bytes, reason: str) -> None:
    streams = {"PowerPoint Document": b"\0" * 99, "Current User": atom(0xFF6, user)}
    with pytest.raises((ReadError, SkippedFile), match=reason):
        read(compound(streams))


def test_slides_with_pictures_alone_say_so() -> None:
    with pytest.raises(SkippedFile, match="slides without text"):
        one(shape())


BOOK = """<?xml version="1.0" encoding="windows-1251"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><author><first-name>Anton</first-name><last-name>Чехов</last-name></author>
<book-title>The Gate</book-title><annotation><p>A story.</p></annotation></title-info>
<document-info><author><nickname>scanner</nickname></author></document-info></description>
<body><title><p>The Gate</p></title><section><title><p>Part</p><p>one</p></title>
<section><title><p>May</p></title>
<p>Шла <emphasis>лодка</emphasis>.<a l:href="#n1" type="note">[1]</a></p>
<poem><stanza><v>One line</v><v>two lines</v></stanza></poem>
<table><tr><th>Boat</th><th>Due</th></tr><tr><td>Heron</td><td>40</td></tr></table></section></section>
</body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>A kind of boat.</p></section></body>
<binary id="cover.jpg" content-type="image/jpeg">aGVsbG8=</binary></FictionBook>"""


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_fiction_book_is_read_chapter_by_chapter(is_packed: bool) -> None:
    raw = BOOK.encode("cp1251")
    found = fb2.read(packed({"book.fb2": raw}) if is_packed else raw, "a.fb2")
    assert [line for line in found.text.split("\n") if line] == [
        "# The Gate",
        "Anton Чехов",
        "A story.",
        "# The Gate",
        "## Part one",
        "### May",
        "Шла лодка.[1]",
        "One line",
        "two lines",
        "Boat | Due",
        "Heron | 40",
        "## 1",
        "A kind of boat.",
    ]
    assert (found.format, found.title, len(found.tables)) == ("fb2", "The Gate", 1)
    assert format_of(Path("a.fb2.zip")) == "fb2"


@pytest.mark.parametrize(
    "raw", [b"<html><p>x</p></html>", packed({"a.txt": "x"}), b"<FictionBook>"]
)
def test_a_book_that_cannot_be_read_says_why(raw: bytes) -> None:
    with pytest.raises((ReadError, SkippedFile), match=r"damaged|without text"):
        fb2.read(raw, "a.fb2")


def test_of_keynote_the_preview_is_read_and_the_rest_is_said(tmp_path: Path) -> None:
    raw = packed({"Index.zip": b"x", "QuickLook/Preview.pdf": page(TEXT)})
    found = iwork.read(raw, "talk.key")
    assert found.text.strip() == "High tide at noon"
    assert "preview" in found.left_out[-1]
    (tmp_path / "talk.key").write_bytes(raw)
    assert [type(item) for item in find([tmp_path])] == [Found]


@pytest.mark.parametrize(
    ("name", "better"),
    [("a.pages", ".docx or PDF"), ("a.numbers", ".xlsx or .csv"), ("a.key", ".pptx or PDF")],
)
def test_of_apple_files_without_a_preview_is_said_what_helps(name: str, better: str) -> None:
    with pytest.raises(SkippedFile, match=f"not read yet: save it as {better}"):
        iwork.read(packed({"Index/Document.iwa": b"x", "preview.jpg": b"x"}), name)
