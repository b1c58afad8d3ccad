"""The records that the index ought to hold: every chunk with a vector that is not queued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.records.database import Database
from ingest.records.index_parts import IndexPart
from ingest.records.public_ids import CONVERSATION_ID

_PAGE = (
    f"SELECT c.id, c.key, v.vector, t.time, {CONVERSATION_ID} AS conversation FROM chunks c"
    " JOIN vectors v ON v.hash = c.hash AND v.model_id = ?"
    " LEFT JOIN pending p ON p.model_id = v.model_id AND p.collection_id = c.collection_id"
    " AND p.kind = c.kind AND p.key = c.key"
    " LEFT JOIN turns t ON t.id = c.turn_id LEFT JOIN conversations k ON k.id = t.conversation_id"
    " WHERE c.collection_id = ? AND c.kind = ? AND c.id > ? AND p.key IS NULL"
    " ORDER BY c.id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A record of the index as it is stored; a document has neither time nor conversation."""

    key: str
    vector: bytes
    time: float | None
    conversation: str | None


def indexed_pages(database: Database, part: IndexPart, size: int) -> Iterator[list[Indexed]]:
    """Yield the records that a part of the index ought to hold, at most `size` at a time."""
    last = 0
    while rows := database.rows(_PAGE, (*part.values, last, size)):
        last = rows[-1]["id"]
        yield [Indexed(row["key"], row["vector"], row["time"], row["conversation"]) for row in rows]


def count_indexed(database: Database, part: IndexPart) -> int:
    """Count the records that a part of the index ought to hold, from counts alone."""
    return int(
        database.scalar(
            "SELECT (SELECT count(*) FROM chunks WHERE collection_id = ?2 AND kind = ?3) -"
            " (SELECT count(*) FROM pending WHERE model_id = ?1 AND collection_id = ?2"
            " AND kind = ?3 AND action = 'add')",
            part.values,
        )
    )


def indexable_keys(database: Database, part: IndexPart) -> set[str]:
    """Return the keys that a part of the index may hold: those of its chunks and of the queue."""
    rows = database.rows(
        "SELECT key FROM chunks WHERE collection_id = ?2 AND kind = ?3"
        " UNION SELECT key FROM pending WHERE model_id = ?1 AND collection_id = ?2 AND kind = ?3",
        part.values,
    )
    return {row["key"] for row in rows}
