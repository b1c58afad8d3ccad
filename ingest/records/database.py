"""One SQLite file: opening it, its transactions, its schema. The only file that opens a library."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ingest.errors import StoreDamaged, StoreError
from ingest.records.callbacks import noting_interrupts
from ingest.records.home import file_identity
from ingest.records.ids import CollectionId
from ingest.records.own_schema import SchemaObject, require_same, require_triggers
from ingest.records.schema import FUNCTIONS, MIGRATIONS, WORDS_SINCE, remake_all_words, scripts
from ingest.records.sqlite_failures import failure_of, is_full

Row = sqlite3.Row
BUSY_SECONDS = 30.0
MANY = 500
"""Values bound in one statement; SQLite's oldest limit is 999."""
PAGES = "PRAGMA page_size = 8192"
"""In SQLite's own pages of 4,096 bytes vectors leave more space unused (RESULTS.md#disk)."""
INCREMENTAL_VACUUM = "PRAGMA auto_vacuum = INCREMENTAL"
"""Lets the file shrink without being rewritten."""
CACHE = "PRAGMA cache_size = -32768"
"""32 MB of pages: a question reads more than SQLite's own 2 MB."""
TABLES = ("chunks", "facts", "models", "turns")
"""Tables that distinguish a library from other programs' databases."""


