"""Sources and documents in SQLite: ingested files, and the documents that they point to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ingest.document import Description, Format
from ingest.records.database import Database
from ingest.records.ids import CollectionId, DocumentId
from ingest.records.sources import SOURCES, Source, source_of


class Documents:
    """Rows of `sources` and `documents`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def source(self, collection: CollectionId, path: Path) -> Source | None:
        """Return the source at a path, or None."""
        row = self._database.row(
            f"{SOURCES} WHERE s.collection_id = ? AND s.path = ?",
            (collection, os.fsencode(path)),
        )
        return source_of(row) if row is not None else None

    def sources(self, collection: CollectionId, under: Path | None = None) -> list[Source]:
        """Return all sources by path, or those `under` a folder; a file is under itself."""
        rows = self._database.rows(
            f"{SOURCES} WHERE s.collection_id = ? ORDER BY s.path",
            (collection,),
        )
        found = [source_of(row) for row in rows]
        if under is None:
            return found
        return [source for source in found if source.path == under or under in source.path.parents]

    def count_files(self, collection: CollectionId) -> int:
        """Return how many files a collection has."""
        sql = "SELECT count(*) FROM sources WHERE collection_id = ?"
        return int(self._database.scalar(sql, (collection,)))

    def count_sources(self, collection: CollectionId) -> tuple[int, int]:
        """Return how many files a collection has, and how many chunks these have in all."""
        row = self._database.row(
            "SELECT count(*), coalesce(sum(n), 0) FROM sources s LEFT JOIN (SELECT document_id,"
            " count(*) AS n FROM chunks WHERE document_id IS NOT NULL GROUP BY document_id) c"
            " ON c.document_id = s.document_id WHERE s.collection_id = ?",
            (collection,),
        )
        return (row[0], row[1]) if row is not None else (0, 0)

    def find(
        self, collection: CollectionId, content: str, form: Format, chunker: int
    ) -> DocumentId | None:
        """Return the document that was read from this content, or None if it must be read again."""
        found: DocumentId | None = self._database.scalar(
            "SELECT id FROM documents WHERE collection_id = ? AND hash = ? AND format = ?"
            " AND chunker = ?",
            (collection, content, form, chunker),
        )
        return found

    def add(
        self,
        collection: CollectionId,
        content: str,
        form: Format,
        description: Description,
        chunker: int,
    ) -> DocumentId:
        """Add a document without chunks, replacing one that was read from the same content."""
        row = (collection, content, form)
        self._database.execute(
            "INSERT INTO documents (collection_id, hash, format, title, chunker, encoding, pages,"
            " left_out, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (collection_id, hash, format) DO UPDATE SET title = excluded.title,"
            " chunker = excluded.chunker, encoding = excluded.encoding, pages = excluded.pages,"
            " left_out = excluded.left_out, properties = excluded.properties",
            (*row, description.title, chunker, description.encoding, description.pages)
            + (json.dumps(description.left_out), json.dumps(asdict(description.properties))),
        )
        found = DocumentId(
            self._database.scalar(
                "SELECT id FROM documents WHERE collection_id = ? AND hash = ? AND format = ?", row
            )
        )
        self._database.execute("DELETE FROM chunks WHERE document_id = ?", (found,))
        return found

    def put_source(
        self,
        collection: CollectionId,
        path: Path,
        size: int,
        mtime_ns: int,
        document: DocumentId,
        now: float,
    ) -> None:
        """Point a path to a document; `drop_orphans` deletes the one it pointed to before."""
        self._database.execute(
            "INSERT INTO sources (collection_id, path, size, mtime_ns, document_id, read_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (collection_id, path) DO UPDATE SET"
            " size = excluded.size, mtime_ns = excluded.mtime_ns,"
            " document_id = excluded.document_id, read_at = excluded.read_at",
            (collection, os.fsencode(path), size, mtime_ns, document, now),
        )

    def remove_sources(self, collection: CollectionId, paths: Iterable[Path]) -> None:
        """Delete paths; `drop_orphans` deletes the documents that only they pointed to."""
        self._database.execute_many(
            "DELETE FROM sources WHERE collection_id = ? AND path = ?",
            [(collection, os.fsencode(path)) for path in paths],
        )

    def drop_orphans(self, collection: CollectionId) -> None:
        """Delete the documents that no path points to."""
        self._database.execute(
            "DELETE FROM documents WHERE collection_id = ? AND NOT EXISTS"
            " (SELECT 1 FROM sources WHERE document_id = documents.id)",
            (collection,),
        )
