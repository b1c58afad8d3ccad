"""Where characters of a cleaned text were in the document as read: lines, pages, other parts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from ingest.document import Chunk, Document, HeadingSpan
from ingest.text.cleaning import Cleaned
from ingest.text.tables import Table, table_of

_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBERED = re.compile(r"(.*\s)\d+")


class Places:
    """Maps offsets of a cleaned text to places of its document, and back."""

    def __init__(self, document: Document, cleaned: Cleaned) -> None:
        self._document = document
        self._cleaned = cleaned
        self._line_ends = [found.end() for found in _LINE_END.finditer(document.text)]
        self._starts = [place.start for place in document.places]
        self._unit = "slide" if document.format in ("pptx", "ppt", "odp") else "page"

    def chunk(self, start: int, end: int, heading: str, header: str = "") -> Chunk:
        """Return the chunk of the cleaned text's characters [start, end)."""
        first, last = self._cleaned.as_read(start), self._cleaned.as_read(end - 1)
        page = bisect_right(self._document.pages, first) or None
        end_page = bisect_right(self._document.pages, last) or None
        return Chunk(
            self._cleaned.text[start:end],
            first,
            last + 1,
            self._line(first),
            self._end_line(last),
            heading,
            page,
            end_page,
            self._words(first, last, page, end_page),
            header,
        )

    def cuts(self) -> list[int]:
        """Return the offsets in the cleaned text that no chunk may cross."""
        return self._cleaned_offsets(self._document.cuts)

    def tables(self) -> list[Table]:
        """Return the tables that the reader found, as they are in the cleaned text."""
        text = self._cleaned.text
        return [table_of(text, *self._cleaned_offsets(table)) for table in self._document.tables]

    def headings(self) -> list[HeadingSpan]:
        """Return the headings that the reader found, as they are in the cleaned text."""
        found = self._document.headings
        starts = self._cleaned_offsets(heading.start for heading in found)
        ends = self._cleaned_offsets(heading.end for heading in found)
        return [
            HeadingSpan(start, end, heading.level, heading.title)
            for start, end, heading in zip(starts, ends, found, strict=True)
        ]

    def _cleaned_offsets(self, offsets: Iterable[int]) -> list[int]:
        """Return where characters of the document are in the cleaned text."""
        every = range(len(self._cleaned.text) + 1)
        return [bisect_left(every, offset, key=self._cleaned.as_read) for offset in offsets]

    def _line(self, offset: int) -> int:
        line = bisect_right(self._line_ends, offset)
        lines = self._document.lines
        return lines[min(line, len(lines) - 1)] if lines else line + 1

    def _end_line(self, offset: int) -> int:
        """Return the last line of the file that the words around an offset are on: the cells of a
        row may be on lines of their own, up to where the next row begins.
        """
        number, lines = bisect_right(self._line_ends, offset), self._document.lines
        if number + 1 >= len(lines):
            return self._line(offset)
        is_row = any(table.start <= offset < table.end for table in self._document.tables)
        return max(lines[number], lines[number + 1] - 1 if is_row else 0)

    def _words(self, first: int, last: int, page: int | None, end_page: int | None) -> str:
        if page and end_page:
            return f"{self._unit} {page}" + (f"–{end_page}" if end_page > page else "")
        begin, end = bisect_right(self._starts, first) - 1, bisect_right(self._starts, last) - 1
        if begin < 0:
            return ""
        places = self._document.places
        name, end_name = places[begin].name, places[end].name
        if name == end_name:
            return name
        numbered = _NUMBERED.fullmatch(name)
        if numbered and end_name.startswith(numbered[1]):
            return f"{name}–{end_name.removeprefix(numbered[1])}"
        return f"{name} – {end_name}"
