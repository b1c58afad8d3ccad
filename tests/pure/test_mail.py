"""Mail of many programs: alternatives, quotations, invitations, encodings."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import Child, format_of, html, mail, parse

HEAD = (
    "From: Ann <ann@example.org>\nDate: Tue, 3 Mar 2026 09:30:00 +0100\nSubject: Weir\n"
    "MIME-Version: 1.0\nContent-Type: "
)
SHOWN = "# Weir\n\nFrom: Ann <ann@example.org>\nDate: Tue, 03 Mar 2026 09:30:00 +0100"
EVENT = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Inspection\\, north gate\nDTSTART:20260304T090000Z\n"
    "LOCATION:Quay\n  3\nEND:VEVENT\nEND:VCALENDAR\n"
)
INVITED = f"text/calendar\n\n{EVENT}"


def read(kind: str, body: str, encoding: str = "utf-8") -> str:
    raw = f"{HEAD}{kind}\n\n{body}".replace("\n", "\r\n").encode(encoding)
    return mail.read(raw, "a.eml").text.removeprefix(SHOWN).strip()


def parts(*bodies: str) -> str:
    return "".join(f"--x\nContent-Type: {body}\n" for body in bodies) + "--x--\n"


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("multipart/alternative; boundary=x",
         parts("text/plain\n\nhtml", "text/html\n\n<p>The gate sticks.", INVITED),
         "The gate sticks."),
        ("text/calendar; method=REQUEST", EVENT,
         "Event: Inspection, north gate\nStart: 2026-03-04 09:00 UTC\nPlace: Quay 3"),
        ("text/plain; format=flowed", "The gate \nsticks.\n-- \nAnn", "The gate sticks.\n-- \nAnn"),
        ("text/plain", "The gate \nsticks.", "The gate \nsticks."),
        ("multipart/signed; boundary=x", parts("text/plain\n\nSigned.",
         "application/pgp-signature; name=s.asc\n\nabc"), "Signed."),
        ("text/html", "<blockquote><p>At nine?<blockquote>When?</blockquote></blockquote>A",
         "> At nine?\n\n> > When?\n\nA"),
    ],
)  # fmt: skip
def test_the_text_of_a_message_is_read(kind: str, body: str, said: str) -> None:
    assert read(kind, body) == said


def test_a_page_is_read_in_the_encoding_of_its_header() -> None:
    assert read("text/html; charset=iso-8859-2", "<p>Łódź śpi", "iso8859_2") == "Łódź śpi"


def test_a_signature_is_not_named_as_left_out() -> None:
    kind = "multipart/signed; boundary=x"
    body = parts("text/plain\n\nSigned.", "application/pgp-signature; name=s.asc\n\nabc")
    assert mail.read(f"{HEAD}{kind}\n\n{body}".encode(), "a.eml").left_out == ()


def test_a_message_of_apple_mail_has_its_length_before_it() -> None:
    message = f"{HEAD}text/plain\n\nThe gate sticks.\n"
    raw = f"{len(message)}\n{message}<?xml version='1.0'?><plist></plist>\n".encode()
    assert mail.read(raw, "1.emlx").text == f"{SHOWN}\n\nThe gate sticks."


@pytest.mark.parametrize(
    "answer",
    ["Right.\n\nAnn wrote:\n> The gate sticks\n> in the morning.", "Right.\n> in the morning."],
)
def test_a_quotation_goes_with_the_line_that_names_its_speaker(answer: str) -> None:
    messages = (
        f"From a@b Tue Mar  3 09:30:00 2026\n{HEAD}text/plain\n\n{text}\n"
        for text in ("The gate sticks\nin the morning.", answer)
    )
    text = mail.read("".join(messages).encode(), "a.mbox").text
    assert text == f"{SHOWN}\n\nThe gate sticks\nin the morning.\n\n{SHOWN}\n\nRight."


def test_a_page_saved_with_its_pictures_is_read_as_the_page() -> None:
    raw = (
        "From: <Saved by a browser>\nSubject: Weir\nMIME-Version: 1.0\n"
        "Content-Type: multipart/related;\n\tboundary=x\n\n--x\nContent-Type: text/html\n"
        "Content-Transfer-Encoding: quoted-printable\n\n<title>Weir</title><p>Opens at n=\nine.\n"
        "--x\nContent-Type: image/png\n\nAAAA\n--x--\n"
    )
    document = html.read(raw.encode(), "a.mhtml")
    assert (document.title, document.text, document.lines) == ("Weir", "Opens at nine.", ())
    assert format_of(Path("a.mhtml")) == "html"


def test_a_mailbox_is_known_by_a_look_inside() -> None:
    with Child() as child:
        raw = f"From - Tue Mar  3 09:30:00 2026\n{HEAD}text/plain\n\nThe gate sticks.\n"
        assert parse(raw.encode(), Path("Inbox"), child).format == "mail"
        assert parse(b"From 09:30 on\nNote: call\nus: now\n", Path("note"), child).format == "text"
