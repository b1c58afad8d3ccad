"""E-books: the chapters in reading order, each read as the web page that it is.

https://www.w3.org/TR/epub-33/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from ingest.document import Document
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.archive import Archive
from ingest.readers.xml import events

_TYPES = frozenset(("application/xhtml+xml", "text/html"))


@dataclass(slots=True)
class _Package:
    """The content of the package document; hrefs are members of the archive."""

    title: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    spine: list[str] = field(default_factory=list)

    def chapters(self) -> list[str]:
        """The members in reading order, without the table of contents."""
        return [self.pages[id_] for id_ in dict.fromkeys(self.spine) if id_ in self.pages]


def read(raw: bytes, name: str) -> Document:
    """The text of a book; `name` is its title when it has none.

    ReadError if it is not a book that can be read, or one under digital rights management;
    SkippedFile if it has no text, or too much.
    """
    archive = Archive(raw)
    package = _package(archive)
    pages = (page for page in _pages(archive, package) if page.text.strip("\n"))
    book = html.joined(pages)
    if not book.text:
        raise SkippedFile("a book without text", SkipKind.NO_TEXT)
    return Document(book.text, "epub", package.title or name, tables=book.tables)


def _pages(archive: Archive, package: _Package) -> Iterator[Document]:
    locked = _locked(archive)
    for member in package.chapters():
        if member in locked:
            raise ReadError("encrypted (a book under digital rights management)")
        yield html.read_part(archive.read(member), "")


def _package(archive: Archive) -> _Package:
    path = next(
        (
            event.attributes.get("full-path", "")
            for event in events(archive.read("META-INF/container.xml"))
            if event[:2] == ("open", "rootfile")
        ),
        "",
    )
    if path not in archive:
        raise ReadError("damaged: open it in its program and save it again")
    package = _Package()
    title: list[str] | None = None
    for kind, tag, of in events(archive.read(path)):
        if kind == "text":
            if title is not None:
                title.append(tag)
        elif tag == "title":
            package.title = package.title or " ".join("".join(title or ()).split())
            title = [] if kind == "open" else None
        elif kind == "open":
            _note(package, posixpath.dirname(path), tag, of)
    return package


def _note(package: _Package, folder: str, tag: str, of: dict[str, str]) -> None:
    if tag == "itemref":
        package.spine.append(of.get("idref", ""))
    elif tag == "item" and of.get("media-type") in _TYPES and of.get("properties") != "nav":
        package.pages[of.get("id", "")] = _member(folder, of.get("href", ""))


def _member(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _locked(archive: Archive) -> set[str]:
    """The members that only a reading system with the key can read; fonts may be among them."""
    return {
        unquote(event.attributes.get("URI", ""))
        for event in events(archive.read("META-INF/encryption.xml"))
        if event[:2] == ("open", "CipherReference")
    }