class Database:
    """A connection that threads share, one statement or transaction at a time.

    With `read_only`, the file is not created, migrated or written. Raises StoreBusy when another
    process writes for too long, StoreDamaged when the file is not a library, StoreError for a full
    disk and the like, and for a connection that was opened before a fork.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._using = _Using(path, self._lock, self._process)
        with self._using:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.row_factory = sqlite3.Row
            for name, (count, function) in noting_interrupts(FUNCTIONS):
                self._connection.create_function(name, count, function, deterministic=True)
            try:
                self._check_version(whole=read_only)
                self._file = file_identity(path)
                if not read_only:
                    self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _check_version(self, *, whole: bool) -> None:
        version = self._version()
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self.path} was written by a newer ragchat (schema {version}): update ragchat"
            )
        found = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {row[0] for row in found}
        if (version or tables or whole) and not tables.issuperset(TABLES):
            raise StoreDamaged(
                f"{self.path} is not a library of ragchat: put a backup in its place with "
                "`ragchat restore FILE`, or move it away to start afresh"
            )

    def _prepare(self) -> None:
        execute = self._connection.execute
        if not self._version():  # both are settled by the first table
            execute(PAGES)
            execute(INCREMENTAL_VACUUM)
        execute("PRAGMA journal_mode = WAL")
        # FULL: a turn that was acknowledged outlives a power cut, not only a killed process.
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA foreign_keys = ON")
        # Deleted rows are overwritten, not only unlinked from their page.
        execute("PRAGMA secure_delete = ON")
        execute("PRAGMA temp_store = MEMORY")
        execute(CACHE)
        self._migrate()

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        with self.transaction():
            self._check_version(whole=False)  # another process may have migrated it in between
            self.require_own_schema(whole=False)  # a foreign trigger would run meanwhile
            before = self._version()
            for script in MIGRATIONS[before:]:
                self.run_script(script)
            if before < WORDS_SINCE:
                found = self.rows("SELECT id FROM collections")
                self.run_script(remake_all_words(row["id"] for row in found))
            self._connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def require_own_schema(self, *, whole: bool = True) -> None:
        """Raise StoreDamaged where the file holds a table, view, trigger or index that its version
        of the schema does not, or (`whole`) lacks one: it may come from elsewhere.
        """
        with self._using:
            made, collections = self._objects()
            if not made:
                return
            with closing(sqlite3.connect(":memory:")) as fresh:
                for script in scripts(self._version(), collections):
                    fresh.executescript(script)
                require_same(self.path, made, _objects(fresh), whole=whole)

    def require_own_triggers(self) -> None:
        """Raise StoreDamaged where the file holds a trigger or view that ragchat did not make.
        Those run by themselves; the check is quick enough for each time that the file is opened.
        """
        with self._using:
            made, collections = self._objects()
            require_triggers(self.path, made, {self._version(), len(MIGRATIONS)}, collections)

    def _objects(self) -> tuple[set[SchemaObject], list[CollectionId]]:
        made = _objects(self._connection)
        found = self._connection.execute("SELECT id FROM collections") if made else ()
        return made, [row[0] for row in found]

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a transaction inside another is part of it."""
        with self._using:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self.require_place()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")  # type: ignore[unreachable]
                raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._using:
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, for more of them than memory should hold."""
        with self._using:
            yield from self._connection.execute(sql, values)

    def rows_among(self, sql: str, values: Sequence[Any], before: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a statement that ends in `IN ({})`, for any number of values; `before`
        are bound ahead of them.
        """
        found: list[Row] = []
        for start in range(0, len(values), MANY):
            part = values[start : start + MANY]
            found += self.rows(sql.format(",".join("?" * len(part))), (*before, *part))
        return found

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        with self._using:
            return self._connection.execute(sql, values).fetchone()  # type: ignore[no-any-return]

    def scalar(self, sql: str, values: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - SQL's own types
        """Return the first column of the first row, or None."""
        found = self.row(sql, values)
        return found[0] if found is not None else None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; return the id of the row that an INSERT made."""
        with self._using:
            return self._connection.execute(sql, values).lastrowid or 0

    def execute_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        with self._using:
            self._connection.executemany(sql, values)

    def run_script(self, script: str) -> None:
        """Run several statements in the transaction that is open (executescript would end it)."""
        statement = ""
        for line in script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                self._connection.execute(statement)
                statement = ""

    def require_place(self) -> None:
        """Raise StoreError if the file was moved or replaced: later processes would not see what is
        written into it.
        """
        with self._using:
            if file_identity(self.path) != self._file:
                raise StoreError(
                    f"{self.path} was moved or replaced while it was open: start ragchat again"
                )

    def problems(self) -> list[str]:
        """Return the problems that SQLite finds in the file, in its words; this reads all of it."""
        try:
            found = _said(self.rows("PRAGMA integrity_check(3)"))
            if not found:
                rows = self.rows("PRAGMA foreign_key_check")
                found = sorted(
                    {f"rows of {row[0]} point to rows of {row[2]} that are gone" for row in rows}
                )
        except StoreDamaged as error:
            found = [str(error.__cause__)]
        return found

    def copy_to(self, path: Path) -> None:
        """Write the database as it is at this moment into another file, while others go on."""
        with self._using, closing(sqlite3.connect(path)) as target:
            try:
                self._connection.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
            except sqlite3.OperationalError as error:
                if is_full(error):  # the other disk
                    raise failure_of(path, error) from error
                raise

    def close(self) -> None:
        """Close the file. Closing twice is fine, and so is closing in a forked child."""
        if self._process == os.getpid():
            with self._lock:
                self._connection.close()


class _Using:
    """The connection, held by one thread; errors of SQLite are translated. (A generator would take
    longer than some of the hundred statements of a question.)
    """

    __slots__ = ("_lock", "_path", "_process")

    def __init__(self, path: Path, lock: threading.RLock, process: int) -> None:
        self._path = path
        self._lock = lock
        self._process = process

    def __enter__(self) -> None:
        if self._process != os.getpid():  # the lock may be held by a thread that is not here
            raise StoreError("the library was opened before a fork: open it again in this process")
        self._lock.acquire()

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._lock.release()
        if isinstance(error, sqlite3.DatabaseError):
            raise failure_of(self._path, error) from error


def _objects(connection: sqlite3.Connection) -> set[SchemaObject]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL")
    return {SchemaObject(row[0], row[1], " ".join(row[2].split())) for row in rows}


def file_problems(path: Path) -> list[str]:
    """Return the problems that SQLite finds in a file of any program; this reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file:
            return _said(file.execute("PRAGMA integrity_check(3)"))
    except sqlite3.Error as error:
        return [str(error)]


def _said(checked: Iterable[Sequence[Any]]) -> list[str]:
    """Return the lines of an integrity check that name a problem."""
    lines = [line for row in checked for line in str(row[0]).splitlines()]
    return [line for line in lines if line != "ok" and not line.startswith("***")]
