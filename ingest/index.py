"""The index of one library: opened only when it can be trusted, else made anew from the records.

Chroma checks nothing that it reads, and is safe for neither two processes nor a killed one. So it
is opened and written under the writer's lock alone, and sealed when a write has ended (`seal.py`).
What is not as it was sealed was left by a killed process, or damaged. A graph that Chroma has
written out is then not even opened: it can crash whoever does, or answer with half of what it had.
All else is SQLite's, and is examined first, in a child process (`examination.py`).
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
from ingest.examination import examine
from ingest.lock import WriterLock
from ingest.model_records import Model, active_model, all_models
from ingest.records import Pending, Records
from ingest.seal import Seal, changed_graphs, put_back_times, take_seal
from ingest.vectors import Near, Vectors, metadata

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNKNOWN = -1
"""The generation of an index that is not open, or of which nobody knows what state it is in."""


class Index:
    """Chroma in the folder of a library; threads may share it. `say` is told what is made anew.

    Raises StoreError and its children.
    """

    def __init__(
        self, home: Path, records: Records, lock: WriterLock, say: Callable[[str], None]
    ) -> None:
        self._home = home
        self._records = records
        self._database = records.database
        self._lock = lock
        self._say = say
        self._vectors = Vectors(home / "chroma")
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
                self._vectors.add(name, ids, matrix, metadatas)

    def drop(self, model: Model, collection: str, kind: Kind) -> None:
        """While writing: take away a part of the index."""
        self._vectors.drop(model.index_name(collection, kind))

    def seal(self) -> None:
        """While writing: nothing more is coming. Best in the transaction that settles it."""
        self._database.put_fact("seal", take_seal(self._vectors.folder, self._generation).dumps())

    def start_anew(self) -> None:
        """An empty index, and every record queued for it. The old one is not opened before, since
        it may be what cannot be opened.
        """
        with self._held(), self._changing():
            self._vectors.erase()
            self._vectors.open()
            with self._database.transaction():
                for model in all_models(self._database):
                    self._records.queue_all(model.id)
                self.seal()

    def findings(self) -> list[str]:
        """All that is wrong with the index, in words that go on after "the index"."""
        with self._held():
            self._vectors.close()
            self._generation = self._written()
            if not self._generation or active_model(self._database) is None:
                return []  # nothing was ever written to it
            looks = self._by_looks()
            found = [looks] if looks else examine(self._home)
            if not found:
                self.seal()
            return found

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
            self._seal_opened()

    def _seal_opened(self) -> None:
        sealed = self._sealed()
        if sealed.generation == self._generation:
            put_back_times(self._vectors.folder, sealed)
        if sealed != self._found():
            self.seal()

    def _problem(self) -> str:
        """Why the index cannot be trusted; "" if it can."""
        problem = self._by_looks()
        if problem or self._sealed() == self._found():
            return problem
        return "; ".join(examine(self._home))

    def _by_looks(self) -> str:
        """What is wrong with the index that shows without opening it; "" for nothing."""
        if not self._vectors.exists:
            return "is missing"
        sealed = self._sealed()
        changed = changed_graphs(sealed, self._found())
        if not changed:
            return ""
        if sealed.generation != self._written():
            return "was left unfinished"
        return f"is not as it was left ({changed[0].rpartition('/')[2]})"

    def _sealed(self) -> Seal:
        return Seal.loads(self._database.fact("seal"))

    def _found(self) -> Seal:
        return take_seal(self._vectors.folder, self._written())

    def _written(self) -> int:
        return int(self._database.fact("generation") or 0)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        # Before the write, not after: a write that fails half-way has changed the index, too.
        self._generation = self._written() + 1
        self._database.put_fact("generation", str(self._generation))
        try:
            yield
        except BaseException:
            self._generation = UNKNOWN
            raise

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._threads, self._lock.held():
            yield
