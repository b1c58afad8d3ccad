"""Files of office programs of before 2007 and of Outlook: what is inside decides, not the name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import markup
from ingest.readers.markup_look import markup_kind
from ingest.readers.ole import BROKEN, MAGIC, Container, refuse_damage

FORMATS = {
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
    "__properties_version1.0": "msg",
}
"""Readers by the stream that only their files have."""
_BETTER = {
    ".xls": ".xlsx or .csv",
    ".xlt": ".xlsx or .csv",
    ".ppt": ".pptx or PDF",
    ".pps": ".pptx or PDF",
    ".pot": ".pptx or PDF",
    ".msg": ".eml",
    ".oft": ".eml",
}
_OLD_SHEETS = (b"\x09\0\4\0", b"\x09\0\6\0", b"\x09\2\6\0", b"\x09\4\6\0", b"\x09\x08")
"""How workbooks begin that are not in a container: MS-XLS 2.4.21 (BOF), and those before it."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
_PASSWORD = "EncryptedPackage"  # noqa: S105 - a stream: MS-OFFCRYPTO 2.3.4.4


def read(raw: bytes, name: str) -> Document:
    """Return the document in a file; `name` is its title when it has none.

    ReadError if it is damaged or encrypted; SkippedFile if it has no text, too much of it, or is of
    a program that is not known.
    """
    if not raw.startswith(MAGIC):
        return _without_container(raw, name)
    container = Container(raw)
    if _PASSWORD in container:
        raise ReadError("encrypted: save it without a password first")
    form = next((form for stream, form in FORMATS.items() if stream in container), None)
    if form is None:
        raise unknown(name)
    reader = import_module(f"ingest.readers.{form}")
    return _safely(lambda: reader.read(container, name))


def _without_container(raw: bytes, name: str) -> Document:
    """Return the same of a workbook that is XML, or older than containers."""
    if raw.lstrip(_BLANK).startswith(b"<?xml") and markup_kind(raw.lstrip(_BLANK)):
        return markup.read(raw.lstrip(_BLANK), name)
    if not raw.startswith(_OLD_SHEETS):
        raise unknown(name)
    return _safely(lambda: import_module("ingest.readers.xls").read_stream(raw, name))


def unknown(name: str) -> SkippedFile:
    """Return the error for a file of a program that is not known, with what to save it as."""
    better = _BETTER.get(PurePath(name).suffix.lower(), ".docx or PDF")
    return SkippedFile(f"not read yet: save it as {better}", SkipKind.UNKNOWN_FORMAT)


def _safely(reading: Callable[[], Document]) -> Document:
    """Return what is read; ReadError where bytes are not as they should be."""
    try:
        return reading()
    except BROKEN as error:
        refuse_damage(error)
