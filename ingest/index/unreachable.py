"""Records that a search of the index passes by, and how they are found all the same.

A graph of neighbours leaves single records without a link that leads to them: where many texts are
alike, and as records are replaced (9 of 10,804 in a library of long chats). Each record is looked
for by its own vector once it was written, those before it a few at a time; what is not found is
written down, and compared with each question by itself.

Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
Navigable Small World graphs", arXiv:1603.09320
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.document import Kind
from ingest.index.vectors import Near
from ingest.records.database import Database, Row
from ingest.records.models import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Unreached = Callable[[str, Sequence[str], NDArray[np.float32]], list[str]]
    """Of an index and records with their vectors, those that no search comes by."""

OTHERS = 3
"""For each record that was written, so many that were there before are looked for again."""
AT_ONCE = 500

_NEW = "new:"
_STRAYS = "strays:"
_ROWS = (
    "SELECT c.id, c.key, v.vector FROM chunks c"
    " JOIN collections l ON l.id = c.collection_id AND l.name = ?"
    " JOIN vectors v ON v.hash = c.hash AND v.model_id = ?"
)


class Strays:
    """Those of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def written(self, name: str, records: int) -> None:
        """That so many records were written to an index: they are to be looked for."""
        self._database.put_fact(_NEW + name, str(self._waiting(name) + records))

    def look(self, model: Model, places: Iterable[tuple[str, Kind]], unreached: Unreached) -> None:
        """Look for what was written, and for some of what was there, in collections and kinds."""
        for collection, kind in places:
            name = model.index_name(collection, kind)
            waiting = self._waiting(name)
            if not waiting:
                continue
            looked: set[str] = set()
            strays: set[str] = set()
            for rows in self._rows(model, collection, kind, waiting):
                keys = [row["key"] for row in rows]
                looked.update(keys)
                strays.update(unreached(name, keys, model.matrix(row["vector"] for row in rows)))
            self._keep(name, self._known(name) - looked | strays, waiting)

    def near(
        self,
        model: Model,
        place: tuple[str, Kind],
        vector: NDArray[np.float32],
        narrowed: tuple[str, Sequence[object]],
    ) -> list[Near]:
        """Those of a collection and kind, each with its cosine; `narrowed` is a filter in SQL on
        rows of `chunks c`, with its values.
        """
        collection, kind = place
        known = self._known(model.index_name(collection, kind))
        if not known:
            return []
        clause, values = narrowed
        rows = self._database.rows_among(
            f"{_ROWS} WHERE c.kind = ?{clause} AND c.key IN ({{}})",
            sorted(known),
            (collection, model.id, kind, *values),
        )
        cosines = model.matrix(row["vector"] for row in rows) @ vector
        return [Near(row["key"], float(each)) for row, each in zip(rows, cosines, strict=True)]

    def _rows(self, model: Model, collection: str, kind: Kind, new: int) -> Iterator[list[Row]]:
        """The newest records, and as many of the others as are wanted, from some place on."""
        place = (collection, model.id, kind)
        told = "c.key NOT IN (SELECT key FROM pending WHERE model_id = v.model_id)"
        query = f"{_ROWS} WHERE c.kind = ? AND c.id < ? AND {told} ORDER BY c.id DESC LIMIT ?"
        end = int(self._database.scalar("SELECT coalesce(max(id), 0) FROM chunks")) + 1
        somewhere = random.randint(1, end)  # noqa: S311 - any will do
        many = self._database.scalar(
            "SELECT count(*) FROM chunks c JOIN collections l ON l.id = c.collection_id"
            " WHERE l.name = ? AND c.kind = ?",
            (collection, kind),
        )
        all_of_them = many <= new * (1 + OTHERS)
        parts = [(end, many)] if all_of_them else [(end, new), (somewhere, new * OTHERS)]
        for before, most in parts:
            left, last = most, before
            while left > 0:
                rows = self._database.rows(query, (*place, last, min(left, AT_ONCE)))
                if not rows:
                    break
                yield rows
                left -= len(rows)
                last = rows[-1]["id"]

    def _waiting(self, name: str) -> int:
        return int(self._database.fact(_NEW + name) or 0)

    def _known(self, name: str) -> set[str]:
        return set(json.loads(self._database.fact(_STRAYS + name) or "[]"))

    def _keep(self, name: str, strays: set[str], looked: int) -> None:
        with self._database.transaction():
            there = self._database.rows_among(
                "SELECT key FROM chunks WHERE key IN ({})", sorted(strays)
            )
            self._database.put_fact(_STRAYS + name, json.dumps(sorted(r["key"] for r in there)))
            left = max(0, self._waiting(name) - looked)
            self._database.put_fact(_NEW + name, str(left))


def merged(found: Sequence[Near], strays: Sequence[Near], limit: int) -> list[Near]:
    """What a search found and the strays, nearest first, each once."""
    by_id: Mapping[str, Near] = {each.id: each for each in (*strays, *found)}
    return sorted(by_id.values(), key=lambda each: -each.cosine)[:limit]
