"""Web pages that were saved with their pictures in one file: as a message (RFC 2557: .mht, .mhtml),
or as Safari does it (.webarchive).
"""

from __future__ import annotations

import plistlib
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from ingest.errors import ReadError
from ingest.readers.encoding import decode
from ingest.readers.guess import guess

_HEAD = re.compile(
    rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?Content-Type:\s*multipart/", re.IGNORECASE
)
_LIST = re.compile(rb"\s*<\?xml[^>]*>\s*<!DOCTYPE plist\b")
_LOOK = 500


def is_archive(raw: bytes) -> bool:
    """Whether a file is such an archive, and not a page."""
    return _is_list(raw) or _HEAD.match(raw[:4_096]) is not None


def page_of(raw: bytes) -> bytes:
    """Return the page of an archive in UTF-8; empty if there is none. ReadError if it is broken."""
    if _is_list(raw):
        return _of_safari(raw)
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""


def _is_list(raw: bytes) -> bool:
    return raw.startswith(b"bplist00") or _LIST.match(raw[:_LOOK]) is not None


def _of_safari(raw: bytes) -> bytes:
    try:
        page = plistlib.loads(raw)["WebMainResource"]
        content, encoding = page["WebResourceData"], page.get("WebResourceTextEncodingName", "")
        text = decode(bytes(content), guess, str(encoding)).text
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise ReadError("damaged: open it in its program and save it again") from error
    # A mark of its encoding counts for more than what the page says.
    return f"\ufeff{text}".encode("utf-8", "replace")
