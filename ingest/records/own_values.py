"""Whether the values of a file are such as ragchat writes: SQLite takes any type in any column.

A library that was handed over may hold bytes for a text, a text for a time, or JSON of another
kind. Nothing that reads the records expects that, so the file is looked through before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import StoreDamaged
from ingest.records.database import Database

_TYPES = {
    "INTEGER": "'integer'",
    "REAL": "'real', 'integer'",
    "TEXT": "'text'",
    "BLOB": "'blob'",
}
_JSON = {
    ("turns", "usage"): "object",
    ("answer_sources", "place"): "object",
    ("documents", "left_out"): "array",
    ("documents", "properties"): "object",
}
_TIMES = frozenset(("time", "started", "updated", "written", "read_at", "since"))
_FIRST, _LAST = -62_135_000_000, 253_402_200_000
"""Seconds from the epoch to a week after the year 1 begins, and to a day before 9999 ends."""


def require_own_values(database: Database) -> None:
    """Raise StoreDamaged for a value of another type than its column declares, or a time that no
    calendar has. This reads all rows: 0.5 s for 20,000 chunks.
    """
    tables = database.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
        " AND name NOT GLOB 'words_[0-9]*' AND name NOT GLOB 'names_[0-9]*'"
        " AND name NOT GLOB 'sqlite_*'"
    )
    for (table,) in tables:
        columns = dict(_conditions(database, table))
        odd = ", ".join(f"coalesce(max({condition}), 0)" for condition in columns.values())
        (row,) = database.rows(f'SELECT {odd} FROM "{table}"')
        for column, found in zip(columns, row, strict=True):
            if found:
                raise StoreDamaged(
                    f"{database.path} has values in {table}.{column} that ragchat did not write: "
                    "`ragchat restore FILE` puts a backup of your own in its place"
                )


def _conditions(database: Database, table: str) -> Iterator[tuple[str, str]]:
    """Yield the columns of a table, each with the condition of a value that is not in order."""
    for column in database.rows(f'PRAGMA table_info("{table}")'):
        name, declared = column["name"], column["type"]
        types = _TYPES.get(declared, "'null'")
        optional = "" if column["notnull"] or column["pk"] else ", 'null'"
        condition = f'typeof("{name}") NOT IN ({types}{optional})'
        if kind := _JSON.get((table, name)):
            condition += f" OR iif(json_valid(\"{name}\"), json_type(\"{name}\"), '') <> '{kind}'"
        elif declared == "REAL" and name in _TIMES:
            condition += f' OR "{name}" NOT BETWEEN {_FIRST} AND {_LAST}'
        yield name, condition
