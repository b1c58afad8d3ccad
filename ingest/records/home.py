"""The folder of a library: private, writable, with room."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
from pathlib import Path

from ingest.errors import StoreDamaged, StoreError

FILES = ("ragchat.db", "ragchat.db-wal", "ragchat.db-shm", "lock", "history", "config.toml")


def make_private(home: Path) -> None:
    """Make the folder, for its owner alone. Raises StoreError where a library cannot be, and where
    a pipe or a device has the name of one of its files: reading it would wait for ever.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        usable = os.access(home, os.R_OK | os.W_OK | os.X_OK)
        free = shutil.disk_usage(home).free
    except OSError as error:
        raise StoreError(
            f"cannot use {home} as a library ({error.strerror}): give another with --home"
        ) from error
    for path in (home / name for name in FILES):
        if path.exists() and not path.is_file():
            raise StoreError(f"{path} is not a regular file: move it away")
    if not usable:
        raise StoreError(f"cannot write to {home}: give another with --home")
    if not free:
        raise StoreError(f"the disk of {home} is full: make room, or give another with --home")


def identity(home: Path) -> str:
    """Return where a library is, so that a copy of it can be told from it: the machine and the
    folder.

    A folder that is renamed stays the same one; a copy of it, on this machine or another, is not.
    """
    machine = ""
    for file in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with contextlib.suppress(OSError, ValueError):
            machine = machine or Path(file).read_text(encoding="ascii").strip()
    named = hashlib.sha256((machine or platform.node()).encode()).hexdigest()[:16]
    return f"{named}:{home.stat().st_ino}"


def file_identity(path: Path) -> tuple[int, int] | None:
    """The device and inode of a file, None where it cannot be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_library(home: Path) -> bool:
    """Return whether a library is, or was, in the folder. Raises StoreError where it is a file."""
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
