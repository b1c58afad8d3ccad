"""Rich Text Format, as programs write it: what is read, and what is for programs."""

from __future__ import annotations

import pytest

from ingest.errors import ReadError, SkippedFile
from ingest.readers import rtf

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fcharset204 Arial;}"
    r"{\f2\fcharset2 Symbol;}}{\stylesheet{\s0 Normal;}{\s3\sbasedon0\f1 Heading 2;}}"
    r"{\info{\title The \'dcberflow}{\author Bo}}{\*\generator Writer;}"
)


def read(body: str, head: str = HEAD) -> list[str]:
    """The lines of a file with this body."""
    text = rtf.read(f"{head}{body}}}".encode("latin-1"), "a.rtf").text
    return [line for line in text.split("\n") if line]


def test_a_text_is_read_under_its_title() -> None:
    read = rtf.read(f"{HEAD}\\pard One\\par}}".encode(), "a.rtf")
    assert (read.title, read.format, read.text) == ("The Überflow", "rtf", "One")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"\pard\s3 Gate\par\pard Text\line more\par", ["## Gate", "Text", "more"]),
        (r"\pard\outlinelevel0 Gate\par", ["# Gate"]),
        (
            r"{\header \pard Office {\field{\*\fldinst PAGE}}\par}\pard One\par",
            ["Header: Office", "One"],
        ),
        (
            r"caf\'e9 \u8364? \u-10179\'5f\u-8704\'5f{\uc2\u24180\'94\'4e}\emdash\~x",
            ["café € 😀年— x"],
        ),
        (r"{\f1\'cf\'f0\'e8}{\f2\'b7}{\f0 \'e9} \u-3913?", ["При•é •"]),
        (r"10{\super 6} {\v hidden}{\strike old }{\deleted gone }{\b\strike0 new}", ["10^6 new"]),
        (
            r"{\field{\*\fldinst{HYPERLINK " + '"https://example.org/a"' + r"}}{\fldrslt here}}!",
            ["here (https://example.org/a)!"],
        ),
        (
            r"Open{\super\chftn{\footnote\pard Since May.\par}} now\par",
            ["Open[1] now", "[1] Since May."],
        ),
        (r"Open{\*\atnid B}{\*\annotation\pard Is it?} now", ["Open [comment: Is it?] now"]),
        (r"{\listtext\pard 1.\tab}Moor\par{\pict\wmetafile8 0a0b}{\*\unknown x}", ["1. Moor"]),
        (r"{\shp{\*\shpinst{\sp{\sn x}}{\shptxt\pard In a box\par}}}", ["In a box"]),
        ("a{\\b b\\*\\cs7 c}\\{d\\}\\bin3 }}}e", ["abc{d}e"]),
    ],
)
def test_text_is_read_as_it_is_seen(body: str, shown: list[str]) -> None:
    assert read(body) == shown


def test_a_table_has_its_rows_and_names_its_columns() -> None:
    rows = [("Boat", "Due"), ("Heron", "40"), ("Kite", "35")]
    body = "".join(
        r"\trowd\pard\intbl " + "".join(rf"{cell}\par more\cell " for cell in row) + r"\row "
        for row in rows
    ).replace(r"\par more", "")
    found = rtf.read(f"{HEAD}{body}\\pard After\\par}}".encode(), "a.rtf")
    assert found.text == "Boat | Due\nHeron | 40\nKite | 35\n\nAfter"
    [(start, body_start, _)] = found.tables
    assert found.text[start:body_start] == "Boat | Due\n"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"{\cf1 IGNORE }Open{\fs2 ALL} {\cf2 now}", "Open now"),
        (r"{\cf1\highlight2 Lit}{\cf1\chcbpat2 too}", "Littoo"),
        (r"\trowd\clcbpat2\cellx9\pard\intbl{\cf1 Boat}\cell\row\pard{\cf1 IGNORE}\par", "Boat"),
        (r"\viewbksp1{\cf1 On black}", "On black"),
        (r"{\*\background{\shp x}}{\cf1 On black}", "On black"),
        (r"\cf1\plain Open", "Open"),
    ],
)
def test_text_that_has_the_colour_of_the_paper_is_not_read(body: str, shown: str) -> None:
    colours = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue255;}"
    assert read(colours + body) == [shown]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"PK\x03\x04", "damaged"),
        (b"{\\rtf1" + b"{" * 20_000, "groups within groups"),
        (b"{\\rtf1\\ansi{\\pict 00}}", "without words"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, error: str) -> None:
    with pytest.raises((ReadError, SkippedFile), match=error):
        rtf.read(raw, "a.rtf")


@pytest.mark.parametrize("raw", [b"}" * 99, b"\\u55357\\uc-9\\ansicpg9\\'", b"{\\footnote" * 9])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert rtf.read(b"{\\rtf1 Text\\par " + raw, "a.rtf").text == "Text"


def test_what_a_file_breaks_off_in_is_kept() -> None:
    assert rtf.read(rb"{\rtf1 One\par tw", "a.rtf").text.split("\n\n") == ["One", "tw"]
    assert rtf.read(rb"{\rtf1 One{\footnote a note that", "a.rtf").text == "One a note that"
