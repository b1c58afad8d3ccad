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
    CODE,
    FORMULA,
    LINKS,
    NOTES,
    ORDERED,
    RENDERED,
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
_OWN = frozenset((CODE, "hi", "list", "xref"))
_PROSE = frozenset("p li td th dt dd".split())


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
    _paragraphs: int = 0
    _own: list[str] = field(default_factory=list)  # what closes elements that decide by themselves

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, name, of = event
        if self._skipping or (kind != "text" and (name in UNSEEN or self._is_number(name))):
            self._skipping += {"open": 1, "close": -1, "text": 0}[kind]
        elif kind == "text":
            self.out.put(escape(name))
        elif kind == "open":
            self._open(name, of)
        else:
            self._close(name)

    def _is_number(self, tag: str) -> bool:
        """Whether a tag is that of a number which the list before it says, too."""
        return tag == "label" and bool(self._own) and self._own[-1] == "</ol>"

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
        elif (shown := self._shown(tag, of)) is not None:
            self._own.append(f"</{shown.split()[0]}>" if shown else "")
            self.out.put(f"<{shown}>" if shown else "")
        elif tag in FORMULA:
            kind = escape(of.get("encoding", ""))
            self.out.put(f'<{tag} encoding="{kind}">' if kind else f"<{tag}>")
        elif tag in NOTES:
            self._noted += 1
            self.out.put(" [")
        elif tag in TAGS:  # a note is part of its paragraph
            self._paragraphs += TAGS[tag] in _PROSE
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
        elif tag in _OWN and self._own:
            self.out.put(self._own.pop())
        elif tag in FORMULA:
            self.out.put(f"</{tag}>")
        elif tag in TAGS:
            self._paragraphs -= TAGS[tag] in _PROSE
            if not (self._noted and TAGS[tag] == "p"):
                self.out.put(f"</{TAGS[tag]}>")

    def _shown(self, tag: str, of: dict[str, str]) -> str | None:
        """Return the tag of a web page for an element of which its place or its look decides; ""
        for none, None for other elements.
        """
        if tag == CODE:
            return TAGS[CODE] if self._paragraphs else "pre"
        if tag == "hi":
            said = of.get("rend") or of.get("rendition", "")
            return RENDERED.get(said.split(":")[-1].lstrip("#"), "")
        if tag == "list":
            kind = of.get("list-type") or of.get("type", "")
            return ORDERED.get(kind.split(":")[0], "ul")
        if tag == "xref" and "rid" in of:
            return 'a class="footnote-ref"' if of.get("ref-type") in ("fn", "table-fn") else ""
        return None
