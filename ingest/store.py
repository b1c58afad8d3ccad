"""The store: records and index in step, one writer at a time.

SQLite is the truth; what Chroma still lacks is queued in SQLite's `pending` until Chroma has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.document import KINDS, Kind
from ingest.errors import ModelMismatch
from ingest.records.database import Database
from ingest.records.fulltext import full_text, rebuild_words
from ingest.records.home import make_private, require_records
from ingest.records.ids import ModelId
from ingest.records.lock import PATIENCE_SECONDS, WriterLock
from ingest.records.models import Model, add_model, replace_model
from ingest.records.opener import opened_here, put_opener
from ingest.records.own_values import require_own_values
from ingest.records.reachability import Part
from ingest.records.tables import Tables
from ingest.search.catalogue import Catalogue
from ingest.search.passages import Passages
from ingest.search.scope import Scope
from ingest.search.vectors import Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.index.chroma_server import Address
    from ingest.index.index import Index
    from ingest.models.embedder import Embedder
    from ingest.search.candidates import Candidate
    from ingest.search.terms import WordQuery

FLUSH = 1000
"""Records written to Chroma in one transaction; the lock is held for about 0.2 s."""


class Store(Tables):
    """A library at rest: `ragchat.db`, `chroma/` and `lock` in one folder of mode 0700; with a
    `server`, the index is there instead of in `chroma/`.

    Opening it opens SQLite alone; Chroma is opened by the first search or flush. Raises StoreError
    and its children.

    `is_foreign` is whether the library was last opened on another machine or by another user. Then
    all of its schema has been checked, otherwise what runs by itself, and the addresses in its
    settings are not the user's own.
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
            is_new = not (home / "ragchat.db").exists()
            super().__init__(Database(home / "ragchat.db"))
        try:
            self.is_foreign = not is_new and not opened_here(self.facts)
            self._refuse_foreign_schema()
            if is_new:
                put_opener(self.facts)
        except BaseException:
            self.database.close()
            raise
        self.passages = Passages(self.database, self.conversations)
        self.catalogue = Catalogue(self.database)
        self._vectors = Vectors(home, self.database, self._lock, on_wait, server)

    @property
    def index(self) -> Index:
        """The index of vectors."""
        return self._vectors.index

    def _refuse_foreign_schema(self) -> None:
        if self.is_foreign:
            self.database.require_own_schema(whole=False)
            require_own_values(self.database)
        else:
            self.database.require_own_triggers()

    def adopt(self) -> None:
        """Take a library that is foreign for one's own from now on."""
        if self.is_foreign:
            put_opener(self.facts)
            self.is_foreign = False

    def close(self) -> None:
        """Close the index and the database."""
        self._vectors.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The model

    def use_model(self, embedder: Embedder) -> Model:
        """Set the library's model, or check that it is this one.

        Raises ModelMismatch when the library was embedded with another.
        """
        active = self.model()
        if active is None:
            with self.database.transaction():
                active = self.model() or add_model(self.database, embedder, active=True)
        if active.fingerprint != embedder.fingerprint:
            raise ModelMismatch(
                f"this library was embedded with {active.name}, not with {embedder.name}: "
                f"run `ragchat rebuild --model {embedder.name}` to change it, "
                "or remove the embedding_model setting"
            )
        return active

    # The index

    def flush(self, advance: Callable[[int], None] = lambda count: None) -> int:
        """Bring the index up to date with the records; return how many were written to it."""
        model = self.model()
        if model is None or not self.queue.count(model.id):
            return 0
        return self._flush_all(model, advance)

    def look_for_unreachable(self, most: int | None = None) -> None:
        """Look for records that a search of the index misses, at most `most` in each part; for None
        as many as `unreachable.MOST`.

        This takes time: never do it before an answer.
        """
        model, vectors = self.model(), self._vectors
        # A server's graph is its own affair; an index that is not open was not written to.
        if model is None or vectors.index.served or not vectors.index.is_open:
            return
        vectors.index.refresh()
        for name in self.collections():
            for kind in KINDS:
                part = Part(model, self.look_up(name), kind)
                index_name = model.index_name(name, kind)
                vectors.unreachable.look(part, index_name, vectors.index.unreached, most)

    def _flush_all(self, model: Model, advance: Callable[[int], None]) -> int:
        total, written = 0, FLUSH
        while written == FLUSH:  # an empty write counts, too: other processes reopen the index
            written = self._flush_some(model)
            total += written
            advance(written)
        return total

    def _flush_some(self, model: Model) -> int:
        # The transaction spans the write to Chroma, so that exactly these records are settled.
        with self.index.writing(), self.database.transaction():
            pending = self.queue.next(model.id, FLUSH)
            self.index.apply(model, pending)
            self.queue.settle(model.id, pending)
            added: dict[tuple[str, Kind], list[str]] = {}
            for record in pending:
                if record.action == "add":
                    added.setdefault((record.collection, record.kind), []).append(record.key)
            for (name, kind), keys in added.items():
                self._vectors.unreachable.written(Part(model, self.look_up(name), kind), keys)
            self.index.seal()
        return len(pending)

    def rebuild(
        self, embedder: Embedder, advance: Callable[[int], None] = lambda count: None
    ) -> int:
        """Rebuild both indexes, that of vectors with this model; return how many records it has.

        Texts that this model has embedded before are not embedded again. With another model the
        old index answers until the new one is complete.
        """
        with self.database.transaction():
            before = self.model()
            model = add_model(self.database, embedder, active=before is None)
            self.queue.add_all(model.id)
            rebuild_words(self.database)
        self.embed_missing(embedder, model.id, advance)
        if before is None or before.id == model.id:
            self.index.reset()
        total = self._flush_all(model, lambda count: None)
        self.look_for_unreachable()
        if before is not None and before.id != model.id:
            self._switch(before, model)
        return total

    def embed_missing(
        self,
        embedder: Embedder,
        model: ModelId,
        advance: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Embed the texts that have no vector of this model yet."""
        while texts := self.vectors.unembedded(model, FLUSH):
            vectors = embedder.embed_passages(list(texts.values()))
            with self.database.transaction():
                self.vectors.put(model, dict(zip(texts, vectors, strict=True)))
            advance(len(texts))

    def _switch(self, before: Model, after: Model) -> None:
        with self.index.writing():
            with self.database.transaction():
                replace_model(self.database, before, after)
            for collection in self.collections():
                for kind in KINDS:
                    self.index.drop(before, collection, kind)
            self.index.seal()

    def remake(self) -> int:
        """Rebuild the index from the stored vectors and delete its old files; return how many
        records it has.
        """
        model = self.model()
        if model is None:
            return 0
        self.index.reset()
        total = self.flush()
        self.look_for_unreachable()
        return total

    # Wiping that is owed

    @contextmanager
    def exclusive(self, patience: float | None = None) -> Iterator[None]:
        """Keep others from writing and from opening the library. Raises StoreBusy where another
        process does so for `patience` seconds.
        """
        with self._lock.held(patience):
            yield

    def count_pending_deletions(self) -> int:
        """Count the records that the index still holds although they are deleted here."""
        model = self.model()
        return self.queue.count(model.id, "delete") if model else 0

    # Searching

    def candidates(
        self, words: WordQuery, vector: NDArray[np.float32], scope: Scope, limit: int
    ) -> list[Candidate]:
        """Return chunks that may answer, with both raw signals; see `candidates.py`."""
        return self.begin_search(words, scope)(vector, limit)

    def begin_search(
        self, words: WordQuery, scope: Scope
    ) -> Callable[[NDArray[np.float32], int], list[Candidate]]:
        """Look up words; return the search for candidates that then takes the question's vector."""
        from ingest.search.candidates import CandidateSearch  # most commands search nothing

        model = self.model()
        if model is None:
            return lambda vector, limit: []

        dense = self._vectors.dense
        exact = dense.skips_index(model)
        if not exact:
            self.refresh()
        return CandidateSearch(self, dense, model, words, scope, exact=exact).candidates

    def languages(self, names: Sequence[str], kinds: Sequence[Kind]) -> Mapping[str, int]:
        """Return how many chunks of some collections and kinds are in each language."""
        found: Counter[str] = Counter()
        for name in names:
            collection = self.look_up(name)
            for kind in kinds:
                found.update(full_text(self.database, collection, kind).languages)
        return found

    def refresh(self) -> None:
        """Open the index, or reopen it if another process has written since."""

        def refreshed() -> None:
            if self.index.refresh():
                self.flush()

        self._vectors.dense.unless_away(refreshed, None)

    def flush_if_there(self) -> None:
        """Do a `flush`, or leave the queue for later where a Chroma server does not answer."""
        self._vectors.dense.unless_away(self.flush, 0)
