"""The store: records and index in step, one writer at a time.

SQLite is the truth; what Chroma has yet to be told stands in SQLite's `pending` until Chroma has
answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.document import Kind
from ingest.errors import ModelMismatch, StoreError
from ingest.index.chroma_server import Address
from ingest.index.index import Index
from ingest.index.unreachable import Strays, merged
from ingest.index.vectors import Near
from ingest.records.conversations import Conversations
from ingest.records.database import Database
from ingest.records.documents import KINDS, Records
from ingest.records.fulltext import rebuild_words
from ingest.records.home import make_private, require_records
from ingest.records.lock import PATIENCE_SECONDS, WriterLock
from ingest.records.models import Model, active_model, add_model
from ingest.records.schema import words_schema
from ingest.search.candidates import Candidate, Scope, candidates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.models.embedder import Embedder

FLUSH = 1000
"""Records that Chroma is told of in one transaction; the lock is held for about 0.2 s."""

NO_COLLECTION = 0
"""A row that no collection has: nothing is found in it."""

_COLLECTION_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]|[a-z0-9]", re.IGNORECASE)


class Store:
    """A library at rest: `ragchat.db`, `chroma/` and `lock` in one folder of mode 0700; with a
    `server`, the index is there instead of in `chroma/`.

    Opening it opens SQLite alone; Chroma is opened by the first search or flush. Raises StoreError
    and its children.
    """

    def __init__(
        self,
        home: Path,
        *,
        patience: float = PATIENCE_SECONDS,
        on_wait: Callable[[str], None] = lambda message: None,
        server: Address | None = None,
    ) -> None:
        self.home = home
        make_private(home)
        self._lock = WriterLock(home / "lock", patience=patience, on_wait=on_wait)
        with self._lock.held():
            require_records(home)
            self.database = Database(home / "ragchat.db")
        self.records = Records(self.database)
        self.conversations = Conversations(self.database)
        self.index = Index(home, self.records, self._lock, on_wait, server)
        self._strays = Strays(self.database)

    def close(self) -> None:
        """Let go of everything."""
        self.index.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Collections and models

    def collection(self, name: str) -> int:
        """The row of a collection, which is made if it is not there."""
        found = self.look_up(name)
        if found != NO_COLLECTION:
            return found
        with self.database.transaction():
            made = self.database.execute("INSERT INTO collections (name) VALUES (?)", (name,))
            for kind in KINDS:
                self.database.run_script(words_schema(made, kind))
        return made

    def look_up(self, name: str) -> int:
        """The row of a collection; NO_COLLECTION if it is not there. None is made."""
        found = self.database.scalar("SELECT id FROM collections WHERE name = ?", (name,))
        if found is None and not _COLLECTION_NAME.fullmatch(name):
            raise StoreError(
                f"{name!r} cannot be the name of a collection: use letters, digits, - and _"
            )
        return NO_COLLECTION if found is None else int(found)

    def collections(self) -> list[str]:
        """The names of all collections."""
        rows = self.database.rows("SELECT name FROM collections ORDER BY name")
        return [row["name"] for row in rows]

    def model(self) -> Model | None:
        """The model that the library is searched with, or None while it is empty."""
        return active_model(self.database)

    def use_model(self, embedder: Embedder) -> Model:
        """Settle the library's model, or make sure that it is this one.

        Raises ModelMismatch when the library was embedded with another.
        """
        with self.database.transaction():
            active = self.model()
            if active is None:
                return add_model(self.database, embedder, active=True)
        if active.fingerprint != embedder.fingerprint:
            raise ModelMismatch(
                f"this library was embedded with {active.name}, not with {embedder.name}: "
                f"run `ragchat rebuild --model {embedder.name}` to change it, "
                "or take the embedding_model setting away"
            )
        return active

    # The index

    def flush(self, advance: Callable[[int], None] = lambda count: None) -> int:
        """Tell Chroma what it has yet to be told; gives how many records that was."""
        model = self.model()
        if model is None:
            return 0
        if not self.records.count_pending(model.id):
            if self.index.is_open:  # a process that was killed may have written without looking
                self._look_for_strays(model)
            return 0
        return self._flush_all(model, advance)

    def _flush_all(self, model: Model, advance: Callable[[int], None]) -> int:
        total, told = 0, FLUSH
        while told == FLUSH:  # one that finds nothing is a write, too: others open the index again
            told = self._flush_some(model)
            total += told
            advance(told)
        self._look_for_strays(model)
        return total

    def _look_for_strays(self, model: Model) -> None:
        if not self.index.served:  # a server's graph is its own affair
            self.index.refresh()
            places = [(each, kind) for each in self.collections() for kind in KINDS]
            self._strays.look(model, places, self.index.unreached)

    def _flush_some(self, model: Model) -> int:
        # The transaction spans the write to Chroma: what is struck out is what was read.
        with self.index.writing(), self.database.transaction():
            pending = self.records.pending(model.id, FLUSH)
            self.index.tell(model, pending)
            self.records.settle(model.id, pending)
            added = Counter((e.collection, e.kind) for e in pending if e.action != "delete")
            for (name, kind), many in added.items():
                self._strays.written(model.index_name(name, kind), many)
            self.index.seal()
        return len(pending)

    def rebuild(
        self, embedder: Embedder, advance: Callable[[int], None] = lambda count: None
    ) -> int:
        """Make both indexes anew, that of vectors with this model; gives how many records it has.

        Texts that this model has embedded before are not embedded again. With another model the
        old index answers until the new one is complete.
        """
        with self.database.transaction():
            before = self.model()
            model = add_model(self.database, embedder, active=before is None)
            self.records.queue_all(model.id)
            rebuild_words(self.database)
        self.embed_missing(embedder, model.id, advance)
        if before is None or before.id == model.id:
            self.index.start_anew()
        total = self._flush_all(model, lambda count: None)
        if before is not None and before.id != model.id:
            self._switch(before, model)
        return total

    def remake(self) -> int:
        """Make the index anew from the vectors that are kept; its old files are gone then. Gives
        how many records it has.
        """
        model = self.model()
        if model is None:
            return 0
        self.index.start_anew()
        return self.flush()

    def empty_index(self) -> None:
        """Leave nothing of what is deleted in the files of the index, where they are ours."""
        if self.index.served:
            self.flush()
        else:
            self.remake()

    def embed_missing(
        self, embedder: Embedder, model: int, advance: Callable[[int], None] = lambda count: None
    ) -> None:
        """Embed what has no vector of this model yet."""
        while texts := self.records.unembedded(model, FLUSH):
            vectors = embedder.embed_passages(list(texts.values()))
            with self.database.transaction():
                self.records.put_vectors(model, dict(zip(texts, vectors, strict=True)))
            advance(len(texts))

    def _switch(self, before: Model, after: Model) -> None:
        with self.index.writing():
            with self.database.transaction():
                self.database.execute("UPDATE models SET active = (id = ?)", (after.id,))
                self.database.execute("DELETE FROM models WHERE id = ?", (before.id,))
            for collection in self.collections():
                for kind in KINDS:
                    self.index.drop(before, collection, kind)
            self.index.seal()

    # Searching

    def candidates(
        self, question: str, vector: NDArray[np.float32], scope: Scope, limit: int
    ) -> list[Candidate]:
        """Chunks that may answer, with both raw signals; see `candidates.py`."""
        model = self.model()
        if model is None:
            return []

        def search(name: str, kind: Kind, most: int, where: Mapping[str, Any]) -> list[Near]:
            found = self.index.search(model, name, kind, vector, most, where)
            narrowed = scope.sql_filter() if kind == "memory" else ("", ())
            strays = self._strays.near(model, (name, kind), vector, narrowed)
            return merged(found, strays, most) if strays else found

        self.refresh()
        return candidates(self.records, search, model.id, question, vector, scope, limit)

    def refresh(self) -> None:
        """Open the index, or open it again if another process has written since."""
        if self.index.refresh():
            self.flush()
