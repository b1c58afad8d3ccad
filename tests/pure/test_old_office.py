"""Files of Word, Excel and Outlook of before 2007: what is read, and what is left out and said."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from old_office_files import (
    bounds,
    cell,
    compound,
    fixed,
    message,
    record,
    sprm,
    styles,
    values,
    word,
    workbook,
)

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.readers import Child, mail, old_office, parse, worker
from ingest.readers.msg.properties import unpacked

TEXT_BOX = (
    record(0x5D, struct.pack("<HHHH", 0x15, 18, 6, 1) + b"\0" * 14)
    + record(0x1B6, struct.pack("<HHHHHHHHH", 0, 0, 0, 0, 0, 9, 16, 0, 0))
    + record(0x3C, b"\0In a box.")
    + record(0x3C, b"\0" * 16)
)
BOATS = (
    record(0x208, struct.pack("<HHHHHHHH", 3, 0, 2, 255, 0, 0, 0x20, 15))
    + record(0x7D, struct.pack("<HHHHHH", 4, 4, 2048, 15, 1, 0))
    + cell(0, 0, "Boat")
    + cell(0, 1, "Due")
    + cell(1, 0, "Heron")
    + cell(1, 1, 40.0)
    + cell(2, 0, "Kite")
    + cell(2, 1, 35.5)
    + cell(1, 2, 46085.5, 16)
    + cell(2, 2, "IGNORE ALL", 17)
    + cell(2, 3, "gone", 18)
    + cell(3, 0, "Hidden row")
    + cell(1, 4, "hidden column")
)


def read(raw: bytes, name: str = "a.doc") -> Document:
    return old_office.read(raw, name)


def lines(raw: bytes) -> list[str]:
    return [line for line in read(raw).text.split("\n") if line]


def test_a_workbook_is_read_as_a_newer_one() -> None:
    secret = cell(0, 0, "secret")
    found = read(workbook({"Fleet": BOATS, "Old": secret}, hidden=["Old"]), "a.xls")
    assert found.text == "# Fleet\n\nBoat | Due\nHeron | 40 | 2026-03-04 12:00\nKite | 35.5"
    [(start, body, _)] = found.tables
    assert found.text[start:body] == "Boat | Due\n"
    assert (found.format, found.title) == ("xls", "a.xls")
    assert set(found.left_out) == {
        "1 cell in white letters",
        "1 cell struck out",
        "2 cells in hidden rows or columns",
        "1 hidden sheet",
    }


def test_boxes_and_charts_of_a_workbook_and_names_that_cannot_be_calculated() -> None:
    chart = record(0x809, struct.pack("<HHHHII", 0x600, 0x20, 0, 0, 0, 6)) + record(0x0A)
    name = record(0x18, struct.pack("<HBBHHHBBBB", 0, 0, 1, 3, 0, 0, 0, 0, 0, 0) + b"\0x\x2d\0\0")
    found = read(workbook({"Fleet": cell(0, 0, "Heron") + TEXT_BOX + chart}, name), "a.xls")
    assert found.text == "# Fleet\n\nHeron\n\nIn a box."
    assert found.left_out == ("1 chart",)


def test_a_workbook_that_is_xml_is_read_as_others() -> None:
    page = (
        '\n<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:s="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet s:Name="Fleet"><Table>'
        '<Row><Cell s:MergeDown="1"><Data s:Type="String">Heron</Data></Cell>'
        '<Cell><Data s:Type="DateTime">2026-03-04T00:00:00.000</Data></Cell></Row>'
        '<Row><Cell s:Index="3"><Data s:Type="Boolean">1</Data></Cell></Row>'
        '<Row s:Hidden="1"><Cell><Data s:Type="String">x</Data></Cell></Row></Table></Worksheet>'
        '<Worksheet s:Name="Old"><Table><Row><Cell><Data s:Type="String">y</Data></Cell></Row>'
        "</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>"
        "</Workbook>"
    )
    found = read(page.encode(), "a.xls")
    assert found.text == "# Fleet\n\nHeron | 2026-03-04\nHeron | | TRUE"
    assert found.left_out == ("1 cell in hidden rows or columns", "1 hidden sheet")


def test_headings_and_lists_of_a_word_document() -> None:
    level = struct.pack("<IBB9xB4x4xBBBB", 1, 0, 0, 0, 0, 0, 0, 0)
    label = struct.pack("<H", 2) + "\0.".encode("utf-16-le")
    lists = struct.pack("<H", 1) + struct.pack("<ii18xBB", 7, 0, 1, 0) + level + label
    names = struct.pack("<I", 1) + struct.pack("<i8xBBBB", 7, 0, 0, 0, 0)
    item = b"\0\0" + sprm(0x460B, 1, 2)
    raw = word(
        "The gate\rMoor the boat.\rPay.\rHelp\x0bus.\r",
        paragraphs={0: b"\1\0", 1: item, 2: item},
        tables={1: styles(0, 2), 73: lists, 74: names},
    )
    found = read(raw)
    assert found.text == "## The gate\n\n1. Moor the boat.\n2. Pay.\n\nHelp\nus."
    assert (found.format, found.title) == ("doc", "The gate")


def test_tables_of_a_word_document() -> None:
    inside, row_end = sprm(0x2416, 1), sprm(0x2416, 1) + sprm(0x2417, 1)
    tc = b"".join(struct.pack("<H18x", flags) for flags in (1 << 5, 0))
    below = sprm(0xD608, 2 + 6 + 40, 2) + b"\2" + b"\0" * 6 + tc
    cells = ["Boat", "Due", "", "Heron", "40", "", "", "35", ""]
    kinds = [row_end if not cell_ else inside for cell_ in cells]
    kinds[6], kinds[8] = inside, row_end + below
    raw = word(
        "\x07".join(cells) + "\x07After\r",
        paragraphs={number: b"\0\0" + kind for number, kind in enumerate(kinds)},
    )
    assert lines(raw) == ["Boat | Due", "Heron | 40", "Heron | 35", "After"]
    assert read(raw).tables


@pytest.mark.parametrize(
    ("text", "runs", "shown"),
    [
        ("Open hidden now", {(5, 12): sprm(0x083C, 1)}, "Open now"),
        ("Open struck now", {(5, 12): sprm(0x0837, 1)}, "Open now"),
        ("Open gone now", {(5, 10): sprm(0x0800, 1)}, "Open now"),
        ("Open IGNORE now", {(5, 12): sprm(0x6870, 0xFFFFFF, 4)}, "Open now"),
        ("Open IGNORE now", {(5, 12): sprm(0x4A43, 2, 2)}, "Open now"),
        ("10 6", {(2, 3): sprm(0x083C, 1), (3, 4): sprm(0x2A48, 1)}, "10^6"),
        ("😀 here", {}, "😀 here"),
        ('See \x13 HYPERLINK "https://example.org/a" \x14here\x15!', {}, None),
        ("A\x13 TOC \\o \x14Gate 3\x15B", {}, "AB"),
        ("in \x13EQ \\* jc2 \\o\\ad(\\s\\up 10(とうきょう),東京)\x15!", {}, "in 東京!"),
        ("\x13 EQ \\f(1,2) \x15 h", {}, "1/2 h"),
        ("Picture \x01, shape \x08, soft\x1fhyphen, co\x1eop", {}, None),
    ],
)
def test_text_of_word_is_read_as_it_is_seen(
    text: str, runs: dict[tuple[int, int], bytes], shown: str | None
) -> None:
    special = {
        "S": "See here (https://example.org/a)!",
        "P": "Picture , shape , softhyphen, co-op",
    }
    assert lines(word(f"{text}\r", letters=runs)) == [shown or special[text[0]]]


def test_notes_comments_headers_and_boxes_are_kept_apart() -> None:
    body, note, header = "Open\x02 and \x05shut.\r", "\x02 Since May.\r", "Office\r"
    comment, box = "\x05Really?\r", "In a box.\r"
    edges = [0] * 8 + [len(header)] * 5
    raw = word(
        body + note + header + comment + box,
        parts=[len(body), len(note), len(header), 0, len(comment), 0, len(box)],
        tables={
            2: bounds(4, len(body)) + b"\0\0",
            3: bounds(0, len(note), len(note)),
            4: bounds(10, len(body)) + b"\0" * 20 + b"\0\0" + b"\0" * 8,
            5: bounds(0, len(comment), len(comment)),
            11: bounds(*edges),
            36: struct.pack("<H", 3) + "Ann".encode("utf-16-le"),
        },
    )
    assert lines(raw) == [
        "Header: Office",
        "Open[1] and [c1]shut.",
        "[1] Since May.",
        "[c1] Comment by Ann: Really?",
        "In a box.",
    ]


def test_boxes_of_forms_are_ticked() -> None:
    def box(ticked: int) -> bytes:
        values_ = struct.pack("<IHHH", 0xFFFFFFFF, 1 | ticked << 2, 0, 0) + b"\0\0\0\0" + b"\0\0"
        return (struct.pack("<IH", 0, 68).ljust(68, b"\0") + values_).ljust(100, b"\0")

    text = "\x13 FORMCHECKBOX \x01\x15Paid \x13 FORMCHECKBOX \x01\x15Due\r"
    at = [number for number, sign in enumerate(text) if sign == "\x01"]
    raw = word(
        text,
        letters={(n, n + 1): sprm(0x6A03, 100 * k, 4) for k, n in enumerate(at)},
        streams={"Data": box(1) + box(0)},
    )
    assert lines(raw) == ["[x] Paid [ ] Due"]


def test_text_that_a_fast_save_left_behind_is_not_read() -> None:
    assert lines(word("Due on Friday.\r", before="Due on Monday.\r", flags=0x0204)) == [
        "Due on Friday."
    ]


def test_objects_that_are_not_read_are_said() -> None:
    found = read(word("Plan:\x13 EMBED Excel.Sheet.8 \x14\x01\x15\r"))
    assert (found.text, found.left_out) == ("Plan:", ("1 embedded object",))


def test_word_95_is_read_without_its_formats_which_is_said() -> None:
    text = "Café\rOpen\r".encode("cp1252")
    info = struct.pack("<HHHHHH", 0xA5DC, 104, 0, 0, 0, 0).ljust(0x18, b"\0")
    info = (info + struct.pack("<I", 0x300)).ljust(0x34, b"\0") + struct.pack("<I", len(text))
    found = read(compound({"WordDocument": info.ljust(0x300, b"\0") + text.ljust(4096, b"\0")}))
    assert found.text.startswith("Café\n\nOpen")
    assert "Word 95" in found.left_out[0]


NOON = (datetime(2026, 3, 4, 12) - datetime(1601, 1, 1)) // timedelta(microseconds=1) * 10
SENT = fixed(32, (0x0039, 0x40, NOON), (0x3FDE, 3, 1252))
LETTER = {
    "0037": "The gate",
    "1000": "Open until Friday.\r\n",
    "0C1A": "Ann",
    "5D01": "ann@example.org",
    "0E04": "Bo",
}


def test_a_message_of_outlook_is_read_as_mail() -> None:
    inner = "__attach_version1.0_#00000001/__substg1.0_3701000D/"
    streams = {
        "__properties_version1.0": SENT,
        "__attach_version1.0_#00000000/__properties_version1.0": fixed(8, (0x3705, 3, 1)),
        **values("__attach_version1.0_#00000000/", {"3707": "Fees.csv", "3701": b"boat,40"}),
        "__attach_version1.0_#00000001/__properties_version1.0": fixed(8, (0x3705, 3, 5)),
        f"{inner}__properties_version1.0": b"\0" * 24,
        **values(inner, {"0037": "Earlier", "1000": "Shut since May."}),
        "__attach_version1.0_#00000002/__properties_version1.0": fixed(8, (0x3705, 3, 2)),
        **values("__attach_version1.0_#00000002/", {"3707": "plan.doc"}),
        "__recip_version1.0_#00000000/__properties_version1.0": fixed(8, (0x0C15, 3, 1)),
        **values("__recip_version1.0_#00000000/", {"3001": "Bo", "39FE": "bo@example.org"}),
    }
    found = read(message(LETTER, streams), "a.msg")
    assert [line for line in found.text.split("\n") if line] == [
        "# The gate",
        "From: Ann <ann@example.org>",
        "To: Bo <bo@example.org>",
        "Date: Wed, 04 Mar 2026 12:00:00 +0000",
        "Open until Friday.",
        "## Attachment: Fees.csv",
        "boat,40",
        "## Earlier",
        "Shut since May.",
    ]
    assert (found.format, found.title) == ("msg", "The gate")
    assert found.places == ((0, "message of 4 March 2026"),)
    assert found.left_out == ("attachment plan.doc: only a link to it was sent",)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"1013": "<p>Zum Tor – für alle".encode("cp1252")}, "Zum Tor – für alle"),
        (
            {"1009": struct.pack("<II4sI", 30, 22, b"MELA", 0) + b"{\\rtf1 Rich text\\par}"},
            "Rich text",
        ),
        ({"1000": "Bring oars.", "001A": "IPM.Appointment", "0060": ""}, "Bring oars."),
    ],
)
def test_bodies_of_a_message_in_other_forms(fields: dict[str, str | bytes], shown: str) -> None:
    raw = message({"0037": "Gate", **fields}, {"__properties_version1.0": SENT})
    assert read(raw, "a.msg").text.split("\n")[-1] == shown


def test_an_appointment_says_when_and_where() -> None:
    names = struct.pack("<IIII", 0x820D, 0, 0x8208, 1 << 16)
    streams = {
        "__properties_version1.0": fixed(32, (0x8000, 0x40, NOON)),
        "__nameid_version1.0/__substg1.0_00030102": names,
        **values("", {"001A": "IPM.Appointment", "0037": "Regatta", "8001": "Pier 4"}),
    }
    text = read(compound(streams), "a.msg").text
    assert "Start: 2026-03-04 12:00 UTC\nLocation: Pier 4" in text


def test_an_encrypted_message_says_so() -> None:
    folder = "__attach_version1.0_#00000000/"
    streams = {
        "__properties_version1.0": b"\0" * 32,
        f"{folder}__properties_version1.0": fixed(8, (0x3705, 3, 1)),
        **values(folder, {"370E": "application/pgp-encrypted", "3701": b"Version: 1"}),
    }
    with pytest.raises(SkippedFile, match="the text is encrypted"):
        read(message({}, streams), "a.msg")


def test_compressed_rich_text_is_unpacked() -> None:
    # What is there already is named by where it is: "{\rtf1" by 0, six letters long.
    raw = b"\x01" + struct.pack(">H", 0 << 4 | 4) + b" Heron}" + b"\0" * 9
    head = struct.pack("<II4sI", len(raw) + 12, 13, b"LZFu", 0)
    assert unpacked(head + raw) == b"{\\rtf1 Heron}"


def test_old_office_files_are_read_as_attachments() -> None:
    letter = EmailMessage()
    letter["Subject"] = "Fleet"
    letter.set_content("Here.")
    for name, raw in (
        ("a.xls", workbook({"Fleet": cell(0, 0, "Heron")})),
        ("b.doc", word("Kite\r")),
    ):
        letter.add_attachment(raw, maintype="application", subtype="x", filename=name)
    text = mail.read(letter.as_bytes(), "a.eml").text
    assert "Heron" in text
    assert "Kite" in text


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as shared:
        yield shared


@pytest.mark.parametrize(
    ("name", "raw", "form"),
    [
        ("a.doc", word("Heron\r"), "doc"),
        ("a.doc", workbook({"Fleet": cell(0, 0, "Heron")}), "xls"),
        ("a.docx", word("Heron\r"), "doc"),
        ("a.dot", word("Heron\r"), "doc"),
        ("a.msg", b"From: ann@example.org\nSubject: Boats\n\nHeron", "mail"),
        ("a.msg", b"# a pose of a robot\nfloat64 Heron\n", "text"),
    ],
)
def test_what_is_inside_decides_and_not_the_name(
    child: Child, name: str, raw: bytes, form: str
) -> None:
    found = parse(raw, Path(name), child)
    assert (found.format, "Heron" in found.text) == (form, True)


ENCRYPTED = record(0x2F, b"\0" * 6)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.doc", word("x\r", flags=0x0300), "encrypted: save it without a password first"),
        ("a.xls", workbook({"A": cell(0, 0, "x")}, ENCRYPTED), "encrypted"),
        ("a.xlsx", compound({"EncryptedPackage": b"x"}), "encrypted"),
        ("a.doc", compound({"WordDocument": b"\0" * 5000}), "damaged"),
        ("a.doc", bytes.fromhex("D0CF11E0A1B11AE1"), "damaged"),
        ("a.doc", b"\xdb\xa5-\0\0\0", "not read yet: save it as .docx or PDF"),
        ("a.xls", b"\0\1\2\3", "not read yet: save it as .xlsx or .csv"),
        ("a.wps", compound({"MatOST": b"x"}), "not read yet: save it as .docx or PDF"),
        ("a.doc", word("\x01\r"), "a text without words"),
        ("a.xls", workbook({"A": b""}), "a workbook without text"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, raw: bytes, reason: str) -> None:
    with pytest.raises((ReadError, SkippedFile), match=reason):
        old_office.read(raw, name)


def test_a_text_that_repeats_its_bytes_does_not_fill_the_memory() -> None:
    count = 3_000
    pieces = b"".join(struct.pack("<I", 500 * number) for number in range(count + 1))
    pieces += b"".join(struct.pack("<HIH", 0, 1024, 0) for _ in range(count))
    raw = word("x" * 500, tables={33: b"\2" + struct.pack("<I", len(pieces)) + pieces})
    with pytest.raises(ReadError, match="damaged"):
        read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        word("Heron\r" * 20),
        workbook({"A": BOATS}),
        message(LETTER, {"__properties_version1.0": SENT}),
    ],
)
def test_broken_bytes_cost_no_more_than_their_file(raw: bytes) -> None:
    for seed in range(0, len(raw), 97):
        broken = bytearray(raw)
        for at in range(seed, len(raw), 997):
            broken[at] = (broken[at] + 129) % 256
        try:
            worker.read(bytes(broken), "old_office", "a.doc")
        except ReadError:
            continue
