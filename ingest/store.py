"""The store: a library's records, the index in step with them, and the search in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ModelMismatch
from ingest.index.lazy import LazyIndex
from ingest.index.sync import IndexSync
from ingest.records.database import Database
from ingest.records.home import make_private, require_records
from ingest.records.lock import PATIENCE_SECONDS, WriterLock
from ingest.records.models import Model
from ingest.records.opener import opened_here, put_opener
from ingest.records.own_values import require_own_values
from ingest.records.tables import Tables
from ingest.search.catalogue import Catalogue
from ingest.search.passages import Passages
from ingest.search.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.index.chroma_server import Address
    from ingest.index.index import Index
    from ingest.models.embedder import Embedder
    from ingest.search.candidates import Candidate
    from ingest.search.dense import DenseSearch
    from ingest.search.terms import WordQuery


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
        self._lazy = LazyIndex(home, self.database, self._lock, on_wait, server)
        self.sync = IndexSync(self, self._lazy)

    @property
    def index(self) -> Index:
        """The index of vectors."""
        return self._lazy.index

    @cached_property
    def _dense(self) -> DenseSearch:
        from ingest.search.dense import DenseSearch  # most commands search nothing

        return DenseSearch(self.database, self._lazy)

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
        self._lazy.close()
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
                active = self.model() or self.add_model(embedder, active=True)
        if active.fingerprint != embedder.fingerprint:
            raise ModelMismatch(
                f"this library was embedded with {active.name}, not with {embedder.name}: "
                f"run `ragchat rebuild --model {embedder.name}` to change it, "
                "or remove the embedding_model setting"
            )
        return active

    @contextmanager
    def exclusive(self, patience: float | None = None) -> Iterator[None]:
        """Keep others from writing and from opening the library. Raises StoreBusy where another
        process does so for `patience` seconds.
        """
        with self._lock.held(patience):
            yield

    # Searching

    def begin_search(
        self, words: WordQuery, scope: Scope
    ) -> Callable[[NDArray[np.float32], int], list[Candidate]]:
        """Look up words; return the search that then takes the question's vector and a limit, and
        returns the chunks that may answer, with both raw signals (`CandidateSearch`).
        """
        from ingest.search.candidates import CandidateSearch  # most commands search nothing

        model = self.model()
        if model is None:
            return lambda vector, limit: []

        dense = self._dense
        exact = dense.skips_index(model)
        if not exact:
            self.sync.refresh()
        return CandidateSearch(self, dense, model, words, scope, exact=exact).candidates
