"""Sources, documents, chunks and vectors: rows of `ragchat.db`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ingest.document import Chunk, Description, Format, Kind
from ingest.records.database import Database
from ingest.records.packing import packed, stored_sizes
from ingest.records.sources import SOURCES, Source, source_of
from ingest.text.language import indexed_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONVERSATION_ID = "iif(k.origin = 'ragchat', k.key, k.origin || ':' || k.key)"
"""SQL for the id of a conversation that users see (table alias `k`)."""

SHOWN_TEXT = "iif(header = '', text, header || char(10) || text)"
"""The text of a chunk as passages show it: with the header row of the table that it continues."""


def text_hash(context: str, text: str) -> bytes:
    """Return the key of the vector of a chunk: the sha256 of the embedded text."""
    return hashlib.sha256(embedded_text(context, text).encode()).digest()


def embedded_text(context: str, text: str) -> str:
    """Return the text of a chunk that the model embeds."""
    return f"{context}\n{text}" if context else text


def chunk_key(owner: str, chunk: Chunk, version: int) -> str:
    """Return the id of a chunk, the same in every library: 32 hex digits."""
    name = f"{owner}\0{chunk.start}\0{chunk.end}\0{version}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


class KeyedChunk(NamedTuple):
    """A chunk with its id, and the line that is embedded and indexed before its text."""

    key: str
    context: str
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class ChunkText:
    """A chunk of a collection; `unit` is the id that a search returns it under: that of its
    exchange, or its own in a document.
    """

    collection: str
    unit: str
    text: str


class Records:
    """Rows of documents, chunks and vectors. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # Sources and documents

    def source(self, collection: int, path: Path) -> Source | None:
        """Return the source at a path, or None."""
        row = self.database.row(
            f"{SOURCES} WHERE s.collection_id = ? AND s.path = ?",
            (collection, os.fsencode(path)),
        )
        return source_of(row) if row is not None else None

    def sources(self, collection: int, under: Path | None = None) -> list[Source]:
        """Return all sources by path, or those `under` a folder; a file is under itself."""
        rows = self.database.rows(
            f"{SOURCES} WHERE s.collection_id = ? ORDER BY s.path",
            (collection,),
        )
        found = [source_of(row) for row in rows]
        if under is None:
            return found
        return [source for source in found if source.path == under or under in source.path.parents]

    def count_files(self, collection: int) -> int:
        """Return how many files a collection has."""
        sql = "SELECT count(*) FROM sources WHERE collection_id = ?"
        return int(self.database.scalar(sql, (collection,)))

    def count_sources(self, collection: int) -> tuple[int, int]:
        """Return how many files a collection has, and how many chunks these have in all."""
        row = self.database.row(
            "SELECT count(*), coalesce(sum(n), 0) FROM sources s LEFT JOIN (SELECT document_id,"
            " count(*) AS n FROM chunks WHERE document_id IS NOT NULL GROUP BY document_id) c"
            " ON c.document_id = s.document_id WHERE s.collection_id = ?",
            (collection,),
        )
        return (row[0], row[1]) if row is not None else (0, 0)

    def document(self, collection: int, content: str, form: Format, chunker: int) -> int | None:
        """Return the document that was read from this content, or None if it must be read again."""
        found: int | None = self.database.scalar(
            "SELECT id FROM documents WHERE collection_id = ? AND hash = ? AND format = ?"
            " AND chunker = ?",
            (collection, content, form, chunker),
        )
        return found

    def add_document(
        self, collection: int, content: str, form: Format, description: Description, chunker: int
    ) -> int:
        """Add a document without chunks, replacing one that was read from the same content."""
        row = (collection, content, form)
        self.database.execute(
            "INSERT INTO documents (collection_id, hash, format, title, chunker, encoding, pages,"
            " left_out, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (collection_id, hash, format) DO UPDATE SET title = excluded.title,"
            " chunker = excluded.chunker, encoding = excluded.encoding, pages = excluded.pages,"
            " left_out = excluded.left_out, properties = excluded.properties",
            (*row, description.title, chunker, description.encoding, description.pages)
            + (json.dumps(description.left_out), json.dumps(asdict(description.properties))),
        )
        found = int(
            self.database.scalar(
                "SELECT id FROM documents WHERE collection_id = ? AND hash = ? AND format = ?", row
            )
        )
        self.database.execute("DELETE FROM chunks WHERE document_id = ?", (found,))
        return found

    def put_source(
        self, collection: int, path: Path, size: int, mtime_ns: int, document: int, now: float
    ) -> None:
        """Point a path to a document; `drop_orphans` deletes the one it pointed to before."""
        self.database.execute(
            "INSERT INTO sources (collection_id, path, size, mtime_ns, document_id, read_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (collection_id, path) DO UPDATE SET"
            " size = excluded.size, mtime_ns = excluded.mtime_ns,"
            " document_id = excluded.document_id, read_at = excluded.read_at",
            (collection, os.fsencode(path), size, mtime_ns, document, now),
        )

    def remove_sources(self, collection: int, paths: Iterable[Path]) -> None:
        """Delete paths; `drop_orphans` deletes the documents that only they pointed to."""
        self.database.execute_many(
            "DELETE FROM sources WHERE collection_id = ? AND path = ?",
            [(collection, os.fsencode(path)) for path in paths],
        )

    def drop_orphans(self, collection: int) -> None:
        """Delete the documents that no path points to."""
        self.database.execute(
            "DELETE FROM documents WHERE collection_id = ? AND NOT EXISTS"
            " (SELECT 1 FROM sources WHERE document_id = documents.id)",
            (collection,),
        )

    # Chunks and vectors

    def add_chunks(
        self,
        collection: int,
        keyed: Sequence[KeyedChunk],
        *,
        document: int | None = None,
        turn: int | None = None,
    ) -> None:
        """Write chunks of one document or of one turn."""
        kind = "document" if turn is None else "memory"
        self.database.execute_many(
            "INSERT INTO chunks (collection_id, kind, key, document_id, turn_id, position, start,"
            ' "end", start_line, end_line, page, end_page, place, heading, header, context, text,'
            " hash, language)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (collection, kind, key, document, turn, position, chunk.start, chunk.end)
                + (chunk.start_line, chunk.end_line, chunk.page, chunk.end_page, chunk.place)
                + (chunk.heading, chunk.header, context, chunk.text, text_hash(context, chunk.text))
                + (indexed_language(chunk.text),)
                for position, (key, context, chunk) in enumerate(keyed)
            ],
        )

    def replace_turn_chunks(self, collection: int, turn: int, keyed: Sequence[KeyedChunk]) -> None:
        """Replace the chunks of a turn."""
        self.database.execute("DELETE FROM chunks WHERE turn_id = ?", (turn,))
        self.add_chunks(collection, keyed, turn=turn)

    def chunk_ids(self, collection: int, kind: Kind, keys: Sequence[str]) -> list[int]:
        """Return the rows of chunks, in no order; what is gone is left out."""
        rows = self.database.rows_among(
            "SELECT id FROM chunks WHERE collection_id = ? AND kind = ? AND key IN ({})",
            keys,
            (collection, kind),
        )
        return [row[0] for row in rows]

    def count_chunks(self) -> int:
        """Return how many chunks the library has."""
        return int(self.database.scalar("SELECT coalesce(sum(chunks), 0) FROM chunk_counts"))

    def chunk_texts(self, collections: Sequence[str]) -> list[ChunkText]:
        """Return the texts of all chunks of collections, given by name."""
        rows = self.database.rows_among(
            "SELECT l.name, coalesce(t.exchange, c.key) AS unit, c.text FROM chunks c"
            " JOIN collections l ON l.id = c.collection_id LEFT JOIN turns t ON t.id = c.turn_id"
            " WHERE l.name IN ({})",
            list(collections),
        )
        return [ChunkText(row["name"], row["unit"], row["text"]) for row in rows]

    def missing_vectors(self, model: int, hashes: Iterable[bytes]) -> set[bytes]:
        """Return the hashes that have no vector yet."""
        wanted = set(hashes)
        return wanted - set(self.vectors(model, wanted))

    def vectors(self, model: int, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the vectors by hash, as they are stored."""
        rows = self.database.rows_among(
            "SELECT hash, vector FROM vectors WHERE model_id = ? AND hash IN ({})",
            list(hashes),
            (model,),
        )
        return {row["hash"]: row["vector"] for row in rows}

    def put_vectors(self, model: int, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Store vectors under their hashes; one that is stored already stays."""
        self.database.execute_many(
            "INSERT OR IGNORE INTO vectors (model_id, hash, vector) VALUES (?, ?, ?)",
            [(model, key, packed(vector)) for key, vector in vectors.items()],
        )

    def drop_unused_vectors(self, most: float = 0) -> None:
        """Delete vectors of deleted texts, if there are more than `most` for each chunk."""
        many = "(SELECT count(*) FROM vectors) > ? * (SELECT count(*) FROM chunks)"
        gone = "hash NOT IN (SELECT hash FROM chunks)"
        self.database.execute(f"DELETE FROM vectors WHERE {gone} AND {many}", (most,))

    def unembedded(self, model: int, limit: int) -> dict[bytes, str]:
        """Return up to `limit` texts that have no vector of this model, by hash."""
        rows = self.database.rows(
            "SELECT DISTINCT c.hash, c.context, c.text FROM chunks c LEFT JOIN vectors v"
            " ON v.hash = c.hash AND v.model_id = ? WHERE v.hash IS NULL LIMIT ?",
            (model, limit),
        )
        return {row["hash"]: embedded_text(row["context"], row["text"]) for row in rows}

    def count_altered_texts(self) -> int:
        """Count the texts that do not match the hash they are stored with; this reads all."""
        rows = self.database.stream("SELECT context, text, hash FROM chunks")
        return sum(text_hash(row["context"], row["text"]) != row["hash"] for row in rows)

    def count_without_vector(self, model: int) -> int:
        """Count the chunks without a vector of a model."""
        return int(
            self.database.scalar(
                "SELECT count(*) FROM chunks c WHERE NOT EXISTS"
                " (SELECT 1 FROM vectors v WHERE v.hash = c.hash AND v.model_id = ?)",
                (model,),
            )
        )

    def count_odd_vectors(self, model: int, dimension: int) -> int:
        """Count the vectors of a model that are of another size than those of this dimension."""
        sql = "SELECT count(*) FROM vectors WHERE model_id = ? AND length(vector) NOT IN (?, ?)"
        return int(self.database.scalar(sql, (model, *stored_sizes(dimension))))

    def texts(self, collection: int, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts of document chunks that are still there, as shown, by key."""
        rows = self.database.rows_among(
            f"SELECT key, {SHOWN_TEXT} AS text FROM chunks WHERE collection_id = ?"
            " AND kind = 'document' AND key IN ({})",
            sorted(keys),
            (collection,),
        )
        return {row["key"]: row["text"] for row in rows}
