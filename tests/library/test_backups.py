"""Backups: whole, private, of one moment; and a library put back from one."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Output, loads
from test_store import TEXTS, best, fill

from ingest.errors import StoreDamaged, StoreError
from ingest.maintenance.backups import back_up, known_backups, restore
from ingest.models.embedder import Embedder
from ingest.records.database import Database
from ingest.records.facts import Backup, Facts, Identity
from ingest.records.lock import WriterLock
from ingest.records.tables import Tables
from ingest.store import Store

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

Open = Callable[..., Database]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for n, text in enumerate(TEXTS):
        (folder / f"{n}.md").write_text(f"# Part {n}\n\n{text}\n")
    return folder


def test_a_backup_is_private_and_brings_everything_back(
    ragchat: Output, home: Path, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    file = tmp_path / "my backup.db"
    made = loads(ragchat("backup", file, "--json"))
    assert made == {"backup": str(file), "bytes": file.stat().st_size}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ragchat("forget", "--source", docs)
    assert loads(ragchat("search", TEXTS[0], "--json")) == []
    done = loads(ragchat("restore", file, "--json"))
    assert (done["restored"], done["records"]) == (str(file), len(TEXTS))
    assert Path(done["kept"]).parent == home
    for text in TEXTS:
        assert text in loads(ragchat("search", text, "--json"))[0]["text"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has named pipes")
def test_a_named_pipe_is_refused_as_a_backup_at_once(
    ragchat: Output, home: Path, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    before = (home / "ragchat.db").stat().st_ino
    pipe = tmp_path / "pipe.db"
    os.mkfifo(pipe)
    result: list[tuple[int, str, str]] = []
    # Opening a pipe without a writer blocks: in a thread, the test ends all the same.
    thread = threading.Thread(target=lambda: result.append(ragchat("restore", pipe)), daemon=True)
    thread.start()
    thread.join(30)
    assert result, "restore waits for a writer of the pipe"
    code, out, err = result[0]
    assert (code, out) == (2, "")
    assert "is not a regular file" in err
    with pytest.raises(StoreError, match="is not a regular file"):
        restore(home, pipe, WriterLock(home / "lock"), NOW)
    assert (home / "ragchat.db").stat().st_ino == before


def test_a_backup_restores_a_library_where_there_was_none(
    ragchat: Output, docs: Path, tmp_path: Path, home: Path
) -> None:
    ragchat("ingest", docs)
    ragchat("backup", tmp_path / "b.db")
    new = tmp_path / "new"
    done = loads(ragchat("restore", tmp_path / "b.db", "--json", "--home", new))
    assert (done["kept"], done["records"]) == (None, len(TEXTS))
    assert stat.S_IMODE((new / "ragchat.db").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_replaced_only_on_purpose(
    ragchat: Output, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    (tmp_path / "b.db").write_text("letters")
    code, _, err = ragchat("backup", tmp_path / "b.db")
    assert code == 2
    assert "--yes" in err
    assert (tmp_path / "b.db").read_text() == "letters"
    assert ragchat("backup", tmp_path / "b.db", "--yes")[0] == 0
    assert (tmp_path / "b.db").read_bytes().startswith(b"SQLite")


def test_the_library_is_not_its_own_backup(ragchat: Output, docs: Path, home: Path) -> None:
    ragchat("ingest", docs)
    for command in ("backup", "restore"):
        code, _, err = ragchat(command, home / "ragchat.db", "--yes")
        assert code == 5
        assert "is the library itself" in err
    assert ragchat("doctor")[0] != 5


def test_a_backup_that_cannot_be_written_leaves_nothing(
    ragchat: Output, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    code, _, err = ragchat("backup", tmp_path / "nowhere" / "b.db")
    assert (code, err.count("\n")) == (5, 1)
    assert "nowhere" in err


def test_a_backup_made_while_others_write_is_of_one_moment(
    opened: Open, home: Path, tmp_path: Path
) -> None:
    database = opened(home / "ragchat.db")
    stop = threading.Event()

    def write() -> None:
        other = Database(home / "ragchat.db")
        n = 0
        while not stop.is_set():
            with other.transaction():
                Facts(other).generation = n
                Facts(other).seal = str(n)
            n += 1
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    for n in range(5):
        back_up(Tables(database), tmp_path / f"{n}.db", NOW)
    stop.set()
    thread.join()
    for n in range(5):
        copy = opened(tmp_path / f"{n}.db", read_only=True)
        assert (Facts(copy).seal or "0") == str(Facts(copy).generation)
    assert [backup.path.name for backup in known_backups(Facts(database))] == [
        f"{n}.db" for n in range(5)
    ]


def test_a_backup_that_cannot_be_looked_at_is_not_forgotten(store: Store, tmp_path: Path) -> None:
    unseen, gone = tmp_path / ("x" * 300), tmp_path / "gone"
    store.facts.backups = [Backup(path, NOW) for path in (unseen, gone)]
    assert [backup.path for backup in known_backups(store.facts)] == [unseen]


@pytest.mark.parametrize("content", [b"", b"a letter to a friend", b"SQLite format 3\0" * 300])
def test_what_is_no_backup_changes_nothing(
    ragchat: Output, docs: Path, tmp_path: Path, home: Path, content: bytes
) -> None:
    ragchat("ingest", docs)
    (tmp_path / "b.db").write_bytes(content)
    code, _, err = ragchat("restore", tmp_path / "b.db")
    assert (code, err.count("\n")) == (5, 1)
    assert "b.db" in err
    assert len(loads(ragchat("search", TEXTS[0], "--json"))) > 0
    assert [path.name for path in home.glob("*ragchat.db*")] == ["ragchat.db"]


def test_a_damaged_backup_and_a_newer_one_are_refused(
    opened: Open, home: Path, tmp_path: Path
) -> None:
    lock = WriterLock(home / "lock")
    database = opened(home / "ragchat.db")
    with database.transaction():
        for n in range(2000):
            Facts(database).put_gauge("x" * 100, str(n), (0.0, 1.0))
    back_up(Tables(database), tmp_path / "b.db", NOW)
    content = (tmp_path / "b.db").read_bytes()
    (tmp_path / "b.db").write_bytes(content[:90_000] + b"\xaa" * 40_000 + content[130_000:])
    with pytest.raises(StoreDamaged, match="take another backup"):
        restore(home, tmp_path / "b.db", lock, NOW)
    (tmp_path / "b.db").write_bytes(content)
    connection = sqlite3.connect(tmp_path / "b.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="update ragchat"):
        restore(home, tmp_path / "b.db", lock, NOW)


def test_whoever_has_the_library_open_is_told_that_it_was_replaced(
    opened: Open, home: Path, embedder: Embedder, tmp_path: Path
) -> None:
    with Store(home) as store:
        fill(store, embedder, TEXTS[:1])
        back_up(store, tmp_path / "b.db", NOW)
        fill(store, embedder, TEXTS)
        kept = restore(home, tmp_path / "b.db", WriterLock(home / "lock"), NOW)
        with pytest.raises(StoreError, match="start ragchat again"):
            fill(store, embedder, TEXTS[:2])
        with pytest.raises(StoreError, match="start ragchat again"):
            best(store, embedder, TEXTS[0])
    assert kept is not None
    was = opened(kept, read_only=True)
    assert was.scalar("SELECT count(*) FROM chunks") == len(TEXTS)
    with Store(home) as again:
        assert again.sync.remake() == 1
        assert best(again, embedder, TEXTS[2]) == TEXTS[0]
        names = [backup.path for backup in known_backups(again.facts)]
        assert names == [tmp_path / "b.db", kept]


def test_forgetting_names_the_backups_that_still_hold_it(
    ragchat: Output, docs: Path, tmp_path: Path
) -> None:
    ragchat("ingest", docs)
    for name in ("first.db", "second.db"):
        ragchat("backup", tmp_path / name)
    (tmp_path / "first.db").unlink()
    _, _, err = ragchat("forget", "--source", docs / "0.md")
    assert str(tmp_path / "second.db") in err
    assert "first.db" not in err
    told = loads(ragchat("forget", "--source", docs / "1.md", "--json"))
    assert told["backups"] == [str(tmp_path / "second.db")]


def test_a_restored_library_keeps_its_own_name_on_a_server_or_gets_a_new_one(
    home: Path, tmp_path: Path
) -> None:
    for folder, name in ((home, "one"), (tmp_path / "second", "two")):
        folder.mkdir(exist_ok=True)
        with closing(Database(folder / "ragchat.db")) as database:
            Facts(database).identity = Identity(name, None)
    with closing(Database(home / "ragchat.db")) as database:
        back_up(Tables(database), tmp_path / "b.db", NOW)
    names = []
    for folder in (home, tmp_path / "second", tmp_path / "third"):
        restore(folder, tmp_path / "b.db", WriterLock(folder / "lock"), NOW)
        with closing(Database(folder / "ragchat.db")) as database:
            names.append(Facts(database).identity)
    assert names == [Identity("one", None), Identity("two", None), None]
