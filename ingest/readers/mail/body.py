"""The text of a message: plain or a web page, with marks at what it quotes, which is read once."""

from __future__ import annotations

import re
from email.message import Message

from ingest.readers import html
from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.readers.lines import escaped

LONG = 200
"""Characters from which a paragraph is said once even where no mark says that it is quoted."""

BROKEN = (ValueError, LookupError, AttributeError, TypeError, OverflowError, AssertionError)
"""What the standard library raises for a header or a body that is not as it should be."""
CALENDAR = "text/calendar"
# RFC 3676: a line that ends with a space goes on; quoted ones are left as they are.
_FLOWED = re.compile(r"(?<!^--) \n(?![> ]|$)", re.MULTILINE)
_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_QUOTED = re.compile(r"[ \t]*>")
# Marks around quotations of a web page, from the private use area, on their way through its reader.
_BEGIN, _END = "\ue0f0", "\ue0f1"
_QUOTATION = re.compile(r"<(/?)blockquote\b[^>]*>", re.IGNORECASE)
_EMPTY = re.compile(r"\n{3,}")
_BELOW = re.compile(
    r"^-{3,}[ ]?[^-\n]{4,40}[ ]?-{3,}$|^_{20,}$"
    r"|^(?:\*?\w[\w ]{1,12}:\*? \S.*\n){2}\*?\w[\w ]{1,12}:\*? ",
    re.MULTILINE,
)
"""What Outlook and others put above an earlier message, which they quote without marks: a line
("-----Original Message-----") or its headers.
"""


class Said:
    """What the messages of a file have said so far."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def new(self, body: str) -> str:
        """Return the body without what it quotes of messages before it."""
        kept = []
        below = False
        for paragraph in re.split(r"\n[ \t]*\n", body):
            own, quoted = _split(paragraph)
            if quoted and self._was_said(quoted):
                # "Ann wrote:" goes with what she wrote, here and where that is quoted again.
                self._said.update(map(_plain, own.split("\n")))
                paragraph = "" if own.endswith(":") else own  # noqa: PLW2901
            plain = _plain(paragraph)
            if not plain or ((below or len(plain) > LONG) and self._was_said(paragraph)):
                continue
            below = below or bool(_BELOW.search(paragraph))
            self._said.update([plain, *map(_plain, paragraph.split("\n"))])
            kept.append(paragraph)
        return "\n\n".join(kept).strip("\n")

    def _was_said(self, quoted: str) -> bool:
        """Whether a quotation was said before, as a paragraph or line by line."""
        rows = filter(None, map(_plain, quoted.split("\n")))
        return _plain(quoted) in self._said or self._said.issuperset(rows)


def _split(paragraph: str) -> tuple[str, str]:
    """Return the lines of a paragraph before those at its end that are quoted, and those."""
    rows = paragraph.split("\n")
    at = len(rows)
    while at and _QUOTED.match(rows[at - 1]):
        at -= 1
    return "\n".join(rows[:at]).strip(), "\n".join(rows[at:])


def _plain(text: str) -> str:
    """Return a text without marks of quotation, in which lines may be broken elsewhere."""
    return " ".join(_MARKS.sub("", text).split())


def body_of(part: Message, kind: str) -> str:
    """Return the text of a part, which is plain or a web page."""
    raw = payload(part)
    declared = html.declared(raw) if kind == "text/html" else ""
    text = decode(raw, guess, part.get_content_charset() or declared).text
    if kind == "text/html":
        return _text_of_page(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if str(part.get_param("format") or "").lower() == "flowed":
        text = _FLOWED.sub(" ", text)
    return "\n".join(map(escaped, text.split("\n")))


def _text_of_page(page: str) -> str:
    """Return the text of a web page with a mark before each line that it quotes."""
    marked = _QUOTATION.sub(
        lambda tag: f"{_END}{tag[0]}" if tag[1] else f"{tag[0]}{_BEGIN}",
        page.replace(_BEGIN, "").replace(_END, ""),
    )
    depth, rows = 0, []
    for row in html.read_part(marked.encode("utf-8", "replace"), "").text.split("\n"):
        words = row.replace(_BEGIN, "").replace(_END, "").strip()
        depth += row.count(_BEGIN)
        rows.append("> " * depth + words if words and depth else words and row)
        depth = max(0, depth - row.count(_END))
    return _EMPTY.sub("\n\n", "\n".join(rows)).strip("\n")


def payload(part: Message) -> bytes:
    """Return the bytes of a part; none if they cannot be decoded."""
    try:
        raw = part.get_payload(decode=True)
    except BROKEN:
        return b""
    return raw if isinstance(raw, bytes) else b""
