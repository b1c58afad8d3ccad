"""PDF, which is a program for a large C++ library. The only file that imports pypdfium2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers.lines import MAX_CHARACTERS, too_long

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

# pdfium marks the hyphen at the end of a line as U+0002 (or U+FFFE): the word goes on.
_HYPHENATED = re.compile("[\x02\ufffe\u00ad]\n?")


def read(raw: bytes, name: str) -> Document:
    """The text of a PDF, page after page; `name` is its title when it has none.

    ReadError if it is encrypted or broken; SkippedFile if it has no text, or too much.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
        pages = list(_pages(document))
        title = " ".join(document.get_metadata_value("Title").split())
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("the PDF is encrypted: save it without a password first") from error
        raise ReadError("the PDF is broken: open it in a viewer and save it again") from error
    if not any(page.strip() for page in pages):
        raise SkippedFile("a PDF without text (scanned pages?)", SkipKind.NO_TEXT)
    starts = accumulate((len(page) + 1 for page in pages[:-1]), initial=0)
    return Document("\n".join(pages), "pdf", title or name, pages=tuple(starts))


def _pages(document: PdfDocument) -> Iterator[str]:
    total = 0
    for page in document:
        text = page.get_textpage().get_text_range()
        total += len(text)
        if total > MAX_CHARACTERS:
            raise too_long()
        yield _HYPHENATED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
