"""The embedding models of a library, and the one it is searched with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.document import Kind
from ingest.errors import StoreDamaged
from ingest.records.database import Database
from ingest.records.ids import ModelId
from ingest.records.packing import unpacked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.models.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model of a library."""

    id: ModelId
    fingerprint: str
    name: str
    dimension: int

    def index_name(self, collection: str, kind: Kind) -> str:
        """Return the name of the collection in Chroma with this model's vectors of a part."""
        return f"{collection}.{kind}.{self.fingerprint}"

    def matrix(self, vectors: Iterable[bytes]) -> NDArray[np.float32]:
        """Return stored vectors as one array of shape (count, dimension).

        Raises StoreDamaged where one has another size.
        """
        return unpacked(list(vectors), self.dimension)


def active_model(database: Database) -> Model | None:
    """Return the model that the library is searched with, or None while it is empty."""
    row = database.row(
        "SELECT id, fingerprint, name, dimension FROM models WHERE active ORDER BY id LIMIT 1"
    )
    return Model(*row) if row is not None else None


def all_models(database: Database) -> list[Model]:
    """Return every model with vectors: two while a library changes its model."""
    rows = database.rows("SELECT id, fingerprint, name, dimension FROM models ORDER BY id")
    return [Model(*row) for row in rows]


def add_model(database: Database, embedder: Embedder, *, active: bool) -> Model:
    """Add a model, or find it; `active` makes it the one to search with."""
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


def replace_model(database: Database, before: Model, after: Model) -> None:
    """Search with another model from now on, and delete the vectors of the former one."""
    database.execute("UPDATE models SET active = (id = ?)", (after.id,))
    database.execute("DELETE FROM models WHERE id = ?", (before.id,))
