"""OpenDocument files: made into web pages, and read as those are.

OpenDocument 1.3, part 2 (packages) and part 3 (schema).
"""

from __future__ import annotations

import re

from ingest.document import Document, Format
from ingest.errors import ReadError, SkipKind, SkippedFile
from ingest.readers import html
from ingest.readers.archive import Archive, Members
from ingest.readers.fragments import plain
from ingest.readers.odf.content import Content
from ingest.readers.odf.styles import Styles
from ingest.readers.xml import events

_ROOT = re.compile(rb"<([\w.-]+:document)\b[^<>]*>")
_BODY = re.compile(rb"<([\w.-]+:body)\b.*</\1\s*>", re.DOTALL)
_KIND = re.compile(rb"application/vnd\.oasis\.opendocument\.([a-z]+)")
_ABOUT = re.compile(rb"<([\w.-]+:meta)\b.*?</\1\s*>", re.DOTALL)
_PICTURE = re.compile(rb"<([\w.-]+:binary-data)\b.*?</\1\s*>", re.DOTALL)
_FLAT: dict[bytes, Format] = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_EDGES = {"header": "Header", "footer": "Footer"}


def read(raw: bytes, name: str, form: Format) -> Document:
    """Return the document in a file of this format; `name` is its title when it has none.

    ReadError if it cannot be read, SkippedFile if it has no text, or too much of it.
    """
    archive = Archive(raw)
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise ReadError("encrypted: save it without a password first")
    if "content.xml" not in archive:
        raise ReadError("damaged: open it in its program and save it again")
    return _document(archive, name, form)


def read_flat(raw: bytes, name: str) -> Document:
    """Return the same of a file that is one XML document (.fodt, .fods, .fodp)."""
    found = _BODY.search(raw)
    kind = _KIND.search(raw[: found.start()] if found else b"")
    root = _ROOT.search(raw)
    if found is None or kind is None or root is None:
        raise ReadError("damaged: open it in its program and save it again")
    return _document(_Flat(raw, root, found), name, _FLAT.get(kind[1], "odt"))


class _Flat:
    """The parts that a packed file would have, each with the root of the document around it."""

    def __init__(self, raw: bytes, root: re.Match[bytes], body: re.Match[bytes]) -> None:
        name = root[1]
        before, begin, end = raw[: body.start()], raw[: root.end()], b"</" + name + b">"
        about = _ABOUT.search(before)
        self._parts = {
            "styles.xml": before + end,
            "meta.xml": begin + about[0] + end if about else b"",
            "content.xml": begin + _PICTURE.sub(b"", body[0]) + end,
        }

    def read(self, name: str) -> bytes:
        """Return a part; empty if there is none of that name."""
        return self._parts.get(name, b"")


def _document(archive: Members, name: str, form: Format) -> Document:
    is_slides = form == "odp"
    styles = Styles()
    for part in ("styles.xml", "content.xml"):
        styles.take(archive.read(part))
    styles.is_coloured |= is_slides
    content = Content(styles, archive=archive, is_sheets=form == "ods")
    content.out += _edges(archive, styles) if form == "odt" else []
    for event in events(archive.read("content.xml")):
        content.take(event)
    content.end_page()
    read = html.read_parts(content.pages)
    text = read.text
    if not any(
        line and not (is_slides and line.startswith("# Slide ")) for line in text.split("\n")
    ):
        raise SkippedFile("an OpenDocument file without text (pictures?)", SkipKind.NO_TEXT)
    first = next((line[2:] for line in text.split("\n") if line.startswith("# ")), "")
    return Document(
        text,
        form,
        _title(archive) or ("" if form == "ods" else first) or name,
        pages=read.starts if is_slides else (),
        cuts=read.starts[1:] if is_slides else (),
        tables=read.tables,
        left_out=tuple(content.said_of_left_out()),
    )


def _edges(archive: Members, styles: Styles) -> list[str]:
    """Return the headers and footers of pages, each once."""
    found: dict[str, None] = {}
    content: Content | None = None
    for event in events(archive.read("styles.xml")):
        kind = _EDGES.get(event.name.partition("-")[0], "") if event.kind != "text" else ""
        if kind and event.kind == "open" and not event.name.endswith("style"):
            content = Content(styles, archive=archive, is_sheets=False)
        elif kind and content is not None and event.kind == "close":
            words = plain("".join(content.out))
            found.update({f"<p>{kind}: {words}</p>": None} if words else {})
            content = None
        elif content is not None:
            content.take(event)
    return list(found)


def _title(archive: Members) -> str:
    """Return the title in the properties of a file; "" for none."""
    words: list[str] = []
    inside = False
    for kind, tag, _ in events(archive.read("meta.xml")):
        if kind == "text":
            words += [tag] if inside else []
        elif tag == "title":
            inside = kind == "open"
    return " ".join("".join(words).split())
