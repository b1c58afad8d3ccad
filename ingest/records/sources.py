"""A source: an ingested file, with a description of the document that it points to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ingest.document import Properties
from ingest.records.database import Row
from ingest.records.ids import DocumentId

SOURCES = (
    "SELECT s.path, s.size, s.mtime_ns, s.read_at, s.document_id, d.title, d.chunker, d.format,"
    " d.encoding, d.pages, d.left_out, d.properties,"
    " (SELECT count(*) FROM chunks WHERE document_id = d.id) AS chunks"
    " FROM sources s JOIN documents d ON d.id = s.document_id"
)
"""The rows that `source_of` takes."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was ingested, the state it had then, and how it was read; see `Document`."""

    path: Path
    size: int
    mtime_ns: int
    read_at: float
    document: DocumentId
    title: str
    chunker: int
    chunks: int
    format: str = ""
    encoding: str = ""
    pages: int = 0
    left_out: tuple[str, ...] = ()
    properties: Properties = field(default_factory=Properties)


def source_of(row: Row) -> Source:
    """Return the source in a row of SOURCES."""
    return Source(
        path=Path(os.fsdecode(row["path"])),
        size=row["size"],
        mtime_ns=row["mtime_ns"],
        read_at=row["read_at"],
        document=row["document_id"],
        title=row["title"],
        chunker=row["chunker"],
        chunks=row["chunks"],
        format=row["format"],
        encoding=row["encoding"],
        pages=row["pages"],
        left_out=_left_out(row["left_out"]),
        properties=_properties(row["properties"]),
    )


@lru_cache(maxsize=64)  # most files of a library have the same: none
def _left_out(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


@lru_cache(maxsize=64)
def _properties(stored: str) -> Properties:
    own = json.loads(stored)
    return Properties(
        own.get("date", ""), tuple(own.get("tags", ())), tuple(own.get("aliases", ()))
    )
