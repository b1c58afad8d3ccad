"""Facts that a library stores about itself: `Database.fact` reads, `put_fact` writes one."""

from __future__ import annotations

from ingest.records.database import Database


def remove_facts(database: Database, *names: str) -> None:
    """Remove facts, if they are stored."""
    database.execute_many("DELETE FROM facts WHERE name = ?", [(name,) for name in names])
