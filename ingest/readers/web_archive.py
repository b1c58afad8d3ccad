"""Web pages that were saved with their pictures as one message (RFC 2557: .mht, .mhtml)."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

_HEAD = re.compile(
    rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?Content-Type:\s*multipart/", re.IGNORECASE
)


def is_archive(raw: bytes) -> bool:
    """Whether a file is such a message, and not a page."""
    return _HEAD.match(raw[:4_096]) is not None


def page_of(raw: bytes) -> bytes:
    """Return the page of an archive in UTF-8; empty if there is none."""
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""
