"""XML that people read: DocBook, DITA, JATS, TEI, feeds, outlines, flat OpenDocument and subtitles.

Made into a web page of the same lines, and read as that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape

from ingest.document import Document
from ingest.errors import ReadError
from ingest.readers import feeds, html, timed_text, word_xml
from ingest.readers.markup.tags import (
    APART,
    BREAKS,
    CAPTIONED,
    LINKS,
    NOTES,
    SECTIONS,
    TAGS,
    TITLES,
    UNSEEN,
)
from ingest.readers.markup_look import Markup, markup_kind
from ingest.readers.odf import package as odf
from ingest.readers.page_lines import LinedPage
from ingest.readers.xls import xml as xls_xml
from ingest.readers.xml import Event, events_with_lines

_DEEPEST = 6


def read(raw: bytes, name: str) -> Document:
    """Return the document in a file; `name` is its title when it has none.

    ReadError if it is broken, SkippedFile if it has no text, or too much of it.
    """
    kind = markup_kind(raw)
    if kind is None:
        raise ReadError("damaged: open it in its program and save it again")
    document = _READERS[kind](raw, name)
    return replace(document, format="markup") if document.format == "html" else document


def _read(raw: bytes, name: str) -> Document:
    page = _Page()
    for event, line in events_with_lines(raw):
        page.out.reach(line)
        page.take(event)
    return html.read_part(page.out.page(), name)


_READERS: dict[Markup, Callable[[bytes, str], Document]] = {
    "document": _read,
    "feed": feeds.read,
    "flat": odf.read_flat,
    "times": timed_text.read,
    "word": word_xml.read,
    "sheets": xls_xml.read,
}


@dataclass(slots=True)
class _Page:
    """The web page as it comes."""

    out: LinedPage = field(default_factory=LinedPage)
    _depth: int = 0
    _skipping: int = 0
    _links: list[str] = field(default_factory=list)
    _heads: list[str] = field(default_factory=list)  # what closes the open headings
    _captioned: int = 0
    _noted: int = 0

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, name, of = event
        if self._skipping or (kind != "text" and name in UNSEEN):
            self._skipping += {"open": 1, "close": -1, "text": 0}[kind]
        elif kind == "text":
            self.out.put(escape(name))
        elif kind == "open":
            self._open(name, of)
        else:
            self._close(name)

    def _open(self, tag: str, of: dict[str, str]) -> None:
        self._depth += tag in SECTIONS
        self._captioned += tag in CAPTIONED
        if tag in TITLES:
            level = min(max(self._depth, 1), _DEEPEST)
            self._heads.append("p" if self._captioned else f"h{level}")
            self.out.put(f"<{self._heads[-1]}>")
        elif tag in LINKS and of.get(LINKS[tag]):
            self._links.append(tag)
            self.out.put(f'<a href="{escape(of[LINKS[tag]])}">')
        elif tag in BREAKS:
            self.out.put("<br>")
        elif tag in NOTES:
            self._noted += 1
            self.out.put(" [")
        elif tag in TAGS:  # a note is part of its paragraph
            self.out.put(" " if self._noted and TAGS[tag] == "p" else f"<{TAGS[tag]}>")

    def _close(self, tag: str) -> None:
        self._depth -= tag in SECTIONS
        self._captioned -= tag in CAPTIONED
        if tag in TITLES and self._heads:
            self.out.put(f"</{self._heads.pop()}>")
        elif self._links and tag == self._links[-1]:
            self._links.pop()
            self.out.put("</a>")
        elif tag in NOTES:
            self._noted -= 1
            self.out.put("]")
        elif tag in APART:
            self.out.put(" ")
        elif tag in TAGS and not (self._noted and TAGS[tag] == "p"):
            self.out.put(f"</{TAGS[tag]}>")
