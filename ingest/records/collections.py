"""Collections: parts of a library that are searched apart from each other."""

from __future__ import annotations

import re

from ingest.document import KINDS
from ingest.errors import InvalidName
from ingest.records.database import Database
from ingest.records.ids import CollectionId
from ingest.records.schema import words_schema

NO_COLLECTION = CollectionId(0)
"""A row that no collection has: a search of it finds nothing."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]|[a-z0-9]", re.IGNORECASE)


def require_name(name: str) -> None:
    """Raise InvalidName where no collection can have this name."""
    if not _NAME.fullmatch(name):
        raise InvalidName(
            f"{name!r} cannot be the name of a collection: use up to 64 letters, digits, - and _"
        )


class Collections:
    """Rows of `collections`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, name: str) -> CollectionId:
        """Return the row of a collection, or NO_COLLECTION. Raises InvalidName for a bad name."""
        found = self._database.scalar("SELECT id FROM collections WHERE name = ?", (name,))
        if found is None:
            require_name(name)
        return NO_COLLECTION if found is None else CollectionId(found)

    def find_or_add(self, name: str) -> CollectionId:
        """Return the row of a collection, creating it if needed."""
        found = self.find(name)
        if found != NO_COLLECTION:
            return found
        with self._database.transaction():
            found = self.find(name)  # another process may have created it meanwhile
            if found != NO_COLLECTION:
                return found
            made = CollectionId(
                self._database.execute("INSERT INTO collections (name) VALUES (?)", (name,))
            )
            for kind in KINDS:
                self._database.run_script(words_schema(made, kind))
        return made

    def rows(self) -> dict[str, CollectionId]:
        """Return the rows of all collections by name, the oldest first."""
        rows = self._database.rows("SELECT id, name FROM collections ORDER BY id")
        return {row["name"]: CollectionId(row["id"]) for row in rows}

    def names(self) -> list[str]:
        """Return the names of all collections."""
        rows = self._database.rows("SELECT name FROM collections ORDER BY name")
        return [row["name"] for row in rows]
