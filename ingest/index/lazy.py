"""The index of a library, made at its first use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.index.availability import Availability
from ingest.records.database import Database
from ingest.records.lock import WriterLock

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.index.index import Index
    from ingest.index.unreachable import Unreachable


class LazyIndex:
    """Makes the index, and what a search of it misses, when one of them is asked for, and imports
    their modules then: the prompt of a conversation does without, and so do most commands. Threads
    may share one.
    """

    def __init__(
        self,
        home: Path,
        database: Database,
        lock: WriterLock,
        say: Callable[[str], None],
        server: Address | None,
    ) -> None:
        self._arguments = (home, database, lock, say, server)
        self.availability = Availability(say)
        self._making = threading.Lock()
        self._made: tuple[Index, Unreachable] | None = None
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

    def close(self) -> None:
        """Close the index."""
        if self._made is not None:
            self._made[0].close()

    def _make(self) -> tuple[Index, Unreachable]:
        with self._making:
            if self._made is None:
                from ingest.index.index import Index
                from ingest.index.unreachable import Unreachable

                index = Index(*self._arguments)
                self._made = index, Unreachable(self._arguments[1])
            return self._made
