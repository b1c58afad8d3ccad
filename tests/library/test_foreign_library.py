"""A library that comes from another machine or user: its address is not trusted, nor its schema."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import Output, loads
from emulator import Program

from ingest.errors import StoreDamaged
from ingest.maintenance.doctor import damaged_records
from ingest.models.embedder import Embedder
from ingest.records.database import Database
from ingest.records.own_values import require_own_values
from ingest.store import Store
from ragchat.terminal.input_history import InputHistory


@dataclass
class Listener:
    """A server that hangs up on everybody, and counts them."""

    port: int
    callers: list[object] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(server.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    connection, caller = server.accept()
                except OSError:
                    return
                found.callers.append(caller)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield found
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def library(ragchat: Output, home: Path, tiny: Embedder, tmp_path: Path) -> Path:
    """A library of one file."""
    (tmp_path / "moss.txt").write_text("Moss grows on the north side of the wall.")
    loads(ragchat("ingest", tmp_path / "moss.txt", "--json"))
    return home


def become_another_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGCHAT_CACHE", str(tmp_path / "another user's cache"))


def name_server(home: Path, listener: Listener) -> None:
    (home / "config.toml").write_text(f'chroma_url = "http://{listener.host}"\n')


def test_another_persons_library_connects_nowhere_until_the_user_agreed_once(
    ragchat: Output, library: Path, listener: Listener, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    name_server(library, listener)
    become_another_user(monkeypatch, tmp_path)
    for command in (["search", "moss"], ["status"], ["doctor"], ["sources", "list"]):
        code, out, err = ragchat(*command)
        assert (code, out) == (2, "")
        assert f"http://{listener.host}" in err
        assert "--trust" in err
    assert listener.callers == []
    code, _, _ = ragchat("search", "moss", "--yes")
    assert code == 0
    assert listener.callers
    assert ragchat("search", "moss")[0] == 0


def test_an_address_in_a_profile_of_another_persons_library_is_asked_about_too(
    ragchat: Output, library: Path, listener: Listener, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (library / "config.toml").write_text(f'[profiles.far]\nchroma_url = "http://{listener.host}"\n')
    become_another_user(monkeypatch, tmp_path)
    assert ragchat("status")[0] == 0
    code, _, err = ragchat("status", "--profile", "far")
    assert (code, f"http://{listener.host}" in err) == (2, True)
    assert ragchat("status", "--profile", "far", "--yes")[0] == 0
    assert ragchat("status", "--profile", "far")[0] == 0


def test_doctor_agrees_for_the_user_and_an_address_is_agreed_to_alone(
    ragchat: Output, library: Path, listener: Listener, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    name_server(library, listener)
    become_another_user(monkeypatch, tmp_path)
    assert ragchat("status")[0] == 2
    assert ragchat("doctor", "--trust", "--quick")[0] != 2
    assert ragchat("status")[0] == 0
    monkeypatch.delenv("RAGCHAT_CACHE")
    assert ragchat("status")[0] == 2  # the other user opened it last, who may have set the address
    assert ragchat("status", "--yes")[0] == 0
    become_another_user(monkeypatch, tmp_path)
    assert ragchat("status")[0] == 0  # the same address again
    monkeypatch.delenv("RAGCHAT_CACHE")
    (library / "config.toml").write_text('chroma_url = "http://127.0.0.1:9"\n')
    assert ragchat("status")[0] == 2


def test_settings_in_a_folder_without_a_library_are_the_users_own(
    ragchat: Output, home: Path, listener: Listener, tmp_path: Path
) -> None:
    name_server(home, listener)
    assert ragchat("status")[0] == 0
    assert ragchat("backup", tmp_path / "copy.db")[0] == 0
    other = tmp_path / "other"
    other.mkdir()
    name_server(other, listener)
    assert ragchat("restore", tmp_path / "copy.db", "--home", other)[0] == 0
    assert ragchat("status", "--home", other)[0] == 0


def test_an_address_of_the_users_own_asks_nothing_and_agrees_to_nothing(
    ragchat: Output, library: Path, listener: Listener, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    name_server(library, listener)
    become_another_user(monkeypatch, tmp_path)
    monkeypatch.setenv("RAGCHAT_CHROMA_URL", "http://127.0.0.1:9")
    assert ragchat("status")[0] == 0
    monkeypatch.delenv("RAGCHAT_CHROMA_URL")
    assert ragchat("status")[0] == 2


def test_a_library_without_an_address_becomes_the_users_own_when_it_is_opened(
    ragchat: Output, library: Path, listener: Listener, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    become_another_user(monkeypatch, tmp_path)
    assert ragchat("status")[0] == 0
    name_server(library, listener)
    assert ragchat("status")[0] == 0


def test_on_a_terminal_it_asks_and_names_the_server(
    library: Path, listener: Listener, tmp_path: Path
) -> None:
    name_server(library, listener)
    program = Program(
        "from ragchat.cli import run; print('code', run(['status']))",
        forked=True,
        RAGCHAT_HOME=str(library),
        RAGCHAT_CACHE=str(tmp_path / "cache of another"),
    )
    program.wait_for("[y/N]")
    program.type("no\r")
    assert listener.host in program.wait_for("code 2").replace("\n", "")
    program.end()
    assert listener.callers == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER spy AFTER INSERT ON facts BEGIN DELETE FROM turns; END",
        "CREATE VIEW spy AS SELECT * FROM turns",
        "CREATE TABLE spy (text)",
    ],
)
def test_what_ragchat_did_not_make_is_refused_when_it_is_first_opened(
    ragchat: Output, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    given = tmp_path / "given"
    shutil.copytree(library, given, symlinks=True)
    with closing(sqlite3.connect(given / "ragchat.db")) as database:
        database.execute(statement)
        facts = database.execute("SELECT * FROM facts").fetchall()
    become_another_user(monkeypatch, tmp_path)
    code, out, err = ragchat("search", "moss", "--home", given)
    assert (code, out) == (5, "")
    assert "spy" in err
    with closing(sqlite3.connect(given / "ragchat.db")) as database:
        assert database.execute("SELECT * FROM facts").fetchall() == facts


@pytest.mark.parametrize(
    "change",
    [
        "documents SET title = x'ff1b5b33316d'",
        "documents SET left_out = 'none'",
        "documents SET properties = '[1]'",
        "sources SET read_at = 'soon'",
        "sources SET read_at = -1e18",
        "chunks SET text = x'00'",
        "collections SET name = x'2e2e2f'",
    ],
)
def test_values_that_ragchat_did_not_write_are_refused_and_named(
    ragchat: Output, library: Path, change: str
) -> None:
    with closing(Database(library / "ragchat.db")) as database:
        require_own_values(database)
    with closing(sqlite3.connect(library / "ragchat.db")) as database:
        for name, arguments in (("searchable", 2), ("searchable_path", 1), ("indexed_language", 1)):
            database.create_function(name, arguments, lambda *values: str(values[0]))
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute(f"UPDATE {change}")
        database.commit()
    column = f"{change.split(maxsplit=1)[0]}.{change.split()[2]}"
    with (
        closing(Database(library / "ragchat.db")) as database,
        pytest.raises(StoreDamaged, match=f"values in {column} that ragchat did not write"),
    ):
        require_own_values(database)


def test_a_library_with_such_values_is_refused_when_it_is_first_opened(
    ragchat: Output, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(library / "ragchat.db")) as database:
        database.execute("UPDATE documents SET title = x'ff'")
        database.commit()
    assert [finding.line.count("documents.title") for finding in damaged_records(library)] == [1]
    code, _, err = ragchat("restore", library / "ragchat.db", "--home", tmp_path / "other", "--yes")
    assert (code, "documents.title" in err) == (5, True)
    become_another_user(monkeypatch, tmp_path)
    code, _, err = ragchat("search", "moss")
    assert (code, "documents.title" in err) == (5, True)


@pytest.mark.parametrize("name", ["history", "lock", "config.toml", "ragchat.db-wal"])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    ragchat: Output, tmp_path: Path, name: str
) -> None:
    home = tmp_path / "pipes"
    home.mkdir()
    os.mkfifo(home / name)
    code, _, err = ragchat("search", "moss", "--home", home)
    assert (code in (2, 5), "regular file" in err) == (True, True)
    history = InputHistory(home / "history")
    history.add("moss")
    history.forget(["moss"])
    assert list(history.newest_first()) == []


def test_a_library_cannot_claim_to_have_been_opened_here(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(library) as store:
        assert not store.is_foreign
        mark = store.facts.opener
    become_another_user(monkeypatch, tmp_path)
    with Store(library) as store:
        assert store.is_foreign
        assert store.facts.opener == mark
        store.adopt()
        assert store.facts.opener != mark
