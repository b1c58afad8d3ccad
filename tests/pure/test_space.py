"""The space that `ragchat.db` takes: given back bit by bit, and without what was deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.records import space
from ingest.records.database import Database
from ingest.records.schema import MIGRATIONS

WORD = b"Zwirbelholz"


def fill(database: Database) -> None:
    with database.transaction():
        for n in range(200):
            text = f"{WORD.decode()} {n} " * 200
            database.execute("INSERT INTO facts VALUES (?, ?)", (str(n), text))


def test_free_pages_are_given_back_some_at_once_and_hold_nothing(
    opened: Callable[..., Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened(tmp_path / "a.db")
    empty = space.size(database)
    fill(database)
    full = space.size(database)
    database.execute("DELETE FROM facts WHERE name <> '7'")
    monkeypatch.setattr(space, "AT_ONCE", full // 4)
    space.shrink(database)
    assert full * 0.7 < space.size(database) < full * 0.8
    for _ in range(4):
        space.shrink(database)
    assert space.size(database) < empty * 1.2
    assert space.empty_log(database)
    assert (tmp_path / "a.db").stat().st_size == space.size(database)
    # Some are cut by the end of a page.
    assert 190 < (tmp_path / "a.db").read_bytes().count(WORD) <= 200
    assert database.problems() == []


def test_the_file_of_an_older_library_shrinks_once_it_was_rewritten(
    opened: Callable[..., Database], tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.executescript(MIGRATIONS[0])
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    database = opened(tmp_path / "a.db")
    fill(database)
    for grows in (True, False):
        full = space.size(database)
        database.execute("DELETE FROM facts WHERE length(value) > 1000")
        space.shrink(database)
        assert (space.size(database) == full) is grows
        assert space.rewrite(database)
        fill(database)
