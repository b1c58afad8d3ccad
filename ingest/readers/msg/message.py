"""Messages of Outlook (.msg): made into mail, and read as that is.

MS-OXMSG. Appointments, contacts and tasks say what their forms show.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from email.utils import format_datetime

from ingest.document import Document
from ingest.errors import ReadError, SkippedFile
from ingest.readers import mail, rtf
from ingest.readers.msg.properties import Properties, unpacked
from ingest.readers.ole import Container

_SUBJECT, _BODY, _HTML, _RICH, _HEADERS, _CLASS = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D, 0x001A
_SENDER_NAME, _SENDER, _SENDER_SMTP, _SENT, _DELIVERED = 0x0C1A, 0x0C1F, 0x5D01, 0x0039, 0x0E06
_FOR_NAME, _FOR, _FOR_SMTP = 0x0042, 0x0065, 0x5D02  # whom it was sent for
_NAME, _ADDRESS, _SMTP, _TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
_TO, _CC = 0x0E04, 0x0E03
_DATA, _FILE_NAME, _SHORT_NAME, _KIND, _METHOD = 0x3701, 0x3707, 0x3704, 0x370E, 0x3705
_BY_REFERENCE = frozenset((2, 3, 4, 7))
_DEEPEST = 5
_SPECIAL = frozenset(",;:<>()[]")
"""Signs that a name in a header has only within quotes."""
_KINDS = {1: "To", 2: "Cc"}
_TIMES = {"Start": (0x820D, 0x0060), "End": (0x820E, 0x0061), "Due": (0x8105,)}
"""Properties by their names in lists of their own, or by their numbers."""
_WORDS: dict[str, tuple[int, ...]] = {
    "Location": (0x8208,),
    "E-mail": (0x8083,),
    "Company": (0x3A16,),
    "Title": (0x3A17,),
    "Department": (0x3A18,),
    "Phone (business)": (0x3A08,),
    "Phone (mobile)": (0x3A1C,),
    "Phone (home)": (0x3A09,),
    "Address (business)": (0x801B,),
    "Address (home)": (0x801A,),
}


def read(container: Container, name: str) -> Document:
    """Return the message in a file; `name` is its title when it has no subject.

    ReadError if it is broken, SkippedFile if it has no text, or too much of it.
    """
    left_out: list[str] = []
    message = _message(Properties(container), left_out)
    return mail.document([message], name, "msg", left_out)


def _message(of: Properties, left_out: list[str], depth: int = 0) -> Message:
    """Return a message as it would be mailed; `left_out` gets what cannot be."""
    message = EmailMessage()
    for header, value in _headers(of).items():
        if value:
            message.set_raw(header, value)
    message.set_raw("Content-Type", "multipart/mixed")
    parts = [_part("text/plain", "\n".join(facts).encode())] if (facts := _facts(of)) else []
    parts += _bodies(of)
    for attached in of.parts("attach"):
        part = _attached(attached, left_out, depth)
        parts += [part] if part is not None else []
    message.set_payload([*parts])
    return message


def _headers(of: Properties) -> dict[str, str]:
    """Return the headers that are read: those that it arrived with, or what Outlook has of them."""
    arrived = HeaderParser(policy=policy.compat32).parsestr(of.text(_HEADERS))
    time = of.time(_SENT) or of.time(_DELIVERED)
    found = {
        "From": _address(of, _SENDER_NAME, _SENDER_SMTP, _SENDER)
        or _address(of, _FOR_NAME, _FOR_SMTP, _FOR),
        "To": of.line(_TO),
        "Cc": of.line(_CC),
        "Date": format_datetime(time) if time else "",
    }
    for number, header in _KINDS.items():
        people = [
            _address(one, _NAME, _SMTP, _ADDRESS)
            for one in of.parts("recip")
            if one.number(_TYPE) == number
        ]
        found[header] = ", ".join(filter(None, people)) or found[header]
    written = {header: " ".join(str(arrived.get(header, "")).split()) for header in found}
    found |= {header: value for header, value in written.items() if value}
    return found | {"Subject": of.line(_SUBJECT)}


def _address(of: Properties, name: int, *addresses: int) -> str:
    """Return a name and an address as mail has them; the address of an Exchange server is none."""
    said = of.line(name).strip("'")
    address = next((line for number in addresses if "@" in (line := of.line(number))), "")
    plain = said.replace("\\", "").replace('"', "")
    if not address or address == said:
        return f'"{plain}"' if set(said) & _SPECIAL and "@" not in said else said
    return f'"{plain}" <{address}>' if said else address


def _facts(of: Properties) -> list[str]:
    """Return what the form of an appointment, a contact or a task shows."""
    kind = of.text(_CLASS).lower()
    if not kind.startswith(("ipm.appointment", "ipm.schedule", "ipm.contact", "ipm.task")):
        return []
    named = of.named()
    is_person = kind.startswith("ipm.contact")
    facts = []
    for label, numbers in _TIMES.items():
        times = (of.time(named.get(number, number)) for number in numbers)
        time = next(filter(None, times), None)
        facts += [f"{label}: {_shown(time)}"] if time and not is_person else []
    for label, numbers in _WORDS.items():
        words = next(filter(None, (of.line(named.get(number, number)) for number in numbers)), "")
        facts += [f"{label}: {words}"] if words else []
    return facts


def _shown(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _bodies(of: Properties) -> list[Message]:
    """Return the text, in the forms that the message has it."""
    plain, page = of.text(_BODY).replace("\r\n", "\n"), of.bytes_of(_HTML)
    charset = of.encoding()
    if not page:
        page, charset = of.text(_HTML).encode("utf-8", "replace"), "utf-8"
    if not plain.strip() and not page.strip() and (rich := of.bytes_of(_RICH)):
        plain = _of_rich(unpacked(rich))
    parts = [_part("text/plain", plain.encode("utf-8", "replace"))] if plain.strip() else []
    if not charset.startswith("utf-16"):
        page = page.replace(b"\0", b"")  # which would make it binary
    parts += [_part("text/html", page, charset)] if page.strip() else []
    if len(parts) < 2:
        return parts
    both = EmailMessage()
    both.set_raw("Content-Type", "multipart/alternative")
    both.set_payload([*parts])
    return [both]


def _of_rich(raw: bytes) -> str:
    try:
        return rtf.read(raw, "").text
    except SkippedFile:
        return ""
    except ReadError:
        return raw.decode("latin-1") if raw.isascii() else ""


def _attached(of: Properties, left_out: list[str], depth: int) -> Message | None:
    """Return what is attached as a part of mail; None where there is nothing to be read of it."""
    name = of.line(_FILE_NAME) or of.line(_SHORT_NAME) or of.line(_NAME)
    inner = of.message()
    if inner is not None:
        if depth >= _DEEPEST:
            left_out.append("messages within messages, from the sixth on")
            return None
        part = EmailMessage()
        part.set_raw("Content-Type", "message/rfc822")
        part.set_payload([_message(inner, left_out, depth + 1)])
        return part
    raw = of.bytes_of(_DATA)
    kind = of.line(_KIND).lower() or "application/octet-stream"
    if not raw:
        linked = of.number(_METHOD) in _BY_REFERENCE
        reason = "only a link to it was sent" if linked else "an object without a file"
        left_out.append(f"attachment {name or 'without a name'}: {reason}")
        return None
    if kind.startswith("multipart/"):  # a signed message, as it was sent
        return message_from_bytes(raw, policy=policy.default)
    return _part(kind, raw, name=name or "attachment")


def _part(kind: str, raw: bytes, charset: str = "utf-8", name: str = "") -> Message:
    """Return a part with these bytes; with a name it is an attachment."""
    part = EmailMessage()
    encoded = f'; charset="{charset}"' if kind.startswith("text/") and charset and not name else ""
    part.set_raw("Content-Type", f"{kind}{encoded}")
    part.set_raw("Content-Transfer-Encoding", "base64")
    if name:
        part.add_header("Content-Disposition", "attachment", filename=name)
    part.set_payload(b64encode(raw).decode())
    return part
