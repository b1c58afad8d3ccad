"""The doctor: nothing to say of a sound library, a line for all that is wrong with another."""

from __future__ import annotations

import json
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Output, loads
from test_store import TEXTS, fill

from ingest.index import verification
from ingest.maintenance.doctor import loose_files
from ingest.models.embedder import Embedder
from ingest.store import Store

DAMAGES = {
    "1 text not as stored": "UPDATE chunks SET text = 'other words' WHERE id = 2",
    "1 text without a vector": "DELETE FROM vectors WHERE rowid = 1",
    "1 vector of a wrong size": "UPDATE vectors SET vector = x'00' WHERE rowid = 1",
    "words_1_document differs from the texts": "INSERT INTO words_1_document (words_1_document)"
    " VALUES ('delete-all')",
    "holds 1 record of default.document": "DELETE FROM chunks WHERE id = 1",
    "not as stored: `ragchat rebuild`": "UPDATE vectors SET vector ="
    " (SELECT vector FROM vectors WHERE rowid = 2) WHERE rowid = 1",
    "lacks 1 of 4 records": "DELETE FROM pending",
    "point to rows of collections that are gone": "PRAGMA foreign_keys = OFF",
}
AFTER = {
    "holds 1 record of default.document": "DELETE FROM pending",
    "point to rows of collections that are gone": "DELETE FROM collections",
}


@pytest.fixture
def library(home: Path, embedder: Embedder) -> Path:
    """Four texts, indexed; for nobody else to read."""
    with Store(home) as store:
        fill(store, embedder, TEXTS)
    subprocess.run(["chmod", "-R", "go=", str(home)], check=True)
    return home


def test_a_sound_library_is_said_to_be_sound_and_stays_as_it_is(
    ragchat: Output, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (library / "ragchat.db").read_bytes()
    found = loads(ragchat("doctor", "--json"))
    assert (found["sound"], found["findings"], found["unindexed"]) == (True, [], 0)
    monkeypatch.setattr(verification, "subprocess", subprocess)  # in an interpreter of its own
    code, out, err = ragchat("doctor")
    assert (code, out.count("\n")) == (0, 1)
    assert "is sound" in out
    # Where torch is installed for graphics cards, that is the one thing to remark.
    assert err.count("\n") == bool(found["unused_library_bytes"])
    assert len((library / "ragchat.db").read_bytes()) == len(before)


def test_a_library_that_is_not_there_is_not_made(ragchat: Output, tmp_path: Path) -> None:
    code, out, _ = ragchat("doctor", "--home", tmp_path / "new")
    assert (code, f"there is no library in {tmp_path / 'new'}" in out) == (1, True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "letters").mkdir(mode=0o755)
    assert ragchat("doctor", "--secrets", "--home", tmp_path / "letters")[0] == 1
    assert list((tmp_path / "letters").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "letters").stat().st_mode) == 0o755


@pytest.mark.parametrize("finding", DAMAGES)
def test_each_damage_is_a_line(ragchat: Output, library: Path, finding: str) -> None:
    with Store(library) as store:
        if "lacks" in finding:  # a record that Chroma was told of and does not have
            store.database.execute("UPDATE chunks SET key = 'other' WHERE id = 1")
        store.database.execute(DAMAGES[finding])
        if finding in AFTER:
            store.database.execute(AFTER[finding])
    code, out, _ = ragchat("doctor")
    assert code == 5
    assert finding in out
    assert all("`ragchat re" in line for line in out.splitlines())


def test_files_that_others_may_read_are_a_line_and_no_damage(
    ragchat: Output, library: Path
) -> None:
    (library / "history").touch(mode=0o644)
    code, out, _ = ragchat("doctor")
    assert code == 1
    assert f"other users may read {library / 'history'}" in out
    told = json.loads(ragchat("doctor", "--json")[1])
    assert (told["sound"], [finding["damage"] for finding in told["findings"]]) == (False, [False])


def test_a_link_in_a_library_is_sound(ragchat: Output, library: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfile").touch(mode=0o644)
    (library / "config.toml").symlink_to(tmp_path / "dotfile")
    assert ragchat("doctor")[0] == 0
    library.rename(tmp_path / "elsewhere")
    library.symlink_to(tmp_path / "elsewhere")
    assert ragchat("doctor")[0] == 0


def test_files_that_come_and_go_meanwhile_are_nothing_to_speak_of(tmp_path: Path) -> None:
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            for n in range(20):
                (tmp_path / str(n)).touch(mode=0o600)
            for n in range(20):
                (tmp_path / str(n)).unlink()

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        assert [path for _ in range(200) for path in loose_files(tmp_path)] == []
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize(
    "change",
    ["UPDATE models SET name = '/nowhere/model'", "UPDATE models SET fingerprint = 'another'"],
)
def test_a_model_that_is_gone_or_another_is_a_line(
    ragchat: Output, library: Path, embedder: Embedder, change: str
) -> None:
    with Store(library) as store:
        store.database.execute(change)
    _, out, _ = ragchat("doctor")
    assert "the embedding model" in out


def test_a_folder_of_models_that_cannot_be_used_is_a_line(ragchat: Output, library: Path) -> None:
    (library / "models").unlink()
    (library / "models").touch(mode=0o600)
    code, out, _ = ragchat("doctor")
    assert (code, out.count("\n")) == (1, 1)
    assert f"cannot use {library / 'models'}" in out


def test_what_waits_to_be_indexed_is_no_finding(
    ragchat: Output, library: Path, embedder: Embedder
) -> None:
    with Store(library) as store:
        fill(store, embedder, TEXTS[:2], flush=False)
    code, _, err = ragchat("doctor")
    assert code == 0
    assert "not indexed yet" in err


REBUILT: dict[str, Callable[[Store], object]] = {
    "words": lambda store: store.database.execute(
        DAMAGES["words_1_document differs from the texts"]
    ),
    "vectors": lambda store: store.database.execute("DELETE FROM vectors WHERE rowid = 1"),
}


@pytest.mark.parametrize("damage", REBUILT)
def test_rebuild_puts_right_what_the_doctor_says_it_does(
    ragchat: Output, library: Path, damage: str
) -> None:
    with Store(library) as store:
        REBUILT[damage](store)
    assert ragchat("doctor")[0] == 5
    assert ragchat("rebuild")[0] == 0
    subprocess.run(["chmod", "-R", "go=", str(library)], check=True)
    assert ragchat("doctor")[0] == 0
