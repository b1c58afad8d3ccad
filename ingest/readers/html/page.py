"""Web pages: what a reader of the page sees, as Markdown lines that know their line in the file.

Parsed as browsers do, by turbohtml (its other door is `guess.py`). Scripts, navigation and hidden
elements are left out: text that a reader cannot see is a way to talk to the model behind their back
(OWASP LLM01).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import turbohtml
from turbohtml import Document as Page

from ingest.document import Document, TableSpan
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.encoding import Decoded, decode
from ingest.readers.guess import guess
from ingest.readers.html.components import with_components
from ingest.readers.html.lines import PageLines
from ingest.readers.html.main_parts import SCRAP, main_parts
from ingest.readers.html.unseen import Unseen
from ingest.readers.lines import MAX_CHARACTERS, too_long
from ingest.readers.sourced_lines import SourcedLines
from ingest.readers.web_archive import is_archive, page_of

MAX_BYTES = 10_000_000
"""A tree takes about twenty times the memory of its page."""
FEW_ZEROS = 4
"""A page of which no more than a fourth are zeros may be text."""
HIDDEN_SAID = 200
"""Characters of hidden text from which it is mentioned."""

_BETWEEN = "\n\n"
_DECLARED = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w:.-]+)|^\s*<\?xml[^>]+encoding\s*=\s*[\"']([\w:.-]+)",
    re.IGNORECASE,
)

_NOSCRIPT = re.compile(r"(</?)noscript\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_XHTML = re.compile(r"\A\s*<\?xml\b|<html\b[^>]*\bxmlns\s*=\s*[\"']http://www.w3.org/1999/xhtml")
_EMPTY_TAG = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([A-Za-z][\w:-]*)((?:\s[^<>]*)?)/>"
)
"""A tag that closes itself, as XML has it; in HTML it would stay open."""


def read(raw: bytes, name: str) -> Document:
    """Return the document in a page's bytes; `name` is its title when the page has none.

    SkippedFile if it is larger than MAX_BYTES, or all of its text is hidden.
    """
    if is_archive(raw):
        document = replace(read_part(page_of(raw), name), lines=())
    else:
        document = read_part(raw, name)
    if document.left_out and not document.text:
        raise SkippedFile("a web page whose text is hidden", SkipKind.NO_TEXT)
    return document


def read_part(raw: bytes, name: str) -> Document:
    """Return the same of a page that is a part of something, and may be empty."""
    if len(raw) > MAX_BYTES:
        reason = f"a web page of more than {MAX_BYTES // 1_000_000} MB"
        raise SkippedFile(reason, SkipKind.TOO_LARGE)
    text, encoding = _decoded(raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _XHTML.search(text[:4_096]):
        text = _EMPTY_TAG.sub(r"<\1\2></\1>", text)
    page, unseen, lines = _rendered(with_components(text))
    unscripted = sum(len(_TAG.sub("", part.text).strip()) for part in page.select("noscript"))
    if unscripted > max(SCRAP, sum(map(len, lines.text))):
        # Most of what was written is for browsers without scripts.
        page, unseen, lines = _rendered(_NOSCRIPT.sub(r"\1x-script", text))
    title = page.select_one("head title")
    named = " ".join(title.text.split()) if title is not None else ""
    first = next((line[2:] for line in lines.text if line.startswith("# ")), "")
    said = unseen.hidden >= HIDDEN_SAID or (unseen.hidden and not any(lines.text))
    return Document(
        "\n".join(lines.text),
        "html",
        first or named or name,
        lines=tuple(lines.sources),
        tables=tuple(lines.tables),
        encoding=encoding,
        left_out=(f"hidden elements ({unseen.hidden:,} characters)",) if said else (),
    )


class Parts(NamedTuple):
    """The text of several pages, the offset at which each begins, and the tables in it."""

    text: str
    starts: tuple[int, ...]
    tables: tuple[TableSpan, ...]


def read_parts(pages: Iterable[str]) -> Parts:
    """Read several pages as one text."""
    return joined(read_part(_whole(page), "") for page in pages)


def joined(documents: Iterable[Document]) -> Parts:
    """Join pages that were read, with an empty line between them."""
    texts: list[str] = []
    starts: list[int] = []
    tables: list[TableSpan] = []
    length = 0
    for document in documents:
        text = document.text.rstrip("\n")
        starts.append(length)
        tables += [table.moved(length, len(text)) for table in document.tables]
        texts.append(text)
        length += len(text) + len(_BETWEEN)
        if length > MAX_CHARACTERS:
            raise too_long()
    whole = _BETWEEN.join(texts).rstrip("\n")
    return Parts(whole, tuple(min(start, len(whole)) for start in starts), tuple(tables))


def _whole(body: str) -> bytes:
    """Return a page with this body. SkippedFile if it is too long."""
    raw = f"<html><body><main>{body}</main></body></html>".encode(errors="replace")
    if len(raw) > MAX_BYTES:
        raise too_long()
    return raw


def _rendered(text: str) -> tuple[Page, Unseen, SourcedLines]:
    page = turbohtml.parse(text, source_locations=True)
    unseen = Unseen(page)
    lines = PageLines(text, unseen)
    for root in main_parts(page, unseen):
        lines.render(root)
    lines.written.trim()
    return page, unseen, lines.written


def _decoded(raw: bytes) -> Decoded:
    """Return the text of a page; stray zeros, which browsers pass over, do not make it binary."""
    try:
        return decode(raw, guess, declared(raw))
    except SkippedFile:
        if raw.count(0) * FEW_ZEROS > len(raw):
            raise
        return decode(raw.replace(b"\0", b""), guess, declared(raw))


def declared(raw: bytes) -> str:
    """Return the encoding that a page says it is in; "" if it does not."""
    found = _DECLARED.search(raw[:4_096])
    return next(filter(None, found.groups()), b"").decode("ascii", "ignore") if found else ""
