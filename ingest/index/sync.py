"""The index of vectors, kept in step with the records.

SQLite is the truth: what the index still lacks is queued there (`pending`) until the index has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.document import Kind
from ingest.index.lazy import LazyIndex
from ingest.records.ids import ModelId
from ingest.records.models import Model
from ingest.records.tables import Tables

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder

FLUSH = 1000
"""Records written to Chroma in one transaction; the lock is held for about 0.2 s."""


class IndexSync:
    """Writes what is queued, and rebuilds what cannot be trusted or has another model."""

    def __init__(self, tables: Tables, lazy: LazyIndex) -> None:
        self._tables = tables
        self._lazy = lazy

    def flush(self, advance: Callable[[int], None] = lambda count: None) -> int:
        """Bring the index up to date with the records; return how many were written to it."""
        model = self._tables.model()
        if model is None or not self._tables.queue.count(model.id):
            return 0
        return self._flush_all(model, advance)

    def flush_if_available(self) -> None:
        """Do a `flush`, or leave the queue for later where a Chroma server does not answer."""
        self._lazy.availability.unless_away(self.flush, 0)

    def refresh(self) -> None:
        """Open the index, or reopen it if another process has written since."""

        def refreshed() -> None:
            if self._lazy.index.refresh():
                self.flush()

        self._lazy.availability.unless_away(refreshed, None)

    def look_for_unreachable(self, most: int | None = None) -> None:
        """Look for records that a search of the index misses, at most `most` in each part; for None
        as many as `unreachable.MOST`.

        This takes time: never do it before an answer.
        """
        model, index = self._tables.model(), self._lazy.index
        # A server's graph is its own affair; an index that is not open was not written to.
        if model is None or index.served or not index.is_open:
            return
        index.refresh()
        for part in self._tables.index_parts(model):
            self._lazy.unreachable.look(part, index.unreached, most)

    def rebuild(
        self, embedder: Embedder, advance: Callable[[int], None] = lambda count: None
    ) -> int:
        """Rebuild both indexes, that of vectors with this model; return how many records it has.

        Texts that this model has embedded before are not embedded again. With another model the
        old index answers until the new one is complete.
        """
        tables = self._tables
        with tables.transaction():
            before = tables.model()
            model = tables.add_model(embedder, active=before is None)
            tables.queue.add_all(model.id)
            tables.rebuild_words()
        self._embed_missing(embedder, model.id, advance)
        if before is None or before.id == model.id:
            self._lazy.index.reset()
        total = self._flush_all(model, lambda count: None)
        self.look_for_unreachable()
        if before is not None and before.id != model.id:
            self._switch(before, model)
        return total

    def remake(self) -> int:
        """Rebuild the index from the stored vectors and delete its old files; return how many
        records it has.
        """
        if self._tables.model() is None:
            return 0
        self._lazy.index.reset()
        total = self.flush()
        self.look_for_unreachable()
        return total

    def count_pending_deletions(self) -> int:
        """Count the records that the index still holds although they are deleted here."""
        model = self._tables.model()
        return self._tables.queue.count(model.id, "delete") if model else 0

    def _flush_all(self, model: Model, advance: Callable[[int], None]) -> int:
        total, written = 0, FLUSH
        while written == FLUSH:  # an empty write counts, too: other processes reopen the index
            written = self._flush_some(model)
            total += written
            advance(written)
        return total

    def _flush_some(self, model: Model) -> int:
        tables, index = self._tables, self._lazy.index
        # The transaction spans the write to Chroma, so that exactly these records are settled.
        with index.writing(), tables.transaction():
            pending = tables.queue.next(model.id, FLUSH)
            index.apply(model, pending)
            tables.queue.settle(model.id, pending)
            added: dict[tuple[str, Kind], list[str]] = {}
            for record in pending:
                if record.action == "add":
                    added.setdefault((record.collection, record.kind), []).append(record.key)
            for (name, kind), keys in added.items():
                part = tables.index_part(model, name, kind)
                self._lazy.unreachable.written(part, keys)
            index.seal()
        return len(pending)

    def _embed_missing(
        self, embedder: Embedder, model: ModelId, advance: Callable[[int], None]
    ) -> None:
        """Embed the texts that have no vector of this model yet."""
        while texts := self._tables.vectors.unembedded(model, FLUSH):
            vectors = embedder.embed_passages(list(texts.values()))
            with self._tables.transaction():
                self._tables.vectors.put(model, dict(zip(texts, vectors, strict=True)))
            advance(len(texts))

    def _switch(self, before: Model, after: Model) -> None:
        """Search with another model from now on, and drop the index of the one before."""
        tables, index = self._tables, self._lazy.index
        with index.writing():
            with tables.transaction():
                tables.replace_model(before, after)
            for part in tables.index_parts(before):
                index.drop(part)
            index.seal()
