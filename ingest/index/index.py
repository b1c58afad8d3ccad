"""The index of one library: opened only when it can be trusted, else made anew from the records.

Chroma is safe for neither two processes nor a killed one. So it is opened and written under the
writer's lock alone, and looked at before (`trust.py`). A server is not so frail, but two writers
would strike out the same queue in SQLite: the lock holds for it, too.
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
from ingest.index.backends import keeping
from ingest.index.chroma_server import Address
from ingest.index.limits import metadata
from ingest.index.vectors import Near
from ingest.records.database import Database
from ingest.records.lock import WriterLock
from ingest.records.models import Model, active_model, all_models
from ingest.records.owed import settle_owed
from ingest.records.queue import Pending, Queue
from ingest.records.reachability import Reachability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNKNOWN = -1
"""The generation of an index that is not open, or of which nobody knows what state it is in."""


class Index:
    """Chroma in the folder of a library, or on the server at `address`; threads may share it.

    `say` is told what is made anew. Raises StoreError and its children.
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
        self._lock = lock
        self._say = say
        self._keeping = keeping(home, database, address)
        self._vectors = self._keeping.vectors
        self._generation = UNKNOWN
        self._threads = threading.RLock()

    def close(self) -> None:
        """Let go of the files."""
        if self._vectors.is_open:
            with self._held():
                self._vectors.close()

    def search(
        self,
        model: Model,
        collection: str,
        kind: Kind,
        vector: NDArray[np.float32],
        limit: int,
        where: Mapping[str, Any],
    ) -> list[Near]:
        """The nearest records of a part of the library; `refresh` comes first."""
        with self._threads:
            return self._vectors.search(model.index_name(collection, kind), vector, limit, where)

    @property
    def is_open(self) -> bool:
        """Whether it can be searched without opening it."""
        return self._vectors.is_open

    def refresh(self) -> bool:
        """Open the index, or open it again if another process has written since; False if it was
        open and nobody has.
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
        """The lock, the newest index, and word to all others that theirs is no longer that.

        A writing that succeeds ends with `seal`; after one that fails nothing is trusted.
        """
        with self._held():
            self._open()
            with self._changing():
                yield

    def tell(self, model: Model, pending: Sequence[Pending]) -> None:
        """While writing: add and delete what Chroma has yet to be told of."""

        def target(each: Pending) -> tuple[str, Kind, str]:
            return each.collection, each.kind, each.action

        for (collection, kind, action), group in groupby(pending, target):
            name = model.index_name(collection, kind)
            told = list(group)
            ids = [each.key for each in told]
            if action == "delete":
                self._vectors.delete(name, ids)
            else:
                matrix = model.matrix(each.vector or b"" for each in told)
                metadatas = [metadata(each.time, each.conversation) for each in told]
                self._vectors.add(name, ids, matrix, metadatas, [each.text for each in told])

    def unreached(self, name: str, keys: Sequence[str], vectors: NDArray[np.float32]) -> list[str]:
        """Those of the records, a row of vectors each, that a search does not come by."""
        with self._threads:
            return self._vectors.unreached(name, keys, vectors)

    def drop(self, model: Model, collection: str, kind: Kind) -> None:
        """While writing: take away a part of the index."""
        self._vectors.drop(model.index_name(collection, kind))

    def seal(self) -> None:
        """While writing: nothing more is coming. Best in the transaction that settles it."""
        self._keeping.seal(self._generation)

    @property
    def served(self) -> bool:
        """Whether it is on a server, whose files are not ours."""
        return bool(self._keeping.place)

    def start_anew(self) -> None:
        """An empty index, and every record queued for it."""
        with self._held(), self._changing():
            self._keeping.clear()
            self._vectors.open()
            with self._database.transaction():
                for model in all_models(self._database):
                    self._queue.add_all(model.id)
                Reachability(self._database).clear()
                settle_owed(self._database, "index")  # nothing of what was there is left
                self.seal()

    def findings(self, *, quick: bool = False) -> list[str]:
        """All that is wrong with the index, in words that go on after "the index"; when it is to be
        `quick`, no record is read.
        """
        with self._held():
            self._vectors.close()
            self._generation = self._written()
            if not self._generation or active_model(self._database) is None:
                return []  # nothing was ever written to it
            if self._moved:
                return [self._keeping.moved]
            return self._keeping.findings(self._generation, quick=quick)

    def _open(self) -> None:
        """With the lock held: an index that can be trusted, and that sees what others wrote."""
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
            self._say(f"the index {problem}: making it anew from what is stored …")
            self.start_anew()
        else:
            self._keeping.opened(newest)

    def _problem(self) -> str:
        """Why the index cannot be trusted; "" if it can."""
        return self._keeping.moved if self._moved else self._keeping.problem(self._generation)

    @property
    def _moved(self) -> bool:
        return (self._database.fact("index_at") or "") != self._keeping.place

    def _written(self) -> int:
        return int(self._database.fact("generation") or 0)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        # Before the write, not after: a write that fails half-way has changed the index, too.
        self._generation = self._written() + 1
        self._database.put_fact("generation", str(self._generation))
        if self._moved:
            self._database.put_fact("index_at", self._keeping.place)
        try:
            yield
        except BaseException:
            self._generation = UNKNOWN
            raise

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._threads, self._lock.held():
            yield
