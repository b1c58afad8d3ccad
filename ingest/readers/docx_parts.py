"""Parts of a Word document that are beside its text: files of other kinds that are part of it.

ECMA-376, part 1, 17.17.2 (alternative format import).
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import PurePath

from ingest.errors import ReadError, SkippedFile
from ingest.readers import html
from ingest.readers.encoding import decode
from ingest.readers.guess import guess

_PAGES = frozenset((".htm", ".html", ".xhtml"))
_ARCHIVES = frozenset((".mht", ".mhtml"))


def text_of(raw: bytes, part: str) -> str:
    """Return the text of a file within a document, as Markdown; "" if its kind is not read."""
    suffix = PurePath(part).suffix.lower()
    try:
        if suffix in _PAGES:
            return html.read_part(raw, "").text
        if suffix in _ARCHIVES:
            return _text_of_archive(raw)
        return decode(raw, guess).text if suffix == ".txt" else ""
    except (ReadError, SkippedFile):
        return ""


def _text_of_archive(raw: bytes) -> str:
    """Return the text of a web page that is kept as a message (RFC 2557)."""
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            return html.read_part(content, "").text if isinstance(content, bytes) else ""
    return ""
