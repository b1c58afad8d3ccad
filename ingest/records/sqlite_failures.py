"""Errors of SQLite as errors for people, with what to do about them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ingest.errors import StoreBusy, StoreDamaged, StoreError
from ingest.records.callbacks import was_interrupted


def is_full(error: sqlite3.DatabaseError) -> bool:
    """Return whether SQLite found no room to write."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def failure_of(path: Path, error: sqlite3.DatabaseError) -> BaseException:
    """Return an error of SQLite as one for people."""
    if isinstance(error, sqlite3.OperationalError):
        if was_interrupted():
            return KeyboardInterrupt()
        if "locked" in str(error) or "busy" in str(error):
            return StoreBusy(f"{path} is in use by another program: try again later")
        if is_full(error):
            return StoreError(f"the disk of {path.parent} is full: make room")
        if not any(words in str(error) for words in ("malformed", "decode", "no such")):
            advice = "check the disk's space and the folder's permissions"
            return StoreError(f"cannot use {path} ({error}): {advice}")
    if isinstance(error, sqlite3.ProgrammingError):
        return StoreError(f"{path} is closed ({error})")
    if isinstance(error, sqlite3.IntegrityError):
        return StoreError(f"cannot write to {path} ({error}): please report this")
    return StoreDamaged(
        f"{path} is damaged ({error}): put a backup in its place with `ragchat restore FILE`, or "
        "move it away to start afresh"
    )
