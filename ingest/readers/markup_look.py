"""Which XML is a document that people read, by what it begins with. Pure."""

from __future__ import annotations

import re
from typing import Literal

Markup = Literal["document", "feed", "flat", "times", "word", "sheets"]
"""DocBook, DITA, JATS or TEI; RSS, Atom or OPML; flat OpenDocument; subtitles; Word; Excel."""

LOOK = 4_096
"""Bytes of a file that are looked at."""
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?(?:(?!\?>).)*\?>\s*|<!--(?:(?!-->).)*-->\s*|<!DOCTYPE[^\[>]*>\s*)*"
    rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)
_DOCBOOK = frozenset(
    b"book article chapter section appendix part preface glossary refentry".split()
)
_DITA = frozenset(b"topic concept task reference glossentry troubleshooting dita".split())
_TEI = frozenset((b"TEI", b"TEI.2"))
_PAPER = (b"nlm//dtd", b"jats", b"<front>", b"<article-meta")


def markup_kind(raw: bytes) -> Markup | None:
    """Return the kind of a document in XML; None for anything else."""
    head = raw[:LOOK]
    found = _ROOT.match(head)
    if found is None:
        return None
    root, lower = found[1], head.lower()
    if root in (b"rss", b"opml") or (root == b"feed" and b"/atom" in lower):
        return "feed"
    if root == b"RDF" and b"purl.org/rss/" in lower:
        return "feed"
    if root == b"document" and b"opendocument:xmlns:office" in lower:
        return "flat"
    if root == b"wordDocument" or (root == b"package" and b"2006/xmlpackage" in lower):
        return "word" if b"word" in lower else None
    if root == b"Workbook" and b"office:spreadsheet" in lower:
        return "sheets"
    if root in (b"tt", b"timedtext") or (root == b"transcript" and b"<text start" in lower):
        return "times"
    is_book = root in _DOCBOOK and b"docbook" in lower
    is_topic = root in _DITA and b"dita" in lower
    is_paper = root == b"article" and any(mark in lower for mark in _PAPER)
    return "document" if is_book or is_topic or is_paper or root in _TEI else None
