"""Word documents of before 2007 (.doc): what a newer one says, from the pieces of its text.

MS-DOC. Footnotes, endnotes and comments follow the text under their marks; headers and footers are
there once, at the beginning; hidden, deleted and struck-out text is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.document import Document
from ingest.errors import SkipKind, SkippedFile
from ingest.readers.doc.formats import Formats
from ingest.readers.doc.lists import numbers
from ingest.readers.doc.paragraphs import Paragraph, paragraphs
from ingest.readers.doc.pieces import Word, entries
from ingest.readers.lines import Lines
from ingest.readers.ole import Container
from ingest.readers.word.numbers import Numbers
from ingest.readers.word.paragraphs import write_paragraph
from ingest.readers.word.styles import BODY_LEVEL, Look
from ingest.readers.word.tables import Tables
from ingest.text.amounts import counted

_FOOTNOTES, _COMMENTS, _ENDNOTES, _HEADERS, _AUTHORS = (2, 3), (4, 5), (46, 47), 11, 36
_SEPARATORS, _STORIES = 6, 6
"""Stories of the headers: those between text and notes, then six for each section."""
_KINDS = ("Header", "Header", "Footer", "Footer", "Header", "Footer")
MOST_BESIDE_PAGE = 12
"""Letters of a line that says no more than which page it is: "Seite 3 von 9"."""
_OBJECT = re.compile("\x13\\s*EMBED\\b")
_FLAT = "formats of Word 95: its headings, tables and hidden text are read as plain text"


def read(container: Container, name: str) -> Document:
    """Return the document in a file; `name` is its title when it has none.

    ReadError if it is encrypted or damaged, SkippedFile if it has no text, or too much of it.
    """
    word = Word(container)
    body = _Body(word, Formats(word), numbers(word))
    for kind, text in body.running():
        body.lines.paragraph(f"{kind}: {text}")
    body.write(word.parts["text"])
    body.write_notes("footnotes", _FOOTNOTES[1])
    body.write_notes("endnotes", _ENDNOTES[1])
    body.write_notes("comments", _COMMENTS[1])
    body.write(word.parts["boxes"])
    text = body.lines.text()
    if not text.strip():
        raise SkippedFile("a text without words (pictures?)", SkipKind.NO_TEXT)
    title = container.title() or body.lines.title or name
    said = [_FLAT] if word.is_old else []
    objects = len(_OBJECT.findall(word.text))
    said += [counted(objects, "embedded object")] if objects else []
    return Document(text, "doc", title, tables=tuple(body.lines.tables), left_out=tuple(said))


class _Body:
    """Lines of the parts of a document as they come."""

    def __init__(self, word: Word, formats: Formats, counted: Numbers) -> None:
        self.lines = Lines()
        self._word = word
        self._formats = formats
        self._numbers = counted
        self._tables = Tables(self.lines)
        self._row: list[list[str]] = []  # the cells of the open row, each with its paragraphs
        self._cell: list[str] = []
        self._in_table = False
        self._marks: dict[int, str] = {}  # of notes, by the character that they stand at
        self._authors: dict[str, str] = {}  # of comments, by their marks
        for (references, _), kind in ((_FOOTNOTES, ""), (_ENDNOTES, "e"), (_COMMENTS, "c")):
            self._note_marks(references, kind)

    def running(self) -> Iterator[tuple[str, str]]:
        """Yield the text of headers and footers, each line once, without numbers of pages."""
        said: set[str] = set()
        for number, (first, last) in self._ranges("headers", _HEADERS):
            new = []
            for paragraph in self._paragraphs(first, last):
                text = " ".join(paragraph.text.split())
                short = sum(map(str.isalpha, text)) <= MOST_BESIDE_PAGE
                if text and text not in said and not (paragraph.paged and short):
                    said.add(text)
                    new.append(text)
            if new and number >= _SEPARATORS:
                yield _KINDS[(number - _SEPARATORS) % _STORIES], " | ".join(new)

    def write(self, part: tuple[int, int]) -> None:
        """Write a part of the text."""
        for paragraph in self._paragraphs(*part):
            self._take(paragraph)
        self._end_table()

    def write_notes(self, part: str, table: int) -> None:
        """Write the notes of a kind, each after its mark."""
        kind = {"endnotes": "e", "comments": "c"}.get(part, "")
        for number, (first, last) in self._ranges(part, table):
            mark = f"[{kind}{number + 1}]"
            if author := self._authors.get(mark):
                mark = f"{mark} Comment by {author}:"
            for paragraph in self._paragraphs(first, last):
                if text := paragraph.text.strip():
                    self.lines.paragraph(f"{mark} {text}" if mark else text)
                    mark = ""

    def _ranges(self, part: str, table: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the notes or stories that a table divides a part into: number, start and end. They
        follow each other; what begins before the last one ended is made to keep the reader busy.
        """
        start, end = self._word.parts[part]
        raw = self._word.table(table)
        bounds = [int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw), 4)]
        done = 0
        for number, (first, last) in enumerate(pairwise(bounds)):
            if done <= first < last and start + last <= end:
                yield number, (start + first, start + last)
                done = last

    def _paragraphs(self, start: int, end: int) -> Iterator[Paragraph]:
        return paragraphs(self._word, self._formats, self._marks, start, end)

    def _note_marks(self, table: int, kind: str) -> None:
        """Note where the marks of notes of a kind are, and who wrote comments."""
        size = 30 if kind == "c" else 2
        names = list(_names(self._word.table(_AUTHORS))) if kind == "c" else []
        raw = self._word.table(table)
        for number, ((at, _), entry) in enumerate(entries(raw, size), 1):
            mark = f"[{kind}{number}]"
            self._marks[at] = mark
            if kind == "c":
                author = int.from_bytes(entry[20:22], "little")
                self._authors[mark] = names[author] if author < len(names) else "a reader"

    def _take(self, paragraph: Paragraph) -> None:
        look = paragraph.style.look | paragraph.own
        if look.get("in_table"):
            self._take_cell(paragraph, look)
            return
        self._end_table()
        text = paragraph.text
        if not text.strip() or paragraph.style.name.startswith("toc "):
            return
        write_paragraph(self.lines, self._numbers, look, text)

    def _take_cell(self, paragraph: Paragraph, look: Look) -> None:
        """Take in a paragraph of a table, which ends its cell or its row."""
        if not self._in_table:
            self._tables.start("tbl", {})
            self._in_table = True
        if look.get("ends_row"):
            self._end_row(look)
            return
        if look.get("listed"):
            depth = min(look.get("depth", 0), BODY_LEVEL - 1)
            label = self._numbers.label(look.get("number", 0), depth)
            self._cell.append(label)
        self._cell.append(paragraph.text)
        if look.get("ends_inner"):
            self._cell.append("|")
        if paragraph.ends_cell:
            self._row.append(self._cell)
            self._cell = []

    def _end_row(self, look: Look) -> None:
        self._tables.start("tr", {})
        if look.get("heads"):
            self._tables.start("tblHeader", {})
        for number, cell in enumerate(self._row):
            self._tables.start("tc", {})
            if look.get("merged", 0) >> number & 1:
                self._tables.start("vMerge", {})
            self._tables.take(" ".join(cell))
            self._tables.end("tc")
        self._tables.end("tr")
        self._row, self._cell = [], []

    def _end_table(self) -> None:
        if self._row or self._cell:
            self._row += [self._cell] if self._cell else []
            self._end_row({})
        if self._in_table:
            self._tables.end("tbl")
            self._in_table = False


def _names(raw: bytes) -> Iterator[str]:
    """Yield the names of those who wrote comments: MS-DOC 2.9.354."""
    at = 0
    while at + 2 <= len(raw):
        length = int.from_bytes(raw[at : at + 2], "little")
        yield " ".join(raw[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace").split())
        at += 2 + 2 * length
