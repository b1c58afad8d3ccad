"""Calendars and subtitles: what their programs show, where it is in the file."""

from __future__ import annotations

from pathlib import Path

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


def test_times_without_words_are_read_quickly() -> None:
    text = "00:00:01,000 --> 00:00:02,000\n" * 20_000  # hours, if each looked to the end
    assert read("a.srt", f"{text}Done").text == "Done"


def test_text_without_times_or_events_stays_as_it_is() -> None:
    assert read("a.srt", "No times here.").text == "No times here."
    assert read("a.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR").text.startswith("BEGIN")
