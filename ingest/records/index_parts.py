"""The parts of the index, each a collection in Chroma."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.document import KINDS, Kind
from ingest.records.collections import Collections
from ingest.records.database import Database
from ingest.records.ids import CollectionId
from ingest.records.models import Model, all_models


@dataclass(frozen=True, slots=True)
class IndexPart:
    """The records of one model, collection and kind; `name` is that of the collection."""

    model: Model
    collection: CollectionId
    name: str
    kind: Kind

    @property
    def index_name(self) -> str:
        """The name of the collection in Chroma."""
        return self.model.index_name(self.name, self.kind)

    @property
    def values(self) -> tuple[int, int, str]:
        """As SQL binds them."""
        return self.model.id, self.collection, self.kind


def parts_of(database: Database, model: Model) -> Iterator[IndexPart]:
    """Yield the parts of the index that have vectors of a model."""
    for name, collection in Collections(database).rows().items():
        for kind in KINDS:
            yield IndexPart(model, collection, name, kind)


def all_parts(database: Database) -> Iterator[IndexPart]:
    """Yield the parts of the index: those of two models while a library changes its model."""
    for model in all_models(database):
        yield from parts_of(database, model)
