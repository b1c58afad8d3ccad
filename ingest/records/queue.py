"""The queue of records that are still to be written to the index, or deleted from it.

A row leaves it only after Chroma has confirmed. Triggers fill it (`schema.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.document import Kind
from ingest.records.database import Database
from ingest.records.ids import ModelId
from ingest.records.public_ids import CONVERSATION_ID


@dataclass(frozen=True, slots=True)
class Pending:
    """A record that the index is still to add or delete; `vector` is None for a deletion."""

    collection: str
    kind: Kind
    key: str
    action: str
    vector: bytes | None
    time: float | None
    conversation: str | None
    text: str


class Queue:
    """Rows of `pending`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def next(self, model: ModelId, limit: int) -> list[Pending]:
        """Return the next records to add to the index or to delete from it."""
        rows = self.database.rows(
            "SELECT l.name, p.kind, p.key, p.action, v.vector, t.time,"
            f" coalesce(c.text, '') AS text, {CONVERSATION_ID} AS conversation FROM pending p"
            " JOIN collections l ON l.id = p.collection_id"
            " LEFT JOIN chunks c ON c.collection_id = p.collection_id AND c.kind = p.kind"
            " AND c.key = p.key LEFT JOIN turns t ON t.id = c.turn_id"
            " LEFT JOIN conversations k ON k.id = t.conversation_id"
            " LEFT JOIN vectors v ON v.hash = c.hash AND v.model_id = p.model_id"
            " WHERE p.model_id = ? AND (p.action = 'delete' OR v.vector IS NOT NULL)"
            " ORDER BY p.collection_id, p.kind, p.action, p.key LIMIT ?",
            (model, limit),
        )
        return [
            Pending(
                collection=row["name"],
                kind=row["kind"],
                key=row["key"],
                action=row["action"],
                vector=row["vector"],
                time=row["time"],
                conversation=row["conversation"],
                text=row["text"],
            )
            for row in rows
        ]

    def settle(self, model: ModelId, done: Iterable[Pending]) -> None:
        """Remove records that the index has applied, in the transaction that read them."""
        self.database.execute_many(
            "DELETE FROM pending WHERE model_id = ? AND kind = ? AND key = ? AND action = ?"
            " AND collection_id = (SELECT id FROM collections WHERE name = ?)",
            [(model, record.kind, record.key, record.action, record.collection) for record in done],
        )

    def count(self, model: ModelId, action: str = "%") -> int:
        """Count the records in the queue; `action` is "add" or "delete"."""
        sql = "SELECT count(*) FROM pending WHERE model_id = ? AND action LIKE ?"
        return int(self.database.scalar(sql, (model, action)))

    def add_all(self, model: ModelId) -> None:
        """Queue every chunk, for an index that is rebuilt."""
        self.database.execute("DELETE FROM pending WHERE model_id = ?", (model,))
        self.database.execute(
            "INSERT INTO pending (model_id, collection_id, kind, key, action)"
            " SELECT ?, collection_id, kind, key, 'add' FROM chunks",
            (model,),
        )
