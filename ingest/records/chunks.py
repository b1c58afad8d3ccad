"""Chunks in SQLite: pieces of documents and of turns, each with the text that is embedded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.document import Chunk
from ingest.records.database import Database
from ingest.records.ids import CollectionId, DocumentId, TurnId
from ingest.text.language import indexed_language

SHOWN_TEXT = "iif(header = '', text, header || char(10) || text)"
"""The text of a chunk as passages show it: with the header row of the table that it continues."""


def text_hash(context: str, text: str) -> bytes:
    """Return the key of the vector of a chunk: the sha256 of the embedded text."""
    return hashlib.sha256(embedded_text(context, text).encode()).digest()


def embedded_text(context: str, text: str) -> str:
    """Return the text of a chunk that the model embeds."""
    return f"{context}\n{text}" if context else text


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


class Chunks:
    """Rows of `chunks`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        collection: CollectionId,
        keyed: Sequence[KeyedChunk],
        *,
        document: DocumentId | None = None,
        turn: TurnId | None = None,
    ) -> None:
        """Write chunks of one document or of one turn."""
        kind = "document" if turn is None else "memory"
        self._database.execute_many(
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

    def replace_of_turn(
        self, collection: CollectionId, turn: TurnId, keyed: Sequence[KeyedChunk]
    ) -> None:
        """Replace the chunks of a turn."""
        self._database.execute("DELETE FROM chunks WHERE turn_id = ?", (turn,))
        self.add(collection, keyed, turn=turn)

    def count(self) -> int:
        """Return how many chunks the library has."""
        return int(self._database.scalar("SELECT coalesce(sum(chunks), 0) FROM chunk_counts"))

    def texts(self, collections: Sequence[str]) -> list[ChunkText]:
        """Return the texts of all chunks of collections, given by name."""
        rows = self._database.rows_among(
            "SELECT l.name, coalesce(t.exchange, c.key) AS unit, c.text FROM chunks c"
            " JOIN collections l ON l.id = c.collection_id LEFT JOIN turns t ON t.id = c.turn_id"
            " WHERE l.name IN ({})",
            list(collections),
        )
        return [ChunkText(row["name"], row["unit"], row["text"]) for row in rows]

    def shown_texts(self, collection: CollectionId, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts of document chunks that are still there, by id, as they are shown."""
        rows = self._database.rows_among(
            f"SELECT key, {SHOWN_TEXT} AS text FROM chunks WHERE collection_id = ?"
            " AND kind = 'document' AND key IN ({})",
            sorted(keys),
            (collection,),
        )
        return {row["key"]: row["text"] for row in rows}

    def count_altered(self) -> int:
        """Count the texts that do not match the hash they are stored with; this reads all."""
        rows = self._database.stream("SELECT context, text, hash FROM chunks")
        return sum(text_hash(row["context"], row["text"]) != row["hash"] for row in rows)
