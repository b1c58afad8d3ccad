"""Which records of the index have been looked for, and which of them a search passes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.records.database import Database, Row
from ingest.records.fulltext import Where
from ingest.records.index_parts import IndexPart

_ROWS = (
    "SELECT c.id, c.key, v.vector FROM chunks c"
    " JOIN vectors v ON v.hash = c.hash AND v.model_id = ?"
)
_IN_PART = (
    f"{_ROWS} WHERE c.collection_id = ? AND c.kind = ? AND NOT EXISTS (SELECT 1 FROM pending p"
    " WHERE p.model_id = v.model_id AND p.collection_id = c.collection_id AND p.kind = c.kind"
    " AND p.key = c.key)"
)


class Reachability:
    """Rows of `looked` and `unreachable`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, part: IndexPart) -> int:
        """The chunk up to which records have been looked for."""
        sql = "SELECT last FROM looked WHERE model_id = ? AND collection_id = ? AND kind = ?"
        return int(self._database.scalar(sql, part.values) or 0)

    def put_last(self, part: IndexPart, last: int) -> None:
        """Remember up to which chunk records have been looked for."""
        self._database.execute(
            "INSERT OR REPLACE INTO looked (model_id, collection_id, kind, last)"
            " VALUES (?, ?, ?, ?)",
            (*part.values, last),
        )

    def written(self, part: IndexPart, keys: Sequence[str]) -> None:
        """Have these records looked for, which were just written to the index."""
        rows = self._database.rows_among(
            "SELECT min(id) FROM chunks WHERE collection_id = ? AND kind = ? AND key IN ({})",
            list(keys),
            part.values[1:],
        )
        first = min((row[0] for row in rows if row[0] is not None), default=None)
        if first is not None and first <= self.last(part):
            self.put_last(part, first - 1)

    def waiting(self, part: IndexPart) -> list[int]:
        """The chunks whose records have not been looked for yet, in order."""
        rows = self._database.rows(
            "SELECT id FROM chunks WHERE collection_id = ? AND kind = ? AND id > ? ORDER BY id",
            (*part.values[1:], self.last(part)),
        )
        return [row["id"] for row in rows]

    def rows(self, part: IndexPart, chunks: Sequence[int]) -> list[Row]:
        """Chunks with their vectors, less those that the index does not hold yet."""
        return self._database.rows_among(f"{_IN_PART} AND c.id IN ({{}})", chunks, part.values)

    def rows_after(self, part: IndexPart, chunk: int, limit: int) -> list[Row]:
        """As `rows`, those that come after a chunk."""
        sql = f"{_IN_PART} AND c.id > ? ORDER BY c.id LIMIT ?"
        return self._database.rows(sql, (*part.values, chunk, limit))

    def newest(self) -> int:
        """The newest chunk of all."""
        return int(self._database.scalar("SELECT coalesce(max(id), 0) FROM chunks"))

    def unreachable(self, part: IndexPart, narrowed: Where = ("", ())) -> list[Row]:
        """The records that a search passes by, with their vectors; `narrowed` is a filter in SQL on
        rows of `chunks c`, with its values.
        """
        clause, values = narrowed
        return self._database.rows(
            f"{_ROWS} JOIN unreachable u ON u.model_id = v.model_id"
            " AND u.collection_id = c.collection_id AND u.kind = c.kind AND u.key = c.key"
            f" WHERE u.model_id = ? AND u.collection_id = ? AND u.kind = ?{clause}",
            (part.model.id, *part.values, *values),
        )

    def put(self, part: IndexPart, looked: Iterable[str], unreachable: Iterable[str]) -> None:
        """Keep which of the records that were looked for are passed by."""
        self._database.execute_many(
            "DELETE FROM unreachable WHERE model_id = ? AND collection_id = ? AND kind = ?"
            " AND key = ?",
            self._keyed(part, looked),
        )
        self._database.execute_many(
            "INSERT OR IGNORE INTO unreachable (model_id, collection_id, kind, key)"
            " SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM chunks"
            " WHERE collection_id = ?2 AND kind = ?3 AND key = ?4)",
            self._keyed(part, unreachable),
        )

    def clear(self) -> None:
        """Forget all of it, for an index that is made again."""
        self._database.execute("DELETE FROM looked")
        self._database.execute("DELETE FROM unreachable")

    def _keyed(self, part: IndexPart, keys: Iterable[str]) -> Iterator[tuple[object, ...]]:
        return ((*part.values, key) for key in keys)
