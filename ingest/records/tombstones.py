"""Hashes of forgotten contents and messages, so that no later import brings them back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ingest.records.database import Database
from ingest.records.ids import CollectionId


def forgotten_message(conversation: str, message: str) -> bytes:
    """The tombstone of a message, from the public id of its conversation and its own id."""
    return hashlib.sha256(f"message\0{conversation}\0{message}".encode()).digest()


def forgotten_words(origin: str, message: str) -> bytes:
    """The tombstone of a message without an id, from the tool and the hash of its words."""
    return hashlib.sha256(f"words\0{origin}\0{message}".encode()).digest()


def forgotten_content(content: str) -> bytes:
    """The tombstone of a document, from the hash of its bytes."""
    return hashlib.sha256(f"document\0{content}".encode()).digest()


class Tombstones:
    """Rows of `forgotten`. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, collection: CollectionId, tombstones: Iterable[bytes]) -> None:
        """Keep something from being imported again."""
        self._database.execute_many(
            "INSERT OR IGNORE INTO forgotten (collection_id, hash) VALUES (?, ?)",
            [(collection, tombstone) for tombstone in tombstones],
        )

    def has(self, collection: CollectionId, tombstone: bytes) -> bool:
        """Return whether this was forgotten on purpose."""
        found = self._database.scalar(
            "SELECT 1 FROM forgotten WHERE collection_id = ? AND hash = ?", (collection, tombstone)
        )
        return found is not None

    def remove(self, collection: CollectionId, tombstones: Iterable[bytes]) -> None:
        """Allow forgotten contents to be imported again."""
        self._database.execute_many(
            "DELETE FROM forgotten WHERE collection_id = ? AND hash = ?",
            [(collection, tombstone) for tombstone in tombstones],
        )
