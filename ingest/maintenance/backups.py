"""Backups: one file that holds everything but the index, and a library put back from one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from ingest.errors import StoreBusy, StoreDamaged, StoreError
from ingest.records.database import Database
from ingest.records.facts import Backup, Facts, Identity
from ingest.records.home import make_private
from ingest.records.lock import WriterLock
from ingest.records.opener import opened_here, put_opener
from ingest.records.own_values import require_own_values
from ingest.records.space import empty_log
from ingest.records.tables import Tables

SIDES = ("", "-wal", "-shm")
"""The files of a database, by the ends of their names: https://www.sqlite.org/wal.html"""


def known_backups(facts: Facts, since: float | None = None) -> list[Backup]:
    """Return the backups that were made of a library, after `since`, and still exist."""
    made = [backup for backup in facts.backups if backup.time.timestamp() >= (since or 0)]
    return [backup for backup in made if _may_exist(backup.path)]


def back_up(library: Tables, path: Path, now: datetime) -> None:
    """Write a library into a file of mode 0600; other processes may go on writing to the library.

    An existing file is replaced once the new one is complete. Raises StoreError where the file
    cannot be written, StoreDamaged where the library is damaged.
    """
    path, database = path.absolute(), library.database
    if path.exists() and path.samefile(database.path):
        raise StoreError(f"{path} is the library itself: give its backup another name")
    with _beside(path) as copy:
        database.copy_to(copy)
        with closing(Database(copy, read_only=True)) as written:
            if problems := written.problems():
                raise StoreDamaged(
                    f"{database.path} is damaged ({problems[0]}), so no backup was made: "
                    "`ragchat restore FILE` puts an older one in its place"
                )
        with library.transaction():
            _remember(library.facts, [Backup(path, now)])  # first: `forget` must name every backup
        copy.replace(path)


def restore(home: Path, path: Path, lock: WriterLock, now: datetime) -> Path | None:
    """Replace a library by a backup; return the file that keeps the former library, if any. The
    caller rebuilds the index afterwards.

    Raises StoreDamaged where the backup is damaged or not a library, StoreError where a newer
    ragchat made it; nothing is changed then.
    """
    make_private(home)
    records = home / "ragchat.db"
    if not path.is_file():  # opening a pipe would block
        raise StoreError(f"{path} is not a regular file: give the file of a backup")
    if records.exists() and path.samefile(records):
        raise StoreError(f"{path} is the library itself: give the file of a backup")
    with lock.held(), _beside(records) as copy:
        with _sound_backup(path) as backup:
            backup.copy_to(copy)
        kept = _free_name(records, now)
        with closing(Database(copy)) as fresh:  # which migrates it
            asides = [Backup(kept, now)] if records.exists() else []
            with _unless_damaged(records) as before:
                _take_over(fresh, before)
                if not records.exists() or (before and opened_here(Facts(before))):
                    put_opener(Facts(fresh))  # the settings beside it are the user's own
                known = known_backups(Facts(before)) if before is not None else []
            _remember(Facts(fresh), [Backup(path.absolute(), now), *known, *asides])
        _set_aside(records, kept)
        copy.replace(records)
    return kept if kept.exists() else None


@contextmanager
def opened_backup(path: Path) -> Iterator[Database]:
    """Open a temporary copy of a backup, migrated to this version. Raises StoreDamaged where the
    backup is damaged or not a library.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "ragchat.db"
        with _sound_backup(path) as backup:
            backup.copy_to(copy)
        with closing(Database(copy)) as migrated:
            yield migrated


@contextmanager
def _sound_backup(path: Path) -> Iterator[Database]:
    with contextlib.ExitStack() as opened:
        try:
            backup = opened.enter_context(closing(Database(path, read_only=True)))
            problems = backup.problems()
            backup.require_own_schema()
            require_own_values(backup)
        except StoreDamaged as error:
            problems = [str(error.__cause__ or error)]
        if problems:
            raise StoreDamaged(f"{path} cannot be restored ({problems[0]}): take another backup")
        yield backup


def _set_aside(records: Path, kept: Path) -> None:
    """Rename a database, while no process writes to it if it can be opened. Processes that have it
    open are refused by `Database.require_place` from then on.
    """
    log, shared = Path(f"{records}-wal"), Path(f"{records}-shm")
    with _unless_damaged(records) as database:
        if database is not None:
            empty_log(database)
        with database.transaction() if database is not None else contextlib.nullcontext():
            if log.exists() and log.stat().st_size:
                log.rename(f"{kept}-wal")
            log.unlink(missing_ok=True)
            shared.unlink(missing_ok=True)
            if records.exists():
                records.rename(kept)


def _take_over(fresh: Database, before: Database | None) -> None:
    """Keep the identity of the former library on Chroma servers, or get a new one: never that of
    the backed-up library, which may still be in use elsewhere with its own part of the server.
    """
    identity = Facts(before).identity if before is not None else None
    facts = Facts(fresh)
    facts.forget_place()
    if identity:
        facts.identity = Identity(identity.name, None)


@contextmanager
def _unless_damaged(records: Path) -> Iterator[Database | None]:
    database = None
    if records.exists() and records.stat().st_size:  # SQLite would make one of an empty file
        try:
            database = Database(records)
            Facts(database).require_readable()
        except StoreBusy:
            raise
        except StoreError:
            if database is not None:
                database.close()
            database = None
    try:
        yield database
    finally:
        if database is not None:
            database.close()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Create a file of mode 0600 in the same folder; delete it afterwards unless it was renamed."""
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        os.close(number)
        try:
            yield Path(name)
        finally:
            for side in SIDES:
                Path(f"{name}{side}").unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {path} ({error.strerror}): choose another place") from error


def _free_name(records: Path, now: datetime) -> Path:
    stem = f"{records.name}.before-{now.astimezone():%Y%m%d-%H%M%S}"
    names = (records.with_name(f"{stem}{end}") for end in ("", *(f"-{n}" for n in range(2, 100))))
    return next(name for name in names if not name.exists())


def _may_exist(path: Path) -> bool:
    """Return whether a file exists, or may exist on a disk that does not answer."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _remember(facts: Facts, made: Sequence[Backup]) -> None:
    kept = {backup.path: backup for backup in (*known_backups(facts), *made)}
    facts.backups = list(kept.values())
