"""The seal over the files of the index: what it notices and what it need not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.errors import StoreError
from ingest.index.seal import Seal, changed_graphs, restore_times, take_seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files as Chroma lays them out: a graph that is written out, and one that is not."""
    for name in ("written/index_metadata.pickle", "written/header.bin", "new/header.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"content")
    (tmp_path / "chroma.sqlite3").write_bytes(b"content")
    return tmp_path


def test_a_seal_outlives_being_kept(folder: Path) -> None:
    seal = take_seal(folder, 3)
    assert Seal.loads(seal.dumps()) == seal == take_seal(folder, 3)
    assert seal != take_seal(folder, 4)


def test_size_time_and_presence_of_a_graphs_files_are_sealed(folder: Path) -> None:
    seal = take_seal(folder, 1)
    header, pickle = folder / "written" / "header.bin", folder / "written" / "index_metadata.pickle"
    state = header.stat()
    os.utime(header, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert changed_graphs(seal, take_seal(folder, 1)) == ["written/header.bin"]
    os.utime(header, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert changed_graphs(seal, take_seal(folder, 1)) == []
    pickle.unlink()
    assert len(changed_graphs(seal, take_seal(folder, 1))) == 2


def test_a_graph_that_was_begun_since_is_a_change(folder: Path) -> None:
    seal = take_seal(folder, 1)
    (folder / "new" / "index_metadata.pickle").write_bytes(b"half")
    assert len(changed_graphs(seal, take_seal(folder, 1))) == 2


def test_what_chroma_rewrites_at_each_opening_is_not_sealed(folder: Path) -> None:
    seal = take_seal(folder, 1)
    (folder / "new" / "header.bin").write_bytes(b"other")
    assert take_seal(folder, 1) == seal


def test_a_change_of_chromas_own_sqlite_file_is_seen_and_is_no_graphs(folder: Path) -> None:
    seal = take_seal(folder, 1)
    (folder / "chroma.sqlite3").write_bytes(b"other content")
    assert take_seal(folder, 1) != seal
    assert changed_graphs(seal, take_seal(folder, 1)) == []


def test_an_opening_that_wrote_nothing_new_need_not_be_sealed(folder: Path) -> None:
    seal = take_seal(folder, 1)
    for name in ("chroma.sqlite3", "written/header.bin"):
        os.utime(folder / name)
    restore_times(folder, seal)
    assert changed_graphs(seal, take_seal(folder, 1)) == ["written/header.bin"]
    os.utime(folder / "written" / "header.bin", ns=(0, seal.files["written/header.bin"][1]))
    assert take_seal(folder, 1) == seal
    (folder / "chroma.sqlite3").write_bytes(b"more content")
    restore_times(folder, seal)
    assert take_seal(folder, 1) != seal


def test_without_a_seal_every_graph_is_strange(folder: Path) -> None:
    assert len(changed_graphs(Seal.loads(None), take_seal(folder, 0))) == 2


def test_a_folder_that_cannot_be_seen_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="check its permissions"):
        take_seal(tmp_path / "nowhere", 1)
