"""One SQLite file: its transactions, its schema, its errors."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ingest.database import Database
from ingest.errors import StoreDamaged, StoreError


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")

    def write_and_fail() -> None:
        with database.transaction():
            database.execute("INSERT INTO facts VALUES ('a', 'b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert database.scalar("SELECT count(*) FROM facts") == 0


def test_a_transaction_inside_another_is_part_of_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")

    def write_inside_and_fail() -> None:
        with database.transaction():
            with database.transaction():
                database.execute("INSERT INTO facts VALUES ('a', 'b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_inside_and_fail()
    assert database.row("SELECT * FROM facts") is None


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"something else entirely" * 50)
    with pytest.raises(StoreDamaged, match=r"a\.db is damaged"):
        Database(path)
    assert path.read_bytes().startswith(b"something else")


def test_a_newer_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    Database(tmp_path / "a.db").close()
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="update ragchat"):
        Database(tmp_path / "a.db")


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")
    database.close()
    database.close()
    with pytest.raises(StoreError, match="closed"):
        database.rows("SELECT 1")


def test_writes_outlive_a_power_cut_and_deletes_are_overwritten(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.db")
    full = 2
    assert database.scalar("PRAGMA synchronous") == full
    assert database.scalar("PRAGMA secure_delete") == 1
    assert database.scalar("PRAGMA journal_mode") == "wal"
