"""Attachments of a message, each read by the reader of its format."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath

from ingest.errors import SkipKind, SkippedFile
from ingest.readers import contacts, old_office
from ingest.readers.encoding import decode
from ingest.readers.guess import guess
from ingest.readers.ole import MAGIC

MAX_ATTACHMENT = 20_000_000
_READERS = {
    **{form: form for form in "pdf docx xlsx pptx odt ods odp rtf epub fb2 ipynb html".split()},
    "docm": "docx",
    "xlsm": "xlsx",
    "pptm": "pptx",
    "ppsx": "pptx",
    "htm": "html",
}
_PLAIN = frozenset("txt md markdown csv tsv log ics rst text json yaml yml xml".split())


def text_of(raw: bytes, name: str, charset: str = "", *, is_text: bool = False) -> str:
    """Return the text of an attached file. SkippedFile if it is none that is read, ReadError if it
    is broken.
    """
    suffix = suffix_of(name)
    if len(raw) > MAX_ATTACHMENT:
        raise SkippedFile("too large", SkipKind.TOO_LARGE)
    if raw.startswith(MAGIC):
        return old_office.read(raw, name).text
    if raw.startswith(b"{\\rtf"):
        suffix = "rtf"
    if suffix in _READERS:
        text: str = import_module(f"ingest.readers.{_READERS[suffix]}").read(raw, name).text
        return text
    if suffix == "vcf":
        rows, _ = contacts.shown(decode(raw, guess).text)
        return "\n".join(row for row, _ in rows)
    if suffix in _PLAIN or is_text:
        return decode(raw, guess, charset).text
    raise SkippedFile("not a format that can be read", SkipKind.UNKNOWN_FORMAT)


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name in small letters, without its dot."""
    return PurePath(name).suffix.lower().removeprefix(".")
