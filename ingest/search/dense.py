"""Dense search: the index, what it does not reach, and exact search where it cannot be asked.

A small library is searched exactly in a process that has not opened the index: reading all vectors
takes less than opening Chroma. Nothing is found that the index would not find, and nothing missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ingest.errors import IndexAway
from ingest.index.lazy import LazyIndex
from ingest.index.unreachable import merged
from ingest.index.vectors import Near
from ingest.records.chunks import Chunks
from ingest.records.database import Database
from ingest.records.fulltext import Where
from ingest.records.index_parts import IndexPart
from ingest.records.models import Model
from ingest.records.queue import Queue
from ingest.search.exact import nearest
from ingest.search.scope import Narrowing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 20_000
"""Records that are searched exactly, the first times: 0.1 s, and Chroma takes 0.35 s to open
(processor time on one quiet core; RESULTS.md#start-up).
"""
AMONG = 3
"""Where a filter leaves at least one in this many of the nearest, these are filtered: Chroma would
compare all that it leaves (RESULTS.md#preparing-a-question).
"""
FIRST_TIMES = 4
"""Searches of a process before it opens the index even for few records."""


class DenseSearch:
    """Searches the index of one library."""

    def __init__(self, database: Database, lazy: LazyIndex) -> None:
        self._database = database
        self._index = lazy.index
        self._unreachable = lazy.unreachable
        self._availability = lazy.availability
        self._first_times = FIRST_TIMES

    def skips_index(self, model: Model) -> bool:
        """Return whether the next search should be exact, without opening the index: it is closed
        and in step with the records, which are few.
        """
        if not self._first_times or self._index.is_open or not self._index.unchanged():
            return False
        if Queue(self._database).count(model.id) or Chunks(self._database).count() > FEW:
            return False
        self._first_times -= 1
        return True

    def nearest(
        self, part: IndexPart, vector: NDArray[np.float32], limit: int, narrowing: Narrowing
    ) -> list[Near]:
        """Return the nearest records of a part of the library, nearest first."""
        where = narrowing.chroma
        if where is None:
            return self.exact(part, vector, limit, narrowing)

        def asked() -> list[Near]:
            search = partial(self._index.search, part, vector)
            if where and not self._index.served:
                found = self._within(part, search(AMONG * limit, {}), narrowing.sql)
                if len(found) >= limit:
                    return found[:limit]
            return search(limit, where)

        def asked_twice() -> list[Near]:
            try:
                return asked()
            except IndexAway:  # a part that was lost is sent again
                self._index.refresh()
                return asked()

        found = self._availability.unless_away(asked_twice, None)
        if found is None:
            return self.exact(part, vector, limit, narrowing)
        unreachable = self._unreachable.near(part, vector, narrowing.sql)
        return merged(found, unreachable, limit) if unreachable else found

    def exact(
        self, part: IndexPart, vector: NDArray[np.float32], limit: int, narrowing: Narrowing
    ) -> list[Near]:
        """Return the nearest records by comparing all."""
        return nearest(self._database, part, vector, limit, narrowing.sql)

    def _within(self, part: IndexPart, found: Sequence[Near], narrowed: Where) -> list[Near]:
        """Return the records that a filter in SQL leaves, in their order."""
        clause, values = narrowed
        rows = self._database.rows_among(
            "SELECT c.key FROM chunks c WHERE c.collection_id = ? AND c.kind = ?"
            f"{clause} AND c.key IN ({{}})",
            [near.id for near in found],
            (*part.values[1:], *values),
        )
        inside = {row["key"] for row in rows}
        return [near for near in found if near.id in inside]
