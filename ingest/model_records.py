"""Which embedding models a library knows, and which it is searched with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.database import Database
from ingest.errors import StoreDamaged

if TYPE_CHECKING:
    from ingest.models import Embedder


@dataclass(frozen=True, slots=True)
class Model:
    """The embedding model that a library was made with."""

    id: int
    fingerprint: str
    name: str
    dimension: int


def active_model(database: Database) -> Model | None:
    """The model that the library is searched with, or None while it is empty."""
    row = database.row(
        "SELECT id, fingerprint, name, dimension FROM models WHERE active ORDER BY id LIMIT 1"
    )
    return Model(*row) if row is not None else None


def add_model(database: Database, embedder: Embedder, *, active: bool) -> Model:
    """Write a model down, or find it; `active` makes it the one to search with."""
    database.execute(
        "INSERT INTO models (fingerprint, name, dimension, active) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET active = max(active, excluded.active)",
        (embedder.fingerprint, embedder.name, embedder.dimension, int(active)),
    )
    row = database.row(
        "SELECT id, fingerprint, name, dimension FROM models WHERE fingerprint = ?",
        (embedder.fingerprint,),
    )
    if row is None:
        raise StoreDamaged(f"{database.path} lost a row as it was written: put a backup in place")
    return Model(*row)
