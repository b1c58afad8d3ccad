"""Word documents that are one XML file: those of 2003, and the packages that newer ones write.

Word 2003 XML Reference (WordprocessingML); ECMA-376, part 1, 17, which names its parts alike.
"""

from __future__ import annotations

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.docx.document import Body
from ingest.readers.word.numbers import Numbers
from ingest.readers.word.styles import styles


class _Single:
    """A file without other parts."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def read(self, name: str) -> bytes:
        """Return the file for a part without a name; nothing for others."""
        return b"" if name else self._raw


def read(raw: bytes, name: str) -> Document:
    """Return the document in a file; `name` is its title when it has none.

    ReadError if it is broken, SkippedFile if it has no text, or too much of it.
    """
    body = Body(styles(raw), Numbers())
    body.render(_Single(raw), "")
    lines = body.lines
    text = lines.text()
    if not text.strip():
        raise SkippedFile("a text without words (pictures?)", SkipKind.NO_TEXT)
    return Document(text, "docx", lines.title or name, tables=tuple(lines.tables))
