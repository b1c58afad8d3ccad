"""What a plan has decided, written into one collection."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.intake.discovery import Found
from ingest.intake.embedding import embed, write_embedded
from ingest.intake.planning import Addition, version_of
from ingest.records.chunks import embedded_text, text_hash
from ingest.records.ids import CollectionId, DocumentId
from ingest.records.tombstones import forgotten_content

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store


@dataclass(frozen=True)
class Batch:
    """Additions that are embedded and written together."""

    additions: Sequence[Addition]

    @cached_property
    def texts(self) -> dict[bytes, str]:
        """What is embedded of them, by the hash that its vector is stored under."""
        return {
            text_hash(context, piece.text): embedded_text(context, piece.text)
            for addition in self.additions
            for _, context, piece in addition.chunks or ()
        }


class Writer:
    """Writes additions, a batch at a time."""

    def __init__(self, store: Store, embedder: Embedder, collection: CollectionId) -> None:
        self._store = store
        self._embedder = embedder
        self._collection = collection

    def embed(self, batch: Batch, advance: Callable[[int], None], stop: Callable[[], bool]) -> bool:
        """Store the vectors of a batch. Returns False where `stop` returned true half-way: those
        so far are kept. `advance` is told how many chunks more are embedded.
        """
        return embed(self._store, self._embedder, batch.texts, advance=advance, stop=stop)

    def write(self, batch: Batch, stop: Callable[[], bool]) -> bool:
        """Write a batch that is embedded, all or nothing. Returns False, with nothing written,
        where its vectors had to be made again and `stop` returned true.
        """

        def write() -> None:
            for addition in batch.additions:
                self._write_one(addition)
            self._store.documents.drop_orphans(self._collection)

        return write_embedded(self._store, self._embedder, batch.texts, write, stop=stop)

    def _write_one(self, addition: Addition) -> None:
        documents = self._store.documents
        content, form = addition.content, addition.form
        version = version_of(form)
        document = documents.find(self._collection, content, form, version)
        if addition.chunks is not None:
            document = documents.add(self._collection, content, form, addition.description, version)
            self._store.chunks.add(self._collection, addition.chunks, document=document)
        if document is not None:
            self.touch(addition.file, document)
        self._store.tombstones.remove(self._collection, [forgotten_content(content)])

    def touch(self, file: Found, document: DocumentId) -> None:
        """Note that a file, as large and as old as it is now, holds this document."""
        self._store.documents.put_source(
            self._collection, file.path, file.size, file.mtime_ns, document, time.time()
        )

    def forget(self, gone: Sequence[Path]) -> None:
        """Delete files that vanished, and the documents that no other file holds."""
        with self._store.transaction():
            self._store.documents.remove_sources(self._collection, gone)
            self._store.documents.drop_orphans(self._collection)
