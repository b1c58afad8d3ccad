"""How much of a library logs and long data may be: they would drown what people wrote."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.generated import HEAD_SHARE, is_data
from ingest.text.amounts import counted

if TYPE_CHECKING:
    from ingest.document import Document
    from ingest.records.chunks import KeyedChunk
    from ingest.records.sources import Source

FLOOR = 60
"""Chunks of a file of data that are kept in any library; one with fewer is a file of settings."""
SHARE = 0.5
"""Chunks of all long data together, for each chunk of other documents."""

_SUFFIXES = frozenset(".log .json .jsonl .ndjson .geojson .xml .yaml .yml .sql".split())


def may_be_data(path: Path) -> bool:
    """Return whether a file is data by its name: such files are read last, when it is known how
    much they are a share of.
    """
    return path.suffix.lower() in _SUFFIXES


class Share:
    """Counts the chunks of data and of other documents; `known` are the sources so far."""

    def __init__(self, known: Iterable[Source]) -> None:
        self._data = self._others = 0
        for source in known:
            self._count(source, 1)

    def fitting(
        self, document: Document, chunks: list[KeyedChunk], known: Source | None
    ) -> tuple[list[KeyedChunk], tuple[str, ...]]:
        """Return the chunks to keep of a document, and what to say of the others: of long data the
        head and the tail. In a library that is nothing but data, all are kept.
        """
        if known is not None:
            self._count(known, -1)
        if len(chunks) <= FLOOR or not is_data(document):
            self._others += len(chunks)
            return chunks, ()
        room = max(FLOOR, round(SHARE * self._others) - self._data)
        room = room if self._others else len(chunks)
        self._data += min(room, len(chunks))
        if len(chunks) <= room:
            return chunks, ()
        head = round(HEAD_SHARE * room)
        tail = len(chunks) - (room - head)
        first, last = chunks[head].chunk.start_line, chunks[tail - 1].chunk.end_line
        lost = f"{counted(tail - head, 'passage')} of data, lines {first:,}–{last:,}"
        return chunks[:head] + chunks[tail:], (f"{lost} (--include reads them)",)

    def _count(self, source: Source, sign: int) -> None:
        if source.chunks > FLOOR and may_be_data(source.path):
            self._data += sign * source.chunks
        else:
            self._others += sign * source.chunks
