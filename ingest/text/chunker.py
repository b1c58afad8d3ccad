"""Cut a Document into Chunks: pieces of about 800 characters that the embedding model reads whole.

Pure: it gets `count(text)`, the number of word pieces, and knows no model. The only file that
imports semantic_text_splitter. A chunk is embedded with the headings above it and, inside a table,
with the header row; the same is shown later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from ingest.document import Chunk, Document
from ingest.text import data_blocks, syntax
from ingest.text.cleaning import Cleaned, clean, clean_document
from ingest.text.outline import Outline, outline, with_paths
from ingest.text.places import Places
from ingest.text.source_tables import is_delimited
from ingest.text.tables import csv_tables

CHUNKER_VERSION = 4
"""Part of a chunk's id: raised whenever the same document would give other chunks, as it does when
other secrets are masked.
"""

CHARACTERS = 800
"""What a chunk is packed up to: MiniLM reads about 1,200, and recall stalls before that."""
LONGEST = 1_000
"""A chunk may be so long where a cut would leave a scrap."""
SCRAP = 200
SMALL_SECTION = 400
"""A shorter section is put together with its neighbours; a longer one is a chunk by itself."""
HEADING_PIECES = 48
"""Word pieces of the limit that the headings may take."""
HEADER_PIECES = 64
"""The same for the header row of a table."""
FEW_ROWS = 4
"""Rows in the beginning of a piece from which it is taken for a table."""

_WINDOW = 16_000
"""The splitter takes quadratic time on long lines, so it is shown this many characters at once."""

Count: TypeAlias = Callable[[str], int]
Span: TypeAlias = tuple[int, int]

_BLANK_LINE = re.compile(r"\n(?:[^\S\n]*\n)+")


def chunk(
    document: Document, count: Count, limit: int, cleaned: Cleaned | None = None
) -> list[Chunk]:
    """Return the pieces of a document, in order, none blank; all visible text is in one of them.

    `count` of the heading, the header row and the text, each on a line, is at most `limit`, unless
    one character exceeds it. `cleaned` is the result of `clean_document`, where it is known.
    """
    return _chunks(document, cleaned or clean_document(document), count, limit)


def chunk_turn(text: str, count: Count, limit: int) -> list[Chunk]:
    """Return the pieces of what one side said in a chat, which is taken to be Markdown."""
    return _chunks(Document(text, "markdown", ""), clean(text), count, limit)


def _chunks(document: Document, cleaned: Cleaned, count: Count, limit: int) -> list[Chunk]:
    places = Places(document, cleaned)
    cutter = _Cutter(cleaned.text, _plan(document, cleaned, places), count, limit)
    return [places.chunk(*piece) for piece in cutter.pieces(places.cuts())]


def _plan(document: Document, cleaned: Cleaned, places: Places) -> Outline:
    text = cleaned.text
    if document.format in ("code", "text") and document.language in data_blocks.LANGUAGES:
        return data_blocks.outline(text, document.language)
    if document.format == "code":
        return syntax.outline(text, document.language, CHARACTERS)
    plan = outline(text, document.format)
    if document.language == "csv" or (document.format == "text" and is_delimited(text)):
        return replace(plan, tables=tuple(csv_tables(text)))
    if document.headings:
        plan = replace(plan, headings=with_paths(places.headings()))
    if document.tables:
        plan = replace(plan, tables=tuple(places.tables()))
    return plan


@dataclass(frozen=True)
class _Cutter:
    """Cuts one cleaned text along its plan."""

    text: str
    plan: Outline
    count: Count
    limit: int

    def pieces(self, cuts: Sequence[int]) -> Iterator[tuple[int, int, str, str]]:
        """Yield the start, end, heading and header row of each chunk, none across a cut."""

        @lru_cache
        def heading(path: tuple[str, ...]) -> str:
            return _shortened(path, self.count, min(HEADING_PIECES, self.limit // 4))

        @lru_cache
        def header(row: str) -> str:
            return beginning(row, self.count, min(HEADER_PIECES, self.limit // 4))

        text, plan = self.text, self.plan
        pending = _sections(text, plan, cuts)[::-1]
        while pending:
            start, end = pending.pop()
            if end - start > LONGEST:
                pending.extend(reversed(_divided(text, plan, start, end, self._most(start, end))))
                continue
            above, names = heading(plan.path(text, start, end)), header(plan.header(text, start))
            pieces = self.count("\n".join(filter(None, (above, names, text[start:end]))))
            if pieces <= self.limit or end - start == 1:
                yield start, end, above, names
            else:
                fitting = max(1, int((end - start) * self.limit / pieces * 0.9))
                pending.extend(reversed(_divided(text, plan, start, end, fitting)))

    def _most(self, start: int, end: int) -> int:
        """Return what to pack a chunk up to: less for the rows of a table, whose numbers have many
        word pieces, so that none has to be divided once more and leaves a scrap.
        """
        sample = self.text[start : min(start + CHARACTERS, end)]
        rows = self.plan.rows(start, start + len(sample))
        if len(rows) < FEW_ROWS:
            return CHARACTERS
        names = beginning(self.plan.header(self.text, rows[-1]), self.count, HEADER_PIECES)
        pieces = self.count(f"{names}\n{sample}")
        return min(CHARACTERS, int(CHARACTERS * 0.9 * self.limit / pieces))


def _shortened(path: tuple[str, ...], count: Count, most: int) -> str:
    """Return the path as a line of at most `most` word pieces; the titles nearest to it stay."""
    for skipped in range(len(path)):
        line = " > ".join(path[skipped:])
        if count(line) <= most:
            return line
    words = path[-1].split() if path else []
    while words and count(" ".join(words)) > most:
        words.pop()
    return " ".join(words)


def beginning(row: str, count: Count, most: int) -> str:
    """Return the beginning of a line, as much of it as `most` word pieces hold."""
    row = row[:LONGEST]
    while row and count(row) > most:
        row = row[: min(len(row) * 3 // 4, len(row) - 1)].rstrip()
    return row


def _sections(text: str, plan: Outline, cuts: Sequence[int]) -> list[Span]:
    """Return each heading with its text; small ones with their neighbours of the same parent."""
    parted = set(cuts)
    starts = sorted({0, *(heading.start for heading in plan.headings), *parted})
    sections: list[Span] = []
    last: tuple[str, ...] = ()
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if not (span := _trimmed(text, start, end)):
            continue
        path = plan.path(text, start, end)
        related = path[: max(len(last) - 1, 0)] == last[:-1]
        if (
            sections
            and start not in parted
            and _belong(text, plan, sections[-1], span, related=related)
        ):
            sections[-1] = (sections[-1][0], span[1])
        else:
            sections.append(span)
        last = path
    return sections


def _belong(text: str, plan: Outline, before: Span, after: Span, *, related: bool) -> bool:
    """Return whether a section is to be in one chunk with those before it: always after a bare
    heading.
    """
    length = before[1] - before[0]
    if length <= CHARACTERS and plan.body(text, *before) == before[1]:
        return True
    return related and length < SMALL_SECTION and after[1] - before[0] <= CHARACTERS


def _divided(text: str, plan: Outline, start: int, end: int, most: int) -> list[Span]:
    """Two or more parts of a piece: its sections, or runs of its blocks of `most` characters.

    The headings at its start stay with what follows them.
    """
    body = plan.body(text, start, end)
    inner = plan.starts(body, end)
    if inner:
        return _trimmed_all(text, [start, *inner, end])
    if body == end:
        body = start
    cuts = _packed(_cuts(text, plan, body, end, most), most)
    if len(cuts) < 3:
        half = (end - body + 1) // 2
        cuts = _packed(_cuts(text, plan, body, end, half), half)
    if len(cuts) < 3:
        cuts = [body, (body + end) // 2, end]
    return _trimmed_all(text, [start, *cuts[1:]])


def _packed(cuts: list[int], most: int) -> list[int]:
    """Make fewer cuts: join parts while they fit, and a short last one with the one before it."""
    kept = cuts[:1]
    for cut, after in pairwise(cuts[1:]):
        if after - kept[-1] > most:
            kept.append(cut)
    if len(kept) > 2 and cuts[-1] - kept[-1] < SCRAP and cuts[-1] - kept[-2] <= most * 5 // 4:
        kept.pop()
    return [*kept, cuts[-1]]


def _cuts(text: str, plan: Outline, start: int, end: int, most: int) -> list[int]:
    """Return where blocks and rows begin, and sentences of blocks longer than `most`; and the
    end.
    """
    blocks = (found.end() for found in _BLANK_LINE.finditer(text, start, end))
    if plan.breaks:
        cuts = [start, *plan.cuts(start, end, most), end]
    else:
        breaks = {cut for cut in blocks if start < cut < end and not plan.in_fence(cut)}
        cuts = [start, *sorted(breaks.union(plan.rows(start, end))), end]
    fine: list[int] = []
    for begin, stop in pairwise(cuts):
        fine.extend([begin] if stop - begin <= most else _semantic_cuts(text, begin, stop, most))
    return [*fine, end]


def _semantic_cuts(text: str, start: int, end: int, most: int) -> list[int]:
    """Return where the parts of a long block begin: at lines, else sentences, else words."""
    from semantic_text_splitter import TextSplitter

    parts = -(-(end - start) // most)
    even = min(most, (end - start) * 11 // (parts * 10) + 1)
    splitter = TextSplitter(even, trim=False)
    cuts: list[int] = []
    while start < end:
        window = text[start : min(start + _WINDOW, end)]
        found = [start + at for at, _ in splitter.chunk_indices(window)]
        # What the window's edge has cut is taken up again by the next one.
        next_start = found.pop() if start + len(window) < end and len(found) > 1 else None
        cuts.extend(found)
        start = next_start or start + len(window)
    return cuts


def _trimmed_all(text: str, cuts: list[int]) -> list[Span]:
    spans = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    return [span for span in spans if span]


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Without blank edges, but with the indentation of its first line; None if nothing is left."""
    piece = text[start:end]
    end = start + len(piece.rstrip())
    first = start + len(piece) - len(piece.lstrip())
    line_end = text.rfind("\n", max(start - 1, 0), first)
    if line_end >= 0 or start == 0:
        first = line_end + 1
    return (first, end) if first < end else None
