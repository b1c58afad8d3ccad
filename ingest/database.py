"""One SQLite file: opening it, its transactions, its schema. The only file that imports sqlite3."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.errors import StoreBusy, StoreDamaged, StoreError
from ingest.schema import MIGRATIONS

Row = sqlite3.Row
BUSY_SECONDS = 30.0
MANY = 500
"""Values bound in one statement; SQLite's oldest limit is 999."""


class Database:
    """A connection that threads share, one statement or transaction at a time.

    Raises StoreBusy when another process writes for too long, StoreDamaged when the file is not a
    database of ours, StoreError for a full disk and the like.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with _translated(path):
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA journal_mode = WAL")
        # FULL: a turn that was acknowledged outlives a power cut, not only a killed process.
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA foreign_keys = ON")
        # What is forgotten is overwritten, not only unlinked from its page.
        execute("PRAGMA secure_delete = ON")
        execute("PRAGMA temp_store = MEMORY")
        self._migrate()

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        with self.transaction():
            version = self._version()
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"{self.path} was written by a newer ragchat (schema {version}): update ragchat"
                )
            for script in MIGRATIONS[version:]:
                self.run_script(script)
            self._connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _in_transaction(self) -> bool:
        return self._connection.in_transaction

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another is part of it."""
        with self._lock, _translated(self.path):
            if self._in_transaction():
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._in_transaction():
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock, _translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def rewrite(self) -> bool:
        """Write the file anew without what was deleted, and empty the write-ahead log; False where
        another process keeps the log from being emptied. Raises StoreBusy while one writes.
        """
        with self._lock, _translated(self.path):
            self._connection.execute("VACUUM")
            busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy

    def rows_among(self, sql: str, values: Sequence[Any], before: Sequence[Any] = ()) -> list[Row]:
        """The rows of a statement that ends in `IN ({})`, however many values there are; `before`
        are bound ahead of them.
        """
        found: list[Row] = []
        for start in range(0, len(values), MANY):
            part = values[start : start + MANY]
            found += self.rows(sql.format(",".join("?" * len(part))), (*before, *part))
        return found

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self._lock, _translated(self.path):
            found: Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def scalar(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - SQL's own types
        """The first column of the first row, or None."""
        found = self.row(sql, values)
        return found[0] if found is not None else None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; gives the id of the row that an INSERT made."""
        with self._lock, _translated(self.path):
            return self._connection.execute(sql, values).lastrowid or 0

    def execute_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        with self._lock, _translated(self.path):
            self._connection.executemany(sql, values)

    def run_script(self, script: str) -> None:
        """Run several statements in the transaction that is open (executescript would end it)."""
        statement = ""
        for line in script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self._connection.execute(statement)
                statement = ""

    def close(self) -> None:
        """Close the file. Closing twice is fine."""
        with self._lock:
            self._connection.close()


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreBusy(f"{path} is in use by another program: try again later") from error
        if "malformed" in str(error):
            raise _damaged(path, error) from error
        raise StoreError(
            f"cannot use {path} ({error}): check the disk's space and the folder's permissions"
        ) from error
    except sqlite3.ProgrammingError as error:
        raise StoreError(f"{path} is closed ({error})") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise StoreError(f"cannot write to {path} ({error}): please report this") from error
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> StoreDamaged:
    return StoreDamaged(
        f"{path} is damaged ({error}): put a backup in its place, or move it away to start afresh"
    )
