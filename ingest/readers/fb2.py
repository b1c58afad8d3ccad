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
    return Document(read.text, "fb2", book.about.title or name, tables=read.tables)


@dataclass(slots=True)
class _Description:
    """The title and the authors of a book, as its `title-info` comes."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    _names: list[str] | None = None  # of the author that is open
    _field: str = ""
    _words: list[str] = field(default_factory=list)

    def open(self, tag: str) -> None:
        """Take in a tag that opens."""
        if tag == "author":
            self._names = []
        elif tag in _ABOUT:
            self._field, self._words = tag, []

    def say(self, text: str) -> None:
        """Take in a text."""
        if self._field:
            self._words.append(text)

    def close(self, tag: str) -> None:
        """Take in a tag that closes."""
        words = " ".join("".join(self._words).split()) if tag == self._field else ""
        if tag == self._field:
            self._field = ""
        if tag == "book-title":
            self.title = words
        elif tag in _NAMES and self._names is not None:
            self._names += [words] if words else []
        elif tag == "author" and self._names is not None:
            self.authors += [" ".join(self._names)] if self._names else []
            self._names = None

    def page(self) -> str:
        """Return it as a web page."""
        about = f"<h1>{escape(self.title)}</h1>" if self.title else ""
        return about + (f"<p>{escape(', '.join(self.authors))}</p>" if self.authors else "")


@dataclass(slots=True)
class _Chapters:
    """The chapters of a book as web pages, as its bodies come."""

    pages: list[list[str]] = field(default_factory=list)
    _depth: int = 0
    _title: list[str] | None = None  # the words of the one that is open

    def begin(self, depth: int) -> None:
        """Begin a body, or what is as long as one, at this level of sections."""
        self._depth = depth
        self.pages.append([])

    def open(self, tag: str) -> None:
        """Take in a tag that opens."""
        if tag == "section":
            self._depth += 1
            if self._depth == 2:
                self.pages.append([])
        elif tag == "title":
            self._title = []
        elif tag in _TAGS and self._title is None:
            self.pages[-1].append(f"<{_TAGS[tag]}>")
        elif tag in _CODE:
            self.pages[-1].append("<code>")

    def say(self, text: str) -> None:
        """Take in a text."""
        if self._title is not None:
            self._title.append(text)
        else:
            self.pages[-1].append(escape(text))

    def close(self, tag: str) -> None:
        """Take in a tag that closes."""
        if tag == "section":
            self._depth -= 1
        elif tag == "title":
            heading = " ".join("".join(self._title or ()).split())
            self._title = None
            level = min(max(self._depth, 1), _DEEPEST)
            self.pages[-1].append(f"<h{level}>{escape(heading)}</h{level}>" if heading else "")
        elif self._title is not None:
            self._title.append(" ")
        elif tag in _TAGS:
            self.pages[-1].append(f"</{_TAGS[tag]}>")
        elif tag in _CODE:
            self.pages[-1].append("</code>")


@dataclass(slots=True)
class _Book:
    """Gives the parts of a book, as they come, to its description and to its chapters."""

    is_book: bool = False
    about: _Description = field(default_factory=_Description)
    _chapters: _Chapters = field(default_factory=_Chapters)
    _in_info: bool = False
    _in_body: bool = False
    _skipping: int = 0

    def pages(self) -> list[str]:
        """Return the chapters as web pages, the title and the authors before them."""
        chapters = ("".join(page) for page in self._chapters.pages)
        return list(filter(None, [self.about.page(), *chapters]))

    def take(self, event: Event) -> None:
        """Take in a tag or a text."""
        kind, name, _ = event
        if name == "binary" and kind != "text":
            self._skipping += 1 if kind == "open" else -1
        elif kind == "text":
            if not self._skipping:
                (self._chapters if self._in_body else self.about).say(name)
        elif kind == "open":
            self._open(name)
        else:
            self._close(name)

    def _open(self, tag: str) -> None:
        self.is_book |= tag == "FictionBook"
        if tag == "title-info":
            self._in_info = True
        elif tag == "body" or (tag == "annotation" and self._in_info):
            self._in_body = True
            self._chapters.begin(1 if tag == "body" else 0)
        elif self._in_body:
            self._chapters.open(tag)
        elif self._in_info:
            self.about.open(tag)

    def _close(self, tag: str) -> None:
        if tag == "title-info":
            self._in_info = False
        elif tag in ("body", "annotation") and self._in_body:
            self._in_body = False
        elif self._in_body:
            self._chapters.close(tag)
        elif self._in_info:
            self.about.close(tag)
