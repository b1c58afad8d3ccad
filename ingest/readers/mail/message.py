"""E-mail: messages with their headers, text and attachments, each read by its own reader.

RFC 5322 and 2045 (.eml), RFC 4155 (.mbox). What a message quotes of an earlier one of the same
file is left out, so that each text is there once.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePath

from ingest.document import Document, Format
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import calendar
from ingest.readers.encoding import MARKS, decode
from ingest.readers.guess import guess
from ingest.readers.lines import Parts
from ingest.readers.mail.attachments import MAX_ATTACHMENT, suffix_of, text_of
from ingest.readers.mail.body import BROKEN, CALENDAR, Said, body_of, payload

MOST_MESSAGES = 20_000
MOST_PARTS = 200
"""Parts of one message."""
DEEPEST = 5
"""Messages within messages."""
FEWEST = 20
"""Characters of a plain text that says nothing."""
STUB = 500
"""Characters of one that may say no more than that there is a web page."""
TIMES = 2
"""Times as long as such a text that the web page beside it is."""

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
# A line of a text may begin with "From", too: the one between messages has a date of its own form.
_FROM = re.compile(
    rb"^From (?:\S+ +(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|\d{4}-).*\d\d:\d\d.*|- .*)\r?\n"
    rb"(?=[\w-]+:|>?From )",
    re.MULTILINE,
)
_FIRST_LINE = re.compile(rb"[^\n]*\n")
_STUFFED = re.compile(rb"^>(>*From )", re.MULTILINE)
# Up to the last such word of the line: white space between encoded words is not read (RFC 2047).
_EIGHT_BITS = re.compile(rb"[^\s<>()\"]*[\x80-\xff](?:[^\r\n<>()\"]*[\x80-\xff])?[^\s<>()\"]*")
_SIGNATURES = frozenset(
    f"application/{kind}" for kind in ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
)
_ENCRYPTED = frozenset(
    ("multipart/encrypted", "application/pgp-encrypted")
    + ("application/pkcs7-mime", "application/x-pkcs7-mime")
)
_CLOSED = "the text is encrypted: decrypt it in the mail program and save it again"
_APPLE = re.compile(rb"\s*(\d{1,9})[ \t]*\r?\n(?=[\w-]+:)")
"""The length of a message of Apple Mail (.emlx), which is before it."""


def read(raw: bytes, name: str) -> Document:
    """Return the messages of a file; `name` is its title when a message has no subject.

    ReadError if it is not mail; SkippedFile if it has no text, or too much.
    """
    found = _messages(_unmarked(raw))
    messages = (message_from_bytes(_encoded_head(part), policy=policy.default) for part in found)
    return document(messages, name, "mail", [])


def document(messages: Iterable[Message], name: str, form: Format, left_out: list[str]) -> Document:
    """Return the document of some messages; `left_out` is what is said of them already."""
    parts = Parts()
    said = Said()
    title = ""
    for number, message in enumerate(messages):
        if number >= MOST_MESSAGES:
            left_out.append(f"messages after the first {MOST_MESSAGES:,}")
            break
        text = _Mail(left_out, said).text(message)
        if not text:
            continue
        title = title or _header(message, "Subject")
        parts.add(text, _place(message))
    if not parts:
        if _CLOSED in left_out:
            raise SkippedFile(_CLOSED, SkipKind.ENCRYPTED)
        raise SkippedFile("mail without text", SkipKind.NO_TEXT)
    starts = tuple(place.start for place in parts.places)
    return Document(
        parts.text(),
        form,
        title if len(parts) == 1 and title else name,
        places=tuple(parts.places),
        cuts=starts[1:],
        left_out=tuple(dict.fromkeys(left_out))[:50],
    )


def _unmarked(raw: bytes) -> bytes:
    """Return the bytes without a byte order mark, as UTF-8, and without empty lines above them."""
    if any(raw.startswith(mark) for mark, _ in MARKS):
        raw = decode(raw, guess).text.encode("utf-8", "replace")
    return raw.lstrip(b"\r\n")


def _messages(raw: bytes) -> Iterator[bytes]:
    """Yield the messages of an mbox, or the one that the file is."""
    if apple := _APPLE.match(raw):
        raw = raw[apple.end() : apple.end() + int(apple[1])]
    if not raw.startswith(b"From "):
        if not re.match(rb"\s*(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)+", raw[:20_000]):
            raise ReadError("not a message that can be read: check that it is mail")
        yield raw
        return
    first = _FIRST_LINE.match(raw)
    if first is None:
        raise ReadError("not a message that can be read: check that it is mail")
    starts = [first, *_FROM.finditer(raw, first.end())]
    for found, after in zip(starts, [*starts[1:], None], strict=True):
        yield _STUFFED.sub(rb"\1", raw[found.end() : after.start() if after else len(raw)])


def _encoded_head(raw: bytes) -> bytes:
    """Return a message whose headers are ASCII: old programs wrote them in their own encoding."""
    end = re.search(rb"\r?\n\r?\n", raw)
    head = raw[: end.start()] if end else raw
    if head.isascii():
        return raw

    def encoded(words: re.Match[bytes]) -> bytes:
        text = decode(words[0], lambda _: "cp1252").text
        return b"=?utf-8?B?" + b64encode(text.encode()) + b"?="

    return _EIGHT_BITS.sub(encoded, head) + raw[len(head) :]


def _header(message: Message, name: str) -> str:
    """Return a header as words; one that is broken says what can be read of it."""
    try:
        value = message.get(name)
        return " ".join(str(value).split()) if value is not None else ""
    except BROKEN:
        raw = next((v for k, v in message.raw_items() if k.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def _time(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(_header(message, "Date"))
    except BROKEN:
        return None


def _place(message: Message) -> str:
    time = _time(message)
    return f"message of {time.day} {time:%B %Y}" if time else "message without a date"


class _Mail:
    """Renders messages; `left_out` collects skipped parts, `said` what was said so far."""

    def __init__(self, left_out: list[str], said: Said) -> None:
        self._left_out = left_out
        self._said = said
        self._parts = 0
        self._events: set[str] = set()

    def text(self, message: Message, depth: int = 0) -> str:
        """Return the headers of a message, its text, and its attachments."""
        bodies: list[str] = []
        attached: list[str] = []
        self._take(message, bodies, attached, depth)
        body = self._said.new("\n\n".join(filter(None, bodies)))
        if not body and not attached and not _header(message, "Subject"):
            return ""
        subject = _header(message, "Subject") or "(no subject)"
        named = ((name, _header(message, name)[:500]) for name in _HEADERS[:-1])
        heads = "\n".join(f"{name}: {value}" for name, value in named if value)
        title = f"{'#' * min(depth + 1, 5)} {subject[:300]}"
        return "\n\n".join(filter(None, [title, heads, body, *attached]))

    def _take(self, part: Message, bodies: list[str], attached: list[str], depth: int) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            return
        kind = part.get_content_type()
        if kind in _ENCRYPTED and part.get_param("smime-type") != "signed-data":
            self._left_out.append(_CLOSED)
        elif kind == "message/rfc822" and depth < DEEPEST:
            attached.extend(self.text(inner, depth + 1) for inner in _parts(part))
        elif kind == "multipart/alternative":
            for inner in _shown(part):
                self._take(inner, bodies, attached, depth)
        elif part.is_multipart():
            for inner in _parts(part):
                self._take(inner, bodies, attached, depth)
        else:
            self._take_one(part, kind, bodies, attached)

    def _take_one(self, part: Message, kind: str, bodies: list[str], attached: list[str]) -> None:
        """Take in a part that is not made of others."""
        if kind not in _SIGNATURES and (
            _file_name(part) or part.get_content_disposition() == "attachment"
        ):
            attached += filter(None, [self._attachment(part)])
        elif kind in _SIGNATURES:
            return
        elif kind == CALENDAR:
            bodies.append(self._invitation(part, "\n".join(bodies)))
        elif kind in ("text/plain", "text/html", "text/markdown"):
            bodies.append(body_of(part, kind))
        elif not kind.startswith("image/"):
            self._left_out.append(f"a part of type {kind}")

    def _invitation(self, part: Message, body: str) -> str:
        """Return what an invitation says of its events, each once, beside the text of the mail."""
        text = decode(payload(part), guess, part.get_content_charset() or "").text
        said = []
        for event in calendar.events(text):
            shown = [line for line, _ in event.shown(body)]
            key = "\n".join(line for line in shown if not line.startswith("Description"))
            if key not in self._events:
                self._events.add(key)
                said.append("\n".join(shown))
        return "\n\n".join(said)

    def _attachment(self, part: Message) -> str:
        name = _file_name(part) or "attachment"
        raw = payload(part)
        try:
            if suffix_of(name) == "ics" or part.get_content_type() == CALENDAR:
                return self._invitation(part, "")
            if suffix_of(name) == "eml" and len(raw) <= MAX_ATTACHMENT:
                text = self.text(message_from_bytes(raw, policy=policy.default), DEEPEST)
            else:
                is_text = part.get_content_maintype() == "text"
                charset = part.get_content_charset() or ""
                text = text_of(raw, name, charset, is_text=is_text)
        except ReadError as error:
            self._left_out.append(f"attachment {name}: {error}")
            return ""
        return f"## Attachment: {name}\n\n{text.strip()}" if text.strip() else ""


def _parts(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _shown(part: Message) -> list[Message]:
    """Return the alternatives to read: the plain text, unless it says next to nothing of what the
    web page says; and an invitation.
    """
    parts = _parts(part)
    said = [inner for inner in parts if inner.get_content_type() != CALENDAR]
    plain = next((inner for inner in parts if inner.get_content_type() == "text/plain"), None)
    is_plain = plain is not None and not _is_stub(payload(plain), said[-1])
    best = [plain] if plain is not None and is_plain else said[-1:]
    return best + [inner for inner in parts if inner.get_content_type() == CALENDAR]


def _is_stub(plain: bytes, richest: Message) -> bool:
    """Whether a plain text only points to the web page beside it: "Please view this as HTML"."""
    length = len(plain.strip())
    if length <= FEWEST:
        return True
    pages = (inner for inner in richest.walk() if inner.get_content_type() == "text/html")
    page = next(pages, None)
    if length > STUB or page is None or len(payload(page)) < 2 * length:
        return False
    return len(body_of(page, "text/html")) > TIMES * length


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except BROKEN:
        return ""
    return " ".join(PurePath(str(name).replace("\\", "/")).name.split())[:200] if name else ""
