"""What searches vectors: the index, what it does not reach, and exact search beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.records.database import Database
from ingest.records.lock import WriterLock

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.index.index import Index
    from ingest.index.unreachable import Unreachable
    from ingest.search.dense import DenseSearch


class Vectors:
    """Makes them at their first use, and imports their modules then: the prompt of a conversation
    does without, and so do most commands. Threads may share one.
    """

    def __init__(
        self,
        home: Path,
        database: Database,
        lock: WriterLock,
        on_wait: Callable[[str], None],
        server: Address | None,
    ) -> None:
        self._of = (home, database, lock, on_wait, server)
        self._making = threading.Lock()
        self._made: tuple[Index, Unreachable, DenseSearch] | None = None
        if server is not None:
            self._make()  # a copied library gets a name of its own on the server

    @property
    def index(self) -> Index:
        """The index, which may be closed."""
        return self._make()[0]

    @property
    def unreachable(self) -> Unreachable:
        """The records that a search of the index misses."""
        return self._make()[1]

    @property
    def dense(self) -> DenseSearch:
        """The search in both."""
        return self._make()[2]

    def close(self) -> None:
        """Close the index."""
        if self._made is not None:
            self._made[0].close()

    def _make(self) -> tuple[Index, Unreachable, DenseSearch]:
        with self._making:
            if self._made is None:
                from ingest.index.index import Index
                from ingest.index.unreachable import Unreachable
                from ingest.search.dense import DenseSearch

                home, database, lock, on_wait, server = self._of
                index = Index(home, database, lock, on_wait, server)
                unreachable = Unreachable(database)
                dense = DenseSearch(database, index, unreachable, on_wait)
                self._made = index, unreachable, dense
            return self._made
