"""Calendars and subtitles: what their programs show, where it is in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import Document
from ingest.readers import parse
from ingest.text.chunker import chunk


def read(name: str, text: str) -> Document:
    return parse(text.encode(), Path(name))


def test_a_calendar_is_read_event_by_event() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Harbour\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Oslo\r\n"
        "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Oslo:20260304T093000\r\n"
        "SUMMARY;LANGUAGE=en:Dredg\r\n ing\\, north\r\nUID:7\r\n"
        'ATTENDEE;CN="Roe, Bo":mailto:bo@example.org\r\nATTENDEE:mailto:cy@example.org\r\n'
        "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Closed\r\nDTSTART;VALUE=DATE:20260501\r\n"
        "DTEND;VALUE=DATE:20260503\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nSTATUS:CONFIRMED\r\n"
        "BEGIN:VALARM\r\nDESCRIPTION:Soon\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    document = read("harbour.ics", text)
    assert document.title == "Harbour"
    assert document.text == (
        "Event: Dredging, north\nStart: 2026-03-04 09:30 (Europe/Oslo)\n"
        "Attendees: Roe, Bo, cy@example.org\n\n"
        "Event: Closed\nStart: 2026-05-01\nEnd: 2026-05-02\nRepeats: yearly, count 3"
    )
    assert document.lines == (6, 7, 11, 11, 14, 16, 17, 18)


def test_subtitles_are_what_is_said_with_its_time() -> None:
    text = (
        "WEBVTT\r\n\r\nNOTE by a program\r\n\r\n1\r\n00:58.000 --> 01:00.000 align:start\r\n"
        "<v Ann>The <c>tide</c><00:59.000><i> turns</i>\r\n\r\n2\r\n01:00.000 --> 01:02.000\r\n"
        "<v Ann>The tide turns\r\n<v Ann>at &lt;nine&gt;\r\n\r\n3\r\n1:00:30.500 --> 1:00:31.0\r\n"
        "<v Bo>Good.\r\n"
    )
    document = read("talk.vtt", text)
    assert document.text == "Ann: The tide turns\nat <nine>\n\nBo: Good."
    (piece,) = chunk(document, lambda words: len(words) // 4, 254)
    assert (piece.place, piece.start_line, piece.end_line) == ("0:00:58 – 1:00:30", 7, 16)


def test_each_piece_of_a_long_speech_says_who_speaks() -> None:
    cues = (
        f"00:0{n}:00.000 --> 00:0{n}:59.000\n<v Ann>{f'Tide {n} turns. ' * 20}" for n in range(9)
    )
    document = read("talk.vtt", "WEBVTT\n\n" + "\n\n".join(cues))
    pieces = chunk(document, lambda words: len(words) // 4, 254)
    assert len(pieces) > 3
    assert all(piece.text.startswith("Ann: ") for piece in pieces)


def test_times_without_words_are_read_quickly() -> None:
    text = "00:00:01,000 --> 00:00:02,000\n" * 20_000  # hours, if each looked to the end
    assert read("a.srt", f"{text}Done").text == "Done"


def test_a_calendar_says_how_long_when_not_and_instead_of_what() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Watch\nDTSTART:20260304T093000Z\n"
        "DURATION:PT1H30M\nRRULE:FREQ=WEEKLY;UNTIL=20261001T000000Z\n"
        "EXDATE;VALUE=DATE:20260311,20260318\nEXDATE:20260325T093000Z\nURL:https://example.org/w\n"
        "RECURRENCE-ID;TZID=Europe/Oslo:20260401T093000\nEND:VEVENT\n"
        "BEGIN:VTODO\nSUMMARY:Tar\nDUE;VALUE=DATE:20260401\nEND:VTODO\nEND:VCALENDAR\n"
    )
    assert read("watch.ics", text).text.split("\n") == [
        "Event: Watch",
        "Start: 2026-03-04 09:30 UTC",
        "Lasts: 1 h 30 min",
        "Instead of: 2026-04-01 09:30 (Europe/Oslo)",
        "Repeats: weekly, until 2026-10-01 00:00 UTC",
        "Not on: 2026-03-11, 2026-03-18, 2026-03-25 09:30 UTC",
        "Link: https://example.org/w",
        "",
        "Task: Tar",
        "Due: 2026-04-01",
    ]


def test_an_address_book_is_read_contact_by_contact() -> None:
    text = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=B8rve;Bo;;Dr.;\r\nTEL;CELL:+47 1\r\n"
        "NOTE;QUOTED-PRINTABLE:Has the =\r\nkeys\r\nPHOTO;ENCODING=BASE64:/9j/\r\n"
        " AAAA\r\n\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Roe\r\n"
        "item1.EMAIL;type=INTERNET;type=WORK:ann@example.org\r\nitem2.URL:https://example.org\r\n"
        "item2.X-ABLabel:_$!<HomePage>!$_\r\nADR;TYPE=home:;;Quay 3\\, left;Bergen;;5003;\r\n"
        "UID:7\r\nEND:VCARD\r\n"
    )
    document = read("people.vcf", text)
    assert document.text == (
        "Contact: Dr. Bo Nørve\nPhone (cell): +47 1\nNote: Has the keys\n\n"
        "Contact: Ann Roe\nEmail (work): ann@example.org\nWeb (HomePage): https://example.org\n"
        "Address (home): Quay 3, left, Bergen, 5003"
    )
    assert document.lines == (1, 4, 5, 5, 11, 14, 15, 17)
    assert (document.title, read("a.vcf", text[text.rindex("BEGIN") :]).title) == (
        "people.vcf",
        "Ann Roe",
    )


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("a.json", '{"at": "K\\u00f8ge \\ud83d\\ude00"}', '{"at": "Køge 😀"}'),
        ("a.jsonl", '"\\\\u00f8 \\u0022 \\u202e"', '"\\\\u00f8 \\" \\u202e"'),
        ("a.yaml", 'at: "K\\xF8ge \\u6e2f \\x07"', 'at: "Køge 港 \\x07"'),
        (
            "a.xml",
            "<at>K&#248;ge &#x6E2F; &#60;b&#62; &#38;</at>",
            "<at>Køge 港 &#60;b&#62; &#38;</at>",
        ),
        ("a.rss", "<?xml version='1.0'?><a>K&#xF8;ge</a>", "<?xml version='1.0'?><a>Køge</a>"),
        ("a.properties", "at = K\\u00f8ge", "at = Køge"),
        ("a.py", 's = "K\\u00f8ge"', 's = "K\\u00f8ge"'),
    ],
)
def test_letters_of_data_are_not_numbers(name: str, text: str, shown: str) -> None:
    assert read(name, text).text == shown


def test_text_without_times_or_events_stays_as_it_is() -> None:
    assert read("a.srt", "No times here.").text == "No times here."
    assert read("a.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR").text.startswith("BEGIN")


def test_notes_of_evernote_are_read_under_their_titles() -> None:
    note = (
        "<note><title>Weir &amp; gate</title><created>20260304T093000Z</created><tag>a</tag>"
        "<tag>b</tag><content><![CDATA[<?xml version='1.0'?><!DOCTYPE en-note SYSTEM 'x'><en-note>"
        "<div>Open.</div><div><en-todo checked='true'/>Tar</div><en-crypt>AA</en-crypt></en-note>"
        "]]></content><resource><data>iVBOR</data></resource></note>"
    )
    document = read("notes.enex", f"<en-export>{note}{note.replace('Weir', 'Lock')}</en-export>")
    one = "Created: 2026-03-04\n\nTags: a, b\n\nOpen.\n[x] Tar"
    assert document.text == f"# Weir & gate\n\n{one}\n\n# Lock & gate\n\n{one}"
    assert document.left_out == ("2 encrypted parts",)


def test_captions_of_youtube_are_subtitles() -> None:
    text = "0:00:04.000,0:00:08.000\nAnn: The tide\nturns.\n\n0:01:09.500,0:01:12.000\nBo: Good.\n"
    document = read("talk.sbv", text)
    assert document.text == "Ann: The tide\nturns.\n\nBo: Good."
    assert document.places == ((0, "0:00:04"), (22, "0:01:09"))


WINCH = (
    '.\\" hidden\n.TH WINCH 1 2026-03-04\n.SH NAME\nwinch \\- lower the gate\n.SH OPTIONS\n.TP\n'
    '.BR \\-s ", " \\-\\-slow\nIt\\(cqs \\fIslow\\fR.\n.de XX\nhidden\n..\n.IX hidden\n'
    ".SS Gates\n.TS\nl l.\nNorth\tT{\nshut\nT}\n.TE\n"
)
GATE = (
    ".Dd March 4, 2026\n.Dt GATE 8\n.Os\n.Sh NAME\n.Nm gate\n.Nd open it\n.Sh SYNOPSIS\n.Nm\n"
    ".Op Fl t Ar seconds\n.Bl -tag\n.It Fl v\nTell. See\n.Xr winch 1 .\n.El\n"
)


@pytest.mark.parametrize(
    ("name", "text", "shown", "title"),
    [
        (
            "winch.1",
            WINCH,
            ["NAME", "winch - lower the gate", "OPTIONS", "-s, --slow", "It's slow.", "Gates"]
            + ["North", "shut"],
            "WINCH(1)",
        ),
        (
            "gate.8",
            GATE,
            ["NAME", "gate", "— open it", "SYNOPSIS", "gate", "[-t seconds]", "-v", "Tell. See"]
            + ["winch(1)."],
            "GATE(8)",
        ),
    ],
)
def test_a_manual_page_is_read_as_it_is_shown(
    name: str, text: str, shown: list[str], title: str
) -> None:
    document = read(name, text)
    assert [line.strip() for line in document.text.split("\n") if line] == shown
    assert document.title == title
    headings = [words for *_, words in document.headings]
    assert headings == [line for line in shown if line in ("NAME", "OPTIONS", "Gates", "SYNOPSIS")]
    for start, end, _, words in document.headings:
        assert document.text[start:end] == words
        number = document.lines[document.text.count("\n", 0, start)]
        assert words in text.split("\n")[number - 1]


@pytest.mark.parametrize(
    ("name", "text", "said", "places"),
    [
        (
            "a.ass",
            (
                "[Events]\nFormat: Start, End, Name, Text\nComment: 0:00:00.00,0:00:01.00,,no\n"
                "Dialogue: 0:00:05.50,0:00:06.00,Bo,At last, {\\i1}noon{\\i0}.\n"
                "Dialogue: 0:00:01.00,0:00:04.00,Ada,High\\Ntide\n"
                "Dialogue: 0:00:09.00,0:00:10.00,,{\\p1}m 0 0{\\p0}\n"
            ),
            "Ada: High\ntide\nBo: At last, noon.",
            ["0:00:01", "0:00:05"],
        ),
        (
            "a.lrc",
            "[ti:Song]\n[00:12.00]High\n[01:02.50]<01:02.50>tide",
            "High\n\ntide",
            ["0:00:12"],
        ),
        (
            "a.sub",
            "{1}{1}25\n{25}{50}High|tide\n{75}{99}{y:i}noon",
            "High\ntide\nnoon",
            ["0:00:01"],
        ),
        (
            "a.json",
            (
                '{"text": "x", "segments": [{"start": 61.0, "end": 62.0, "text": " High tide",'
                ' "tokens": [1], "speaker": "Ada"}]}'
            ),
            "Ada: High tide",
            ["0:01:01"],
        ),
        (
            "a.json3",
            (
                '{"wireMagic": "pb3", "events": [{"tStartMs": 1000, "segs": [{"utf8": "High"},'
                ' {"utf8": " tide"}]}, {"segs": [{"utf8": "\\n"}]}]}'
            ),
            "High tide",
            ["0:00:01"],
        ),
    ],
)
def test_subtitles_of_other_programs_are_what_is_said(
    name: str, text: str, said: str, places: list[str]
) -> None:
    document = read(name, text)
    assert document.text == said
    assert [words for _, words in document.places][: len(places)] == places


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.1", "1. a list\n.SH no title\n"),
        ("a.json", '{"text": "x", "segments": 4}'),
        ("a.json", '{"text": "x", "segments": [{"text": 4}]}'),
        ("a.sub", "GDS: no subtitles"),
    ],
)
def test_what_only_looks_like_that_stays_as_it_is(name: str, text: str) -> None:
    assert read(name, text).text == text
