"""Words for what is more than its text: what a picture shows, where a link leads. Pure."""

from __future__ import annotations

import re

LONGEST_ADDRESS = 120
_FILE_NAME = re.compile(
    r"\S+\.\w{2,4}|(?:image|img|photo|picture|logo|icon|banner|bild|imagen|grafik)\W?\d*",
    re.IGNORECASE,
)
_BY_MACHINE = re.compile(r"\s*(?:Description|AI-generated content).{0,60}$", re.DOTALL)
"""The remark of an office program that it made the description."""


def picture(described: str) -> str:
    """Return the description of a picture; "" if it says nothing, as the name of a file does."""
    words = " ".join(_BY_MACHINE.sub("", described).split())
    return f"[image: {words}]" if len(words) > 3 and not _FILE_NAME.fullmatch(words) else ""


def beside(text: str, address: str) -> str:
    """Return the address of a link for behind its text; "" if that is the text, or not an address
    outside of the file.
    """
    if not address.startswith(("http://", "https://", "mailto:")):
        return ""
    plain = address.removeprefix("mailto:").rstrip("/")
    text = " ".join(text.split())
    says = bool(text) and plain.split("://")[-1] not in text.replace("www.", "")
    return f" ({plain})" if says and len(plain) <= LONGEST_ADDRESS else ""
