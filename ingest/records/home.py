"""The folder of a library: private, writable, with room."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ingest.errors import StoreDamaged, StoreError


def make_private(home: Path) -> None:
    """Make the folder, for its owner alone. Raises StoreError where a library cannot be."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        usable = os.access(home, os.R_OK | os.W_OK | os.X_OK)
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise StoreError(
            f"cannot use {home} as a library ({error.strerror}): give another with --home"
        ) from error
    if not usable:
        raise StoreError(f"cannot write to {home}: give another with --home")
    if not free:
        raise StoreError(f"the disk of {home} is full: make room, or give another with --home")


def is_library(home: Path) -> bool:
    """Whether a library is, or was, in the folder. Raises StoreError where it is a file."""
    if home.is_file():
        raise StoreError(f"cannot use {home} as a library (it is a file): give another with --home")
    return any((home / name).exists() for name in ("ragchat.db", "chroma"))


def require_records(home: Path) -> None:
    """Raises StoreDamaged where there is an index and no records: SQLite would silently begin a new
    library, and everything would seem forgotten.
    """
    records, index = home / "ragchat.db", home / "chroma"
    if not index.exists() or (records.exists() and records.stat().st_size):
        return
    state = "empty" if records.exists() else "missing"
    raise StoreDamaged(
        f"{records} is {state}, but the index of a library is there: put a backup in its place "
        f"with `ragchat restore FILE`, or move {index} away to start afresh"
    )
