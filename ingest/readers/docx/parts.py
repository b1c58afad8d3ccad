"""Parts of a Word document that are beside its text: files of other kinds that are part of it.

ECMA-376, part 1, 17.17.2 (alternative format import).
"""

from __future__ import annotations

from pathlib import PurePath

from ingest.errors import ReadError, SkippedFile
from ingest.readers import html
from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.readers.web_archive import page_of

_PAGES = frozenset((".htm", ".html", ".xhtml"))
_ARCHIVES = frozenset((".mht", ".mhtml"))


def text_of(raw: bytes, part: str) -> str:
    """Return the text of a file within a document, as Markdown; "" if its kind is not read."""
    suffix = PurePath(part).suffix.lower()
    try:
        if suffix in _PAGES:
            return html.read_part(raw, "").text
        if suffix in _ARCHIVES:
            return html.read_part(page_of(raw), "").text
        return decode(raw, guess).text if suffix == ".txt" else ""
    except (ReadError, SkippedFile):
        return ""
