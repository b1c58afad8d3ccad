"""Vectors in SQLite, by model and by the hash of the embedded text; texts without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ingest.records.chunks import embedded_text
from ingest.records.database import Database
from ingest.records.ids import ModelId
from ingest.records.packing import packed, stored_sizes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class StoredVectors:
    """Rows of `vectors`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, model: ModelId, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the vectors by hash, as they are stored."""
        rows = self._database.rows_among(
            "SELECT hash, vector FROM vectors WHERE model_id = ? AND hash IN ({})",
            list(hashes),
            (model,),
        )
        return {row["hash"]: row["vector"] for row in rows}

    def missing(self, model: ModelId, hashes: Iterable[bytes]) -> set[bytes]:
        """Return the hashes that have no vector yet."""
        wanted = set(hashes)
        rows = self._database.rows_among(
            "SELECT hash FROM vectors WHERE model_id = ? AND hash IN ({})", list(wanted), (model,)
        )
        return wanted - {row["hash"] for row in rows}

    def put(self, model: ModelId, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Store vectors under their hashes; one that is stored already stays."""
        self._database.execute_many(
            "INSERT OR IGNORE INTO vectors (model_id, hash, vector) VALUES (?, ?, ?)",
            [(model, key, packed(vector)) for key, vector in vectors.items()],
        )

    def drop_unused(self, most: float = 0) -> None:
        """Delete vectors of deleted texts, if there are more than `most` for each chunk."""
        count = self._database.scalar
        # Counted first: SQLite looks for the unused ones before it compares the numbers.
        if count("SELECT count(*) FROM vectors") > most * count("SELECT count(*) FROM chunks"):
            self._database.execute(
                "DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM chunks)"
            )

    def unembedded(self, model: ModelId, limit: int) -> dict[bytes, str]:
        """Return up to `limit` texts that have no vector of this model, by hash."""
        rows = self._database.rows(
            "SELECT DISTINCT c.hash, c.context, c.text FROM chunks c LEFT JOIN vectors v"
            " ON v.hash = c.hash AND v.model_id = ? WHERE v.hash IS NULL LIMIT ?",
            (model, limit),
        )
        return {row["hash"]: embedded_text(row["context"], row["text"]) for row in rows}

    def count_missing(self, model: ModelId) -> int:
        """Count the chunks without a vector of a model."""
        return int(
            self._database.scalar(
                "SELECT count(*) FROM chunks c WHERE NOT EXISTS"
                " (SELECT 1 FROM vectors v WHERE v.hash = c.hash AND v.model_id = ?)",
                (model,),
            )
        )

    def count_odd(self, model: ModelId, dimension: int) -> int:
        """Count the vectors of a model that are of another size than those of this dimension."""
        sql = "SELECT count(*) FROM vectors WHERE model_id = ? AND length(vector) NOT IN (?, ?)"
        return int(self._database.scalar(sql, (model, *stored_sizes(dimension))))
