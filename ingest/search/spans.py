"""Places of chunks: characters of a file, or of a turn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.records.database import Database
from ingest.records.public_ids import CONVERSATION_ID


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of the file at `source`, or of turn `turn` of a conversation."""

    source: str
    turn: str
    start: int
    end: int
    text: str


def places(database: Database, chunks: Sequence[int]) -> dict[int, Place]:
    """Return the place of each chunk, by row; of several copies of a file the first by name."""
    rows = database.rows_among(
        'SELECT c.id, c.start, c."end", c.text, t.key AS turn,'
        f" CASE WHEN t.id IS NULL THEN NULL ELSE {CONVERSATION_ID} END AS conversation,"
        " (SELECT min(path) FROM sources s WHERE s.document_id = c.document_id) AS path"
        " FROM chunks c LEFT JOIN turns t ON t.id = c.turn_id"
        " LEFT JOIN conversations k ON k.id = t.conversation_id WHERE c.id IN ({})",
        list(chunks),
    )
    return {
        row["id"]: Place(
            source=row["conversation"] or os.fsdecode(row["path"] or b""),
            turn=row["turn"] or "",
            start=row["start"],
            end=row["end"],
            text=row["text"],
        )
        for row in rows
    }
