"""The index of one library: opened only when it can be trusted, else rebuilt from the records.

Chroma is safe for neither two processes nor a killed one. So it is opened and written only under
the writer's lock, and checked before (`backends.py`). The lock holds for a server, too: two writers
would settle the same queue in SQLite.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.document import Kind
from ingest.errors import IndexDamaged
from ingest.index.backends import choose_backend
from ingest.index.limits import metadata
from ingest.index.vectors import Near
from ingest.records.database import Database
from ingest.records.facts import Facts
from ingest.records.index_parts import IndexPart
from ingest.records.lock import WriterLock
from ingest.records.models import Model, active_model, all_models
from ingest.records.owed import settle_owed
from ingest.records.queue import Pending, Queue
from ingest.records.reachability import Reachability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.index.chroma_server import Address

UNKNOWN = -1
"""The generation of an index that is closed, or in an unknown state."""


class Index:
    """Chroma in the folder of a library, or on the server at `address`; threads may share it.

    `say` is called with a line before the index is rebuilt. Raises StoreError and its children.
    """

    def __init__(
        self,
        home: Path,
        database: Database,
        lock: WriterLock,
        say: Callable[[str], None],
        address: Address | None = None,
    ) -> None:
        self._queue = Queue(database)
        self._database = database
        self._facts = Facts(database)
        self._lock = lock
        self._say = say
        self._backend = choose_backend(home, database, address)
        self._vectors = self._backend.vectors
        self._generation = UNKNOWN
        self._threads = threading.RLock()

    def close(self) -> None:
        """Close the files."""
        if self._vectors.is_open:
            with self._held():
                self._vectors.close()

    def search(
        self, part: IndexPart, vector: NDArray[np.float32], limit: int, where: Mapping[str, Any]
    ) -> list[Near]:
        """Return the nearest records of a part of the library. Call `refresh` first."""
        with self._threads:
            return self._vectors.search(part.index_name, vector, limit, where)

    @property
    def is_open(self) -> bool:
        """Whether the index can be searched without opening it."""
        return self._vectors.is_open

    def unchanged(self) -> bool:
        """Return whether the index is closed, and as it was left when it was last written."""
        self._database.require_place()
        generation = self._written()
        closed = bool(generation) and not self._vectors.is_open
        return closed and not self._moved and self._backend.unchanged(generation)

    def refresh(self) -> bool:
        """Open the index, or reopen it if another process has written since; return whether it was
        (re)opened.
        """
        self._database.require_place()
        with self._threads:
            if self._vectors.is_open and self._written() == self._generation:
                return False
            with self._lock.held():
                self._open()
            return True

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock with the newest index open; other processes see that theirs is outdated.

        A write that succeeds ends with `seal`; after one that fails the index is not trusted.
        """
        with self._held():
            self._open()
            with self._changing():
                yield

    def apply(self, model: Model, pending: Sequence[Pending]) -> None:
        """Add and delete queued records; only while writing."""

        def target(record: Pending) -> tuple[str, Kind, str]:
            return record.collection, record.kind, record.action

        for (collection, kind, action), group in groupby(pending, target):
            name = model.index_name(collection, kind)
            records = list(group)
            ids = [record.key for record in records]
            if action == "delete":
                self._vectors.delete(name, ids)
            else:
                matrix = model.matrix(record.vector or b"" for record in records)
                metadatas = [metadata(record.time, record.conversation) for record in records]
                self._vectors.add(name, ids, matrix, metadatas, [record.text for record in records])

    def unreached(self, name: str, keys: Sequence[str], vectors: NDArray[np.float32]) -> list[str]:
        """Return the keys that a search for their own vector, a row each, does not find."""
        with self._threads:
            return self._vectors.unreached(name, keys, vectors)

    def drop(self, part: IndexPart) -> None:
        """Delete a part of the index; only while writing."""
        self._vectors.drop(part.index_name)

    def seal(self) -> None:
        """End a write, best in the transaction that settles the queue; only while writing."""
        self._backend.seal(self._generation)

    @property
    def served(self) -> bool:
        """Whether the index is on a server, whose files are not ours."""
        return bool(self._backend.place)

    def reset(self) -> None:
        """Empty the index and queue every record for it."""
        with self._held(), self._changing():
            self._backend.clear()
            self._vectors.open()
            with self._database.transaction():
                for model in all_models(self._database):
                    self._queue.add_all(model.id)
                Reachability(self._database).clear()
                settle_owed(self._database, "index")  # the old files are deleted
                self.seal()

    def findings(self, *, quick: bool = False) -> list[str]:
        """Return the problems of the index, each a phrase that follows "the index"; with `quick`,
        without reading its records.
        """
        with self._held():
            self._vectors.close()
            self._generation = self._written()
            if not self._generation or active_model(self._database) is None:
                return []  # nothing was ever written to it
            if self._moved:
                return [self._backend.moved]
            return self._backend.findings(self._generation, quick=quick)

    def _open(self) -> None:
        """Open the newest index, rebuilding one that cannot be trusted. The lock is held."""
        newest = self._written()
        if newest != self._generation:
            self._vectors.close()
        if self._vectors.is_open:
            return
        self._generation = newest
        problem = self._problem() if newest and active_model(self._database) else ""
        if not problem:
            try:
                self._vectors.open()
            except IndexDamaged as error:
                problem = error.reason
        if problem:
            self._say(f"the index {problem}: rebuilding it from the stored records …")
            self.reset()
        else:
            self._backend.opened(newest)

    def _problem(self) -> str:
        """Return why the index cannot be trusted, or "" if it can."""
        return self._backend.moved if self._moved else self._backend.problem(self._generation)

    @property
    def _moved(self) -> bool:
        return self._facts.index_place != self._backend.place

    def _written(self) -> int:
        return self._facts.generation

    @contextmanager
    def _changing(self) -> Iterator[None]:
        # Before the write, not after: a write that fails half-way has changed the index, too.
        self._generation = self._written() + 1
        self._facts.generation = self._generation
        if self._moved:
            self._facts.index_place = self._backend.place
        try:
            yield
        except BaseException:
            self._generation = UNKNOWN
            raise

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._threads, self._lock.held():
            yield
