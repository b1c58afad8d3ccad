"""One SQLite file: its transactions, its schema, its errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import StoreDamaged, StoreError
from ingest.records.collections import Collections
from ingest.records.database import Database
from ingest.records.facts import Facts
from ingest.records.ids import CollectionId
from ingest.records.schema import FUNCTIONS, MIGRATIONS, scripts, words_schema

Open = Callable[..., Database]


def test_a_transaction_is_all_or_nothing(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")

    def write_and_fail() -> None:
        with database.transaction():
            database.execute("INSERT INTO facts VALUES ('a', 'b')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert database.scalar("SELECT count(*) FROM facts") == 0


def test_a_collection_that_another_process_creates_at_the_same_moment_is_found(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (Collections(opened(tmp_path / "a.db")) for _ in range(2))
    find = ours.find

    def find_before_they_create(name: str) -> CollectionId:
        found = find(name)
        theirs.find_or_add(name)
        return found

    monkeypatch.setattr(ours, "find", find_before_they_create)
    assert ours.find_or_add("shared") == theirs.find("shared")


def test_a_transaction_inside_another_is_part_of_it(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")

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


def test_an_older_schema_is_migrated_and_keeps_its_rows(opened: Open, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.executescript(MIGRATIONS[0])
    connection.execute("INSERT INTO facts VALUES ('seal', 'b')")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    database = opened(tmp_path / "a.db")
    assert Facts(database).seal == "b"
    assert database.scalar("SELECT count(*) FROM forgotten") == 0
    assert database.scalar("PRAGMA user_version") == len(MIGRATIONS)


def test_turns_keep_their_order_when_an_older_schema_is_migrated(
    opened: Open, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    for script in MIGRATIONS[:2]:
        connection.executescript(script)
    connection.executescript("""
        INSERT INTO collections VALUES (1, 'default');
        INSERT INTO conversations VALUES (1, 1, 'ragchat', 'k', 't', 0);
        INSERT INTO turns (id, conversation_id, key, exchange, role, speaker, text, time, status,
            model, stop_reason, usage)
        VALUES (7, 1, 'a', 'e', 'user', '', 'x', 9, 'done', '', '', '{}'),
            (8, 1, 'b', 'e', 'user', '', 'x', 5, 'done', '', '', '{}');
        PRAGMA user_version = 2;
    """)
    connection.close()
    database = opened(tmp_path / "a.db")
    rows = database.rows("SELECT key FROM turns ORDER BY position")
    assert [row["key"] for row in rows] == ["a", "b"]


def test_exchanges_that_an_older_library_had_not_indexed_are_queued(
    opened: Open, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    for script in MIGRATIONS[:3]:
        connection.executescript(script)
    connection.executescript("""
        INSERT INTO collections VALUES (1, 'default');
        INSERT INTO models VALUES (1, 'f', 'm', 8, 1);
        INSERT INTO conversations VALUES (1, 1, 'ragchat', 'k', 't', 0);
        INSERT INTO turns (id, conversation_id, key, exchange, role, speaker, text, time, status,
            model, stop_reason, usage, echo)
        VALUES (1, 1, 'a', 'found', 'user', '', 'x', 1, 'done', '', '', '{}', 0),
            (2, 1, 'b', 'found', 'assistant', '', 'x', 1, 'done', '', '', '{}', 1),
            (3, 1, 'c', 'lost', 'user', '', 'x', 2, 'done', '', '', '{}', 0),
            (4, 1, 'd', 'lost', 'assistant', '', 'x', 2, 'done', '', '', '{}', 0),
            (5, 1, 'e', 'refused', 'user', '', 'x', 3, 'done', '', '', '{}', 0),
            (6, 1, 'f', 'refused', 'assistant', '', 'x', 3, 'refused', '', '', '{}', 0);
        INSERT INTO chunks
        VALUES (1, 1, 'memory', 'k', NULL, 1, 0, 0, 1, 1, 1, NULL, '', '', '', '');
        INSERT INTO facts
        VALUES ('strays:default.memory.f', '["k"]'), ('new:default.memory.f', '0');
        PRAGMA user_version = 3;
    """)
    connection.close()
    database = opened(tmp_path / "a.db")
    assert [row["exchange"] for row in database.rows("SELECT * FROM unindexed")] == ["lost"]
    assert [row["key"] for row in database.rows("SELECT key FROM unreachable")] == ["k"]
    assert database.scalar("SELECT last FROM looked") == 1
    assert database.scalar("SELECT exchanges FROM conversations") == 3
    assert database.scalar("SELECT sum(chunks) FROM chunk_counts") == 1
    assert database.scalar("SELECT count(*) FROM facts") == 0


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("CREATE TABLE recipes (name)")
    connection.close()
    before = (tmp_path / "a.db").read_bytes()
    with pytest.raises(StoreDamaged, match="not a library of ragchat"):
        Database(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes() == before


def test_nothing_is_written_into_a_file_that_was_moved_away(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    (tmp_path / "a.db").rename(tmp_path / "b.db")
    (tmp_path / "a.db").touch()
    with pytest.raises(StoreError, match="start ragchat again"), database.transaction():
        Facts(database).seal = "b"
    assert Facts(database).seal is None


def test_a_copy_is_one_file_as_of_a_moment(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    Facts(database).seal = "b"
    database.copy_to(tmp_path / "copy.db")
    Facts(database).seal = "c"
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]
    copy = opened(tmp_path / "copy.db", read_only=True)
    assert (Facts(copy).seal, copy.problems()) == ("b", [])
    with pytest.raises(StoreError, match="readonly"):
        Facts(copy).seal = "d"


def test_a_row_that_points_to_nothing_is_a_problem(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("INSERT INTO summaries VALUES (7, 'x', 'y')")
    assert database.problems() == ["rows of summaries point to rows of conversations that are gone"]


def test_a_closed_database_says_so(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    database.close()
    database.close()
    with pytest.raises(StoreError, match="closed"):
        database.rows("SELECT 1")


def test_writes_outlive_a_power_cut_and_deletes_are_overwritten(
    opened: Open, tmp_path: Path
) -> None:
    database = opened(tmp_path / "a.db")
    full = 2
    assert database.scalar("PRAGMA synchronous") == full
    assert database.scalar("PRAGMA secure_delete") == 1
    assert database.scalar("PRAGMA journal_mode") == "wal"


@pytest.mark.parametrize(
    "foreign",
    [
        "CREATE TRIGGER steal AFTER INSERT ON turns BEGIN UPDATE turns SET text = 'x'; END",
        "CREATE VIEW odd AS SELECT 1",
        "CREATE TABLE hoard (text)",
        "DROP TRIGGER chunk_deleted",
    ],
)
def test_what_is_foreign_to_the_schema_is_refused(
    opened: Open, tmp_path: Path, foreign: str
) -> None:
    database = opened(tmp_path / "a.db")
    database.execute("INSERT INTO collections VALUES (3, 'notes')")
    database.execute(foreign)
    with pytest.raises(StoreDamaged, match=r"that ragchat did not make|lacks the \w+"):
        database.require_own_schema()


def test_a_foreign_trigger_is_found_without_a_second_schema(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    database.execute("INSERT INTO collections VALUES (3, 'notes')")
    for kind in ("document", "memory"):
        database.run_script(words_schema(CollectionId(3), kind))
    database.require_own_triggers()
    database.execute("CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM chunks; END")
    with pytest.raises(StoreDamaged, match="has the trigger t that ragchat did not make"):
        database.require_own_triggers()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_library_is_migrated_unless_something_in_it_is_foreign(
    opened: Open, tmp_path: Path, version: int
) -> None:
    for name in ("a.db", "b.db"):
        connection = sqlite3.connect(tmp_path / name)
        for script in scripts(version, [CollectionId(1)]):
            connection.executescript(script)
        connection.execute("INSERT INTO collections VALUES (1, 'default')")
        if name == "b.db":
            connection.execute(
                "CREATE TRIGGER steal AFTER UPDATE ON turns BEGIN DELETE FROM facts; END"
            )
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.close()
    opened(tmp_path / "a.db").require_own_schema()
    with pytest.raises(StoreDamaged, match="trigger steal"):
        Database(tmp_path / "b.db")


def test_a_fact_that_cannot_be_read_is_damage(opened: Open, tmp_path: Path) -> None:
    database = opened(tmp_path / "a.db")
    database.execute("INSERT INTO facts VALUES ('generation', 'soon'), ('tokens:x', '[2.0]')")
    facts = Facts(database)
    for read in (lambda: facts.generation, lambda: facts.token_scale("x")):
        with pytest.raises(StoreDamaged, match="put a backup in its place"):
            read()


def test_ctrl_c_within_a_function_of_the_schema_is_an_interrupt(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(text: str, code: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setitem(FUNCTIONS, "searchable", (2, stopped))
    database = opened(tmp_path / "a.db")
    with pytest.raises(KeyboardInterrupt):
        database.scalar("SELECT searchable('words', 'en')")
    with pytest.raises(StoreError, match="no such function"):
        database.scalar("SELECT unknown('words')")
