"""Dense search: the index, what it does not reach, and exact search where it cannot be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.errors import IndexAway
from ingest.index.index import Index
from ingest.index.unreachable import Unreachable, merged
from ingest.index.vectors import Near
from ingest.records.database import Database
from ingest.records.reachability import Part
from ingest.search.exact import nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

CONSEQUENCE = "using the vectors stored here, and updating the server when it answers again"

AWAY_SECONDS = 30.0
"""How long a server that did not answer is not asked again."""


class DenseSearch:
    """Searches the index of one library; `say` is called with what is done without it."""

    def __init__(
        self,
        database: Database,
        index: Index,
        unreachable: Unreachable,
        say: Callable[[str], None],
    ) -> None:
        self._database = database
        self._index = index
        self._unreachable = unreachable
        self._say = say
        self._away_until = 0.0

    @property
    def away(self) -> bool:
        """Whether the index did not answer a moment ago."""
        return time.monotonic() < self._away_until

    def unless_away(self, work: Callable[[], T], instead: T) -> T:
        """Return what the work with the index returns, or `instead` where a server does not answer,
        which is said once.
        """
        if self.away:
            return instead
        try:
            return work()
        except IndexAway as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            self._say(f"{error}; {CONSEQUENCE}")
            return instead

    def nearest(
        self,
        part: Part,
        collection: str,
        vector: NDArray[np.float32],
        limit: int,
        filters: tuple[Mapping[str, Any] | None, tuple[str, Sequence[object]]],
    ) -> list[Near]:
        """Return the nearest records of a part of the library, nearest first; `filters` are one
        filter, for Chroma and in SQL; None for Chroma where its records do not tell.
        """
        where, narrowed = filters
        if where is None:
            return nearest(self._database, part, vector, limit, narrowed)

        def asked() -> list[Near]:
            return self._index.search(part.model, collection, part.kind, vector, limit, where)

        def asked_twice() -> list[Near]:
            try:
                return asked()
            except IndexAway:  # a part that was lost is sent again
                self._index.refresh()
                return asked()

        found = self.unless_away(asked_twice, None)
        if found is None:
            return nearest(self._database, part, vector, limit, narrowed)
        unreachable = self._unreachable.near(part, vector, narrowed)
        return merged(found, unreachable, limit) if unreachable else found
