"""Readers: a Document from the bytes of a file, a module or a package a format.

Text is as in the file, or as the reader renders it; nothing is cleaned here.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingest.document import Document, Format
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import plain
from ingest.readers.child import Child
from ingest.readers.markup_look import markup_kind

__all__ = ["Child", "format_of", "parse", "read", "read_bytes"]

_SUFFIXES: dict[str, Format] = {
    **dict.fromkeys(
        (".md", ".markdown", ".mdx", ".mdown", ".mkd", ".qmd", ".rmd", ".dj"), "markdown"
    ),
    **dict.fromkeys((".rst", ".rest"), "rst"),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".mht", ".mhtml"), "html"),
    ".webarchive": "html",
    **dict.fromkeys((".txt", ".text", ".log", ".csv", ".tsv"), "text"),
    ".org": "org",
    **dict.fromkeys((".adoc", ".asciidoc"), "asciidoc"),
    **dict.fromkeys((".tex", ".ltx", ".latex", ".srt", ".vtt", ".sbv"), "text"),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), "docx"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), "xlsx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"), "pptx"),
    **dict.fromkeys((".doc", ".dot"), "doc"),
    **dict.fromkeys((".xls", ".xlt"), "xls"),
    **dict.fromkeys((".ppt", ".pps", ".pot"), "ppt"),
    **dict.fromkeys((".msg", ".oft"), "msg"),
    ".odt": "odt",
    ".ott": "odt",
    ".ods": "ods",
    ".ots": "ods",
    ".odp": "odp",
    ".otp": "odp",
    ".rtf": "rtf",
    ".enex": "enex",
    ".epub": "epub",
    **dict.fromkeys((".fb2", ".fbz"), "fb2"),
    **dict.fromkeys((".pages", ".numbers", ".key"), "iwork"),
    ".ipynb": "ipynb",
    **dict.fromkeys((".eml", ".emlx", ".mbox"), "mail"),
    ".pdf": "pdf",
}
_OLD_OFFICE = frozenset(("doc", "xls", "ppt", "msg"))
"""Formats of before 2007, under whose names programs keep others, too."""
_CONTAINER = bytes.fromhex("D0CF11E0A1B11AE1")  # MS-CFB 2.2
_TEXT = bytes({7, 8, 9, 10, 12, 13, 27} | set(range(32, 256)) - {127})
_LOOK = 8_192
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_XML = b"<?xml"  # what programs of 2003 write under these names
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html\b|head\b|table\b)", re.IGNORECASE)
_PARTS: dict[bytes, Format] = {b"word/": "docx", b"xl/": "xlsx", b"ppt/": "pptx"}
# Thunderbird and others keep mailboxes under names without a suffix: Inbox, Sent.
_MAILBOX = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]*\d\d:\d\d[^\n]*\n[\w-]+:[^\n]*\n[\w-]+:"
)
_MESSAGE = re.compile(
    rb"(?:received|return-path|delivered-to|from|to|date|subject|message-id|mime-version|x-[\w-]+):"
    rb"[^\n]*\r?\n(?:[\w-]+:|[ \t])",
    re.IGNORECASE,
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
    if path.name.lower().endswith(".fb2.zip"):
        return "fb2"
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
    form = format_of(path)
    if raw.startswith(_CONTAINER) and form not in _PLAIN:
        return child.read(raw, "old_office", path.name)
    if form is None or form in _OLD_OFFICE:
        form = _by_look(raw, path, form)
    if form in ("code", "text") and markup_kind(raw):
        try:
            return child.read(raw, "markup", path.name)
        except ReadError as error:  # one that is broken is still text
            if isinstance(error, SkippedFile) and error.kind is SkipKind.NO_TEXT:
                raise
    if form in _PLAIN:
        return plain.read(raw, path, form, child.guess, whole=whole)
    if not raw:
        raise SkippedFile("an empty file", SkipKind.NO_TEXT)
    return child.read(raw, "old_office" if form in _OLD_OFFICE else form, path.name)


def _by_look(raw: bytes, path: Path, named: Format | None) -> Format:
    """Return the format of a file by what it begins with, where its name does not tell: `named` is
    the old format whose name it has, if it has one.
    """
    if raw.startswith(b"{\\rtf"):
        return "rtf"
    if named and raw.startswith(b"PK\x03\x04"):
        return next((form for part, form in _PARTS.items() if part in raw), "text")
    if (named or not path.suffix) and _PAGE.match(raw):
        return "html"
    if _MAILBOX.match(raw) or (named == "msg" and _MESSAGE.match(raw)):
        return "mail"
    is_wide = raw.startswith(_WIDE)
    is_text = is_wide or not raw[:_LOOK].translate(None, _TEXT)
    return named if named and (not is_text or raw.lstrip().startswith(_XML)) else "text"
