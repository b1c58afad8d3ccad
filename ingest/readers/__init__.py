"""Readers: a Document from the bytes of a file, one module a family of formats.

Text is as in the file, or as the reader renders it; nothing is cleaned here.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingest.document import Document, Format
from ingest.errors import ReadError
from ingest.readers import plain
from ingest.readers.child import Child

__all__ = ["OLD_OFFICE", "Child", "by_look", "format_of", "parse", "read", "read_bytes"]

_SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".rst", ".rest"), "rst"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml"), "html"),
    **dict.fromkeys((".txt", ".text", ".log", ".csv", ".tsv"), "text"),
    ".org": "org",
    **dict.fromkeys((".adoc", ".asciidoc"), "asciidoc"),
    **dict.fromkeys((".tex", ".ltx", ".latex", ".srt", ".vtt", ".sbv"), "text"),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), "docx"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), "xlsx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "pptx"),
    ".odt": "odt",
    ".ott": "odt",
    ".ods": "ods",
    ".ots": "ods",
    ".odp": "odp",
    ".otp": "odp",
    ".rtf": "rtf",
    ".enex": "enex",
    ".epub": "epub",
    ".ipynb": "ipynb",
    **dict.fromkeys((".eml", ".emlx", ".mbox"), "mail"),
    ".pdf": "pdf",
}
OLD_OFFICE = frozenset((".doc", ".xls", ".ppt"))
"""Names of formats of before 2007, under which programs keep others, too."""
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html\b|head\b|table\b)", re.IGNORECASE)
_PARTS: dict[bytes, Format] = {b"word/": "docx", b"xl/": "xlsx", b"ppt/": "pptx"}
# Thunderbird and others keep mailboxes under names without a suffix: Inbox, Sent.
_MAILBOX = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]*\d\d:\d\d[^\n]*\n[\w-]+:[^\n]*\n[\w-]+:"
)
_PLAIN = frozenset(("markdown", "rst", "org", "asciidoc", "text", "code"))
_NAMES = frozenset(
    "authors changelog changes contributing contributors copying copyright faq history install"
    " license licence maintainers news notes notice readme todo".split()
)


def format_of(path: Path) -> Format | None:
    """The format that a file's name promises; None for one that is not read."""
    form = _SUFFIXES.get(path.suffix.lower())
    if form:
        return form
    if path.name.lower() in _NAMES:
        return "text"
    return "code" if plain.language_of(path) else None


def read(path: Path, child: Child | None = None) -> Document:
    """Return the document in a file; see `parse`. ReadError, too, if the file cannot be opened."""
    return parse(read_bytes(path), path, child)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file. ReadError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror}): check its permissions") from error


def parse(raw: bytes, path: Path, child: Child | None = None, *, whole: bool = False) -> Document:
    """Return the document in the bytes of a file; a file of unknown format is read as text.

    What needs a parser is read in `child`, or in one for this file alone. With `whole`, text that
    programs wrote is read, too. ReadError if it cannot be read, SkippedFile if it is not meant to
    be; the message is the reason, without the path.
    """
    if child is None:
        with Child() as own:
            return parse(raw, path, own, whole=whole)
    form = format_of(path) or by_look(raw, path)
    if form in _PLAIN:
        return plain.read(raw, path, form, child.guess, whole=whole)
    return child.read(raw, form, path.name)


def by_look(raw: bytes, path: Path) -> Format:
    """Return the format of a file by what it begins with, where its name does not tell."""
    if raw.startswith(b"{\\rtf"):
        return "rtf"
    is_old = path.suffix.lower() in OLD_OFFICE
    if is_old and raw.startswith(b"PK\x03\x04"):
        return next((form for part, form in _PARTS.items() if part in raw), "text")
    if (is_old or not path.suffix) and _PAGE.match(raw):
        return "html"
    return "mail" if _MAILBOX.match(raw) else "text"
