"""The space that `ragchat.db` takes on the disk: its pages, free ones among them, and its log."""

from __future__ import annotations

from ingest.records.database import INCREMENTAL_VACUUM, Database

FREE = 0.1
"""The share of the pages that may be free: they are written again before the file grows."""
AT_ONCE = 32_000_000
"""Bytes that are given back at once: 0.1 s."""


def size(database: Database) -> int:
    """Return the bytes of the file."""
    return int(database.scalar("PRAGMA page_count")) * int(database.scalar("PRAGMA page_size"))


def empty_log(database: Database) -> bool:
    """Move the write-ahead log into the file; return False where another process reads."""
    return not database.scalar("PRAGMA wal_checkpoint(TRUNCATE)")


def rewrite(database: Database) -> bool:
    """Rewrite the file without deleted data and empty the write-ahead log; return False where
    another process keeps the log from being emptied. Raises StoreBusy while one writes.
    """
    database.execute(INCREMENTAL_VACUUM)  # an older library gets it by being rewritten
    database.execute("VACUUM")
    return empty_log(database)


def shrink(database: Database) -> None:
    """Give pages back to the disk if many are free, a bounded number at once. This wipes nothing:
    free pages are zeroed already, and pages in use may hold copies of deleted rows. The file of an
    older library does not shrink before it is rewritten.
    """
    free = int(database.scalar("PRAGMA freelist_count"))
    if free > FREE * int(database.scalar("PRAGMA page_count")):
        most = AT_ONCE // int(database.scalar("PRAGMA page_size"))
        with database.transaction():
            for _ in range(min(free, most)):  # sqlite3 takes one step of it, a page
                database.execute("PRAGMA incremental_vacuum(1)")
