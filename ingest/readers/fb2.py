"""E-books of FictionBook (.fb2, also packed as .fb2.zip): made into web pages, one a chapter.

FictionBook 2.1 (its schema).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.archive import Archive
from ingest.readers.xml import Event, events

_PACKED = b"PK\x03\x04"
_TAGS = {
    "p": "p",
    "v": "p",
    "text-author": "p",
    "subtitle": "p",
    "cite": "blockquote",
    "epigraph": "blockquote",
    "sub": "sub",
    "sup": "sup",
    "strikethrough": "s",
    "table": "table",
    "tr": "tr",
    "td": "td",
    "th": "th",
}
_CODE = frozenset(("code",))
_NAMES = ("first-name", "middle-name", "last-name", "nickname")
_ABOUT = frozenset(("book-title", "genre", "date", *_NAMES))
_DEEPEST = 6


def read(raw: bytes, name: str) -> Document:
    """Return the chapters of a book; `name` is its title when it has none.

    ReadError if it is broken, SkippedFile if it has no text, or too much of it.
    """
    if raw.startswith(_PACKED):
        archive = Archive(raw)
        member = next((one for one in archive if one.lower().endswith(".fb2")), "")
        raw = archive.read(member)
    book = _Book()
    for event in events(raw):
        book.take(event)
    if not book.is_book:
        raise ReadError("damaged: open it in its program and save it again")
    read = html.read_parts(book.pages())
    if not any(line and not line.startswith("#") for line in read.text.split("\n")):
        raise SkippedFile("a book without text (pictures?)", SkipKind.NO_TEXT)
    return Document(read.text, "fb2", book.title or name, tables=read.tables)


@dataclass(slots=True)
class _Book:
    """The parts of a book as they come."""

    is_book: bool = False
    title: str = ""
    _authors: list[str] = field(default_factory=list)
    _pages: list[list[str]] = field(default_factory=list)
    _about: str = ""  # the field of the description that is open
    _in_title: bool = False  # of a chapter
    _in_info: bool = False
    _in_author: bool = False
    _author: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _depth: int = 0
    _skipping: int = 0
    _in_body: bool = False

    def pages(self) -> list[str]:
        """Return the chapters as web pages, the title and the authors before them."""
        about = f"<h1>{escape(self.title)}</h1>" if self.title else ""
        about += f"<p>{escape(', '.join(self._authors))}</p>" if self._authors else ""
        return list(filter(None, [about, *("".join(page) for page in self._pages)]))

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, name, _ = event
        if name == "binary" and kind != "text":
            self._skipping += 1 if kind == "open" else -1
        elif kind == "text":
            self._say(name)
        elif kind == "open":
            self._open(name)
        else:
            self._close(name)

    def _say(self, text: str) -> None:
        if self._skipping:
            return
        if self._in_body and self._in_title:
            self._words.append(text)
        elif self._in_body and self._pages:
            self._pages[-1].append(escape(text))
        elif self._about:
            self._words.append(text)

    def _open(self, tag: str) -> None:
        self.is_book |= tag == "FictionBook"
        if tag == "title-info":
            self._in_info = True
        elif tag == "annotation" and self._in_info:
            self._in_body, self._depth = True, 0
            self._pages.append([])
        elif tag == "body":
            self._in_body, self._depth = True, 1
            self._pages.append([])
        elif not self._in_body:
            self._open_about(tag)
        elif tag == "section":
            self._depth += 1
            if self._depth == 2:
                self._pages.append([])
        elif tag == "title":
            self._in_title, self._words = True, []
        elif tag in _TAGS and not self._in_title:
            self._pages[-1].append(f"<{_TAGS[tag]}>")
        elif tag in _CODE:
            self._pages[-1].append("<code>")

    def _open_about(self, tag: str) -> None:
        if tag == "author" and self._in_info:
            self._in_author, self._author = True, []
        elif tag in _ABOUT and self._in_info:
            self._about, self._words = tag, []

    def _close(self, tag: str) -> None:
        if tag == "title-info":
            self._in_info = False
        elif tag in ("body", "annotation") and self._in_body:
            self._in_body = False
        elif not self._in_body:
            self._close_about(tag)
        elif tag == "section":
            self._depth -= 1
        elif tag == "title":
            self._in_title = False
            heading = " ".join("".join(self._words).split())
            level = min(max(self._depth, 1), _DEEPEST)
            self._pages[-1].append(f"<h{level}>{escape(heading)}</h{level}>" if heading else "")
        elif self._in_title:
            self._words.append(" ")
        elif tag in _TAGS:
            self._pages[-1].append(f"</{_TAGS[tag]}>")
        elif tag in _CODE:
            self._pages[-1].append("</code>")

    def _close_about(self, tag: str) -> None:
        words = " ".join("".join(self._words).split()) if tag == self._about else ""
        if tag == self._about:
            self._about = ""
        if tag == "book-title" and self._in_info:
            self.title = words
        elif tag in _NAMES and self._in_author:
            self._author += [words] if words else []
        elif tag == "author" and self._in_author:
            self._in_author = False
            self._authors += [" ".join(self._author)] if self._author else []
