"""Unreachable records, which a search of the index misses, and how they are found anyway.

A graph of neighbours leaves a few records without a link that leads to them: where many texts are
alike, and as records are replaced (9 of 10,804 in a library of long chats; 0 of 100,000 and 2 of
300,000 of unlike texts). After a write, each new record and a few older ones are searched for by
their own vectors. A record that is not found is stored as unreachable, and compared with each
question directly.

Each check costs a search, so one call checks a bounded number of records. Where more are waiting,
an even sample represents all of them, unless a record of the sample, or an earlier one, was not
found: then all are checked, in this call and later ones.

Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", arXiv:1603.09320
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.index.vectors import Near
from ingest.records.database import Database, Row
from ingest.records.fulltext import Where
from ingest.records.index_parts import IndexPart
from ingest.records.reachability import Reachability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Unreached = Callable[[str, Sequence[str], NDArray[np.float32]], list[str]]
    """Returns, of the records of an index with these vectors, those that no search finds."""

MOST = 500
"""Records checked in one call: 0.2 s at 10,000 records, 0.6 s at 100,000 (bench_growth.py)."""
OTHERS = 3
"""For each new record, this many older ones are checked again."""


class Unreachable:
    """The unreachable records of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._records = Reachability(database)

    def written(self, part: IndexPart, keys: Sequence[str]) -> None:
        """Queue new records for a check, in the transaction that settles them."""
        self._records.written(part, keys)

    def look(self, part: IndexPart, unreached: Unreached, most: int | None = None) -> None:
        """Check up to `most` records of a part, for None MOST, the new ones first."""
        most = MOST if most is None else most
        waiting = self._records.waiting(part)
        if not waiting:
            return
        sample = waiting[:: -(-len(waiting) // most)]
        lost = self._look(part, self._records.rows(part, sample), unreached)
        if len(sample) < len(waiting) and (lost or self._records.unreachable(part)):
            part_of_them = waiting[:most]
            self._look(part, self._records.rows(part, part_of_them), unreached)
            waiting = part_of_them
        with self._database.transaction():
            self._records.put_last(part, waiting[-1])
        others = min(most - len(sample), OTHERS * len(sample))
        if others > 0:
            somewhere = random.randint(0, self._records.newest())  # noqa: S311 - any will do
            found = self._records.rows_after(part, somewhere, others)
            found += self._records.rows_after(part, 0, others - len(found))
            self._look(part, found, unreached)

    def near(
        self,
        part: IndexPart,
        vector: NDArray[np.float32],
        narrowed: Where = ("", ()),
    ) -> list[Near]:
        """Return the unreachable records of a part with their similarities; `narrowed` is a filter
        in SQL on rows of `chunks c`, with its values.
        """
        rows = self._records.unreachable(part, narrowed)
        if not rows:
            return []
        cosines = part.model.matrix(row["vector"] for row in rows) @ vector
        return [Near(row["key"], float(found)) for row, found in zip(rows, cosines, strict=True)]

    def _look(self, part: IndexPart, rows: Sequence[Row], unreached: Unreached) -> list[str]:
        if not rows:
            return []
        keys = [row["key"] for row in rows]
        lost = unreached(part.index_name, keys, part.model.matrix(row["vector"] for row in rows))
        with self._database.transaction():
            self._records.put(part, keys, lost)
        return lost


def merged(found: Sequence[Near], unreachable: Sequence[Near], limit: int) -> list[Near]:
    """Merge the results of a search with unreachable records: nearest first, each once."""
    by_id: Mapping[str, Near] = {near.id: near for near in (*unreachable, *found)}
    return sorted(by_id.values(), key=lambda near: -near.cosine)[:limit]
