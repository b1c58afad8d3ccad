"""Whether a file's schema is ragchat's own: a library that was handed over may hold triggers."""

from __future__ import annotations

from collections.abc import Collection, Set
from pathlib import Path
from typing import NamedTuple

from ingest.errors import StoreDamaged
from ingest.records.ids import CollectionId
from ingest.records.schema import scripts


class SchemaObject(NamedTuple):
    """A table, index, trigger or view; its SQL with single spaces."""

    kind: str
    name: str
    sql: str


def require_same(
    path: Path, made: Set[SchemaObject], own: Set[SchemaObject], *, whole: bool
) -> None:
    """Raise StoreDamaged where a file holds an object that is not in its version of the schema, or
    (`whole`) lacks one.
    """
    _refuse(path, "has", made - own)
    if whole:
        _refuse(path, "lacks", own - made)


def require_triggers(
    path: Path,
    made: Set[SchemaObject],
    versions: Collection[int],
    collections: Collection[CollectionId],
) -> None:
    """Raise StoreDamaged where a file holds a trigger or view that no script of these versions
    makes. The SQL is compared as text, which needs no second database.
    """
    texts = [script for version in versions for script in scripts(version, collections)]
    own = " ".join(" ".join(texts).replace("IF NOT EXISTS ", "").split())
    active = {item for item in made if item.kind in ("trigger", "view")}
    _refuse(path, "has", {item for item in active if f"{item.sql};" not in own})


def _refuse(path: Path, verb: str, objects: Set[SchemaObject]) -> None:
    if objects:
        item = min(objects)
        whose = " that ragchat did not make" if verb == "has" else ""
        raise StoreDamaged(
            f"{path} {verb} the {item.kind} {item.name}{whose}: "
            "`ragchat restore FILE` puts a backup of your own in its place"
        )
