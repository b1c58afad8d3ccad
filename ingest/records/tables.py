"""The tables of a library: an object for each group of rows, on one database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.document import Kind
from ingest.records.chunks import Chunks
from ingest.records.collections import Collections
from ingest.records.conversations import Conversations
from ingest.records.database import Database
from ingest.records.documents import Documents
from ingest.records.facts import Facts
from ingest.records.fulltext import merge_words, rebuild_words, words_out_of_step
from ingest.records.ids import CollectionId
from ingest.records.index_parts import IndexPart, parts_of
from ingest.records.models import Model, active_model, add_model, replace_model
from ingest.records.owed import (
    REMADE_AT_ONCE,
    REWRITTEN_AT_ONCE,
    Owed,
    Phrase,
    What,
    owe,
    owed,
    settle_owed,
)
from ingest.records.queue import Queue
from ingest.records.space import empty_log, rewrite, shrink, size
from ingest.records.spending import Spending
from ingest.records.stored_vectors import StoredVectors
from ingest.records.summaries import Summaries
from ingest.records.tombstones import Tombstones
from ingest.records.unindexed import ExchangeQueue

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.records.deletion import Deletion
    from ingest.records.imports import Imports
    from ingest.records.texts import StoredText


class Tables:
    """What `ragchat.db` holds, in verbs; no other package runs SQL on it or knows its rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.facts = Facts(database)
        self.documents = Documents(database)
        self.chunks = Chunks(database)
        self.vectors = StoredVectors(database)
        self.conversations = Conversations(database)
        self.exchange_queue = ExchangeQueue(database)
        self.summaries = Summaries(database)
        self.tombstones = Tombstones(database)
        self.spending = Spending(database)
        self.queue = Queue(database)
        self._collections = Collections(database)

    @cached_property
    def imports(self) -> Imports:
        """What is known of imported conversations."""
        from ingest.records.imports import Imports  # which a search does without

        return Imports(self.database)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; a transaction inside another is part of it."""
        return self.database.transaction()

    # Collections and models

    def collection(self, name: str) -> CollectionId:
        """Return the row of a collection, creating it if needed."""
        return self._collections.find_or_add(name)

    def look_up(self, name: str) -> CollectionId:
        """Return the row of a collection, or NO_COLLECTION."""
        return self._collections.find(name)

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return self._collections.names()

    def model(self) -> Model | None:
        """Return the model that the library is searched with, or None while it is empty."""
        return active_model(self.database)

    def add_model(self, embedder: Embedder, *, active: bool) -> Model:
        """Add a model, or find it; `active` makes it the one to search with."""
        return add_model(self.database, embedder, active=active)

    def replace_model(self, before: Model, after: Model) -> None:
        """Search with another model from now on, and delete the vectors of the former one."""
        replace_model(self.database, before, after)

    def index_part(self, model: Model, name: str, kind: Kind) -> IndexPart:
        """Return the part of the index for a collection and kind."""
        return IndexPart(model, self.look_up(name), name, kind)

    def index_parts(self, model: Model) -> list[IndexPart]:
        """Return all parts of the index with vectors of a model."""
        return [*parts_of(self.database, model)]

    # Forgetting

    def deletion(self, collection: CollectionId) -> Deletion:
        """Return the rows of a collection, to be chosen and deleted."""
        from ingest.records.deletion import Deletion

        return Deletion(self.database, collection)

    def texts(self) -> Iterator[StoredText]:
        """Yield every stored text, with the place it is at."""
        from ingest.records.texts import stored_texts

        return stored_texts(self.database)

    def owed(self) -> Owed:
        """Return the wiping that is still owed."""
        return owed(self.database)

    def owe(self, what: Iterable[What], typed: Sequence[Phrase] = ()) -> None:
        """Record the wiping that is owed, in the transaction that deletes."""
        owe(self.database, what, time.time(), typed)

    def owe_at_once(self) -> None:
        """Record the wiping of what was replaced, such as a title, in the transaction that replaces
        it: in a large library nothing, since no search finds it and wiping takes long.
        """
        if self.chunks.count() <= REMADE_AT_ONCE and self.size <= REWRITTEN_AT_ONCE:
            self.owe(("words", "file", "index"))

    def settle_owed(self, what: What) -> None:
        """Note that a wipe is done."""
        settle_owed(self.database, what)

    def merge_words(self) -> None:
        """Remove deleted words from the full-text indexes."""
        merge_words(self.database)

    def rebuild_words(self) -> None:
        """Fill the full-text indexes again from the texts."""
        rebuild_words(self.database)

    def words_out_of_step(self) -> list[str]:
        """Return the full-text indexes that differ from the texts."""
        return words_out_of_step(self.database)

    # The file

    @property
    def size(self) -> int:
        """Bytes of `ragchat.db`."""
        return size(self.database)

    def rewrite_file(self) -> bool:
        """Rewrite `ragchat.db` without deleted data; see `space.rewrite`."""
        return rewrite(self.database)

    def shrink_file(self) -> None:
        """Give free pages of `ragchat.db` back to the disk."""
        shrink(self.database)

    def empty_log(self) -> bool:
        """Empty the write-ahead log; return False where another process reads."""
        return empty_log(self.database)
