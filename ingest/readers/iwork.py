"""Files of Pages, Numbers and Keynote: of those, the preview that some of them have inside.

Their own format is not documented. Programs of before 2013, and newer ones that are asked to, keep
a PDF beside it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers import pdf
from ingest.readers.archive import Archive

ADVICE = {".pages": ".docx or PDF", ".numbers": ".xlsx or .csv", ".key": ".pptx or PDF"}
_PACKED = b"PK\x03\x04"
_PREVIEW = "preview.pdf"


def read(raw: bytes, name: str) -> Document:
    """Return what the preview shows; `name` is its title when it has none.

    SkippedFile if there is none, ReadError if it is broken.
    """
    preview = b""
    if raw.startswith(_PACKED):
        archive = Archive(raw)
        found = (one for one in archive if PurePath(one).name.lower() == _PREVIEW)
        preview = archive.read(next(found, ""))
    if not preview:
        better = ADVICE.get(PurePath(name).suffix.lower(), "PDF")
        raise SkippedFile(f"not read yet: save it as {better}", SkipKind.UNKNOWN_FORMAT)
    document = pdf.read(preview, name)
    said = "everything but the preview that was saved inside: it may be older, or not whole"
    return replace(document, format="iwork", left_out=(*document.left_out, said))
