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
WHEN = "Event: Inspection, north gate\nStart: 2026-03-04 09:00 UTC\nPlace: Quay 3"
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
         f"The gate sticks.\n\n{WHEN}"),
        ("multipart/mixed; boundary=x",
         parts("text/plain\n\nThe gate sticks.", INVITED,
               f"application/ics; name=invite.ics\n\n{EVENT}"), f"The gate sticks.\n\n{WHEN}"),
        ("multipart/alternative; boundary=x",
         parts("text/plain\n\nYour program cannot show this message. See it in a browser.",
               f"text/html\n\n<p>{'The gate sticks at low water. ' * 9}"),
         "The gate sticks at low water. " * 8 + "The gate sticks at low water."),
        ("text/calendar; method=CANCEL", EVENT.replace("\nBEGIN:VEVENT", "\nMETHOD:CANCEL\n"
         "BEGIN:VEVENT\nBEGIN:VALARM\nDESCRIPTION:Soon\nEND:VALARM"),
         WHEN.replace("Start", "Status: cancelled\nStart")),
        ("text/calendar; method=REQUEST", EVENT,
         WHEN),
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


@pytest.mark.parametrize("answer", [
    "Nine.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\n\nWhen?\n\nAnn",
    "Nine.\n\nVon: Ann\nGesendet: Montag\nBetreff: Weir\n\nWhen?\n\nAnn",
    "On Monday Bo wrote:\n> On Sunday Ann wrote:\n>> When?\n>>\n>> Ann\n>\n> Soon.\n\nNine.",
])  # fmt: skip
def test_what_programs_quote_below_an_answer_is_there_once(answer: str) -> None:
    told = "On Sunday Ann wrote:\n> When?\n>\n> Ann\n\nSoon."
    box = "".join(
        f"From a@b Mon Mar  2 09:00:00 2026\n{HEAD}text/plain\n\n{body}\n\n"
        for body in ("When?\n\nAnn", told, answer)
    )
    text = mail.read(box.encode(), "a.mbox").text
    assert [text.count(words) for words in ("When?", "Soon.", "Nine.")] == [1, 1, 1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_message_may_begin_with_a_mark_or_an_empty_line(encoding: str) -> None:
    raw = f"{HEAD}text/plain\n\nÄpfel".encode(encoding)
    assert mail.read(raw, "a.eml").text == f"{SHOWN}\n\nÄpfel"
    assert mail.read(b"\r\n\n" + HEAD.encode() + b"text/plain\n\nHi", "a").text.endswith("Hi")


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


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/encrypted; boundary=b\n\n--b\nContent-Type: text/plain\n\nVersion: 1\n--b--",
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIIB",
    ],
)
def test_a_mail_that_is_encrypted_is_not_called_unreadable(kind: str) -> None:
    raw = f"From: ann@example.org\nSubject: Weir\nContent-Type: {kind}\n".encode()
    (said,) = mail.read(raw, "a.eml").left_out
    assert said == "the text is encrypted: decrypt it in the mail program and save it again"
