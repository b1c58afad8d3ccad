"""Every damage that is known to befall the files of a library, done to them, and what comes of it.

The commands run in a process of their own, since what Chroma makes of damaged files is a crash.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import warm

from ingest.document import Chunk, Description
from ingest.index.chroma import Folder
from ingest.index.vectors import Vectors
from ingest.models.embedder import Embedder
from ingest.records.chunks import KeyedChunk, text_hash
from ingest.records.database import Database
from ingest.records.facts import Facts
from ingest.records.public_ids import chunk_key
from ingest.store import Store
from ragchat.cli import run

MANY, FEW = 1010, 30
"""Chunks of two collections: the graph of 1,000 and more is written out, of fewer it is not."""
ASKED = 17

LOOP = """
import contextlib, io, json, sys
sys.path.append(sys.argv[1])
from warm import FORKED_VERIFICATION
from ingest.index import verification
from ragchat.cli import run
verification.subprocess = FORKED_VERIFICATION
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(json.loads(line))
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""

SEARCH = ["search", "Item 17 of the big stock list", "--collection", "big", "--json"]


class Told(NamedTuple):
    code: int
    out: str
    err: str


class Commands:
    """A process that runs one command after the other, and has to outlive them."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __call__(self, *words: object) -> Told:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-c", LOOP, str(Path(warm.__file__).parent)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps([str(word) for word in words]) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            self.close()
        assert line, f"the process died of {words}"
        told = Told(*json.loads(line))
        assert "Traceback" not in told.err
        return told

    def close(self) -> None:
        if self._child is not None:
            self._child.communicate()
        self._child = None


@pytest.fixture(scope="module")
def command() -> Iterator[Commands]:
    commands = Commands()
    yield commands
    commands.close()


def text(name: str, n: int) -> str:
    return f"Item {n} of the {name} stock list has the mark {name}{n}."


def fill(store: Store, embedder: Embedder, name: str, count: int) -> None:
    """A collection of one document. Most vectors have no meaning, which is quicker."""
    row, model = store.collection(name), store.use_model(embedder)
    vectors = np.random.default_rng(count).normal(size=(count, model.dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[ASKED] = embedder.embed_question(text(name, ASKED))
    chunks = [Chunk(text(name, n), n, n + 1, n, n) for n in range(count)]
    hashes = [text_hash("", piece.text) for piece in chunks]
    with store.database.transaction():
        kept = dict(zip(hashes, vectors.astype(np.float32), strict=True))
        store.vectors.put(model.id, kept)
        document = store.documents.add(row, name, "text", Description(name), 1)
        store.documents.put_source(row, Path(f"/{name}.txt"), 1, 1, document, 0.0)
        keyed = [KeyedChunk(chunk_key(name, piece, 1), "", piece) for piece in chunks]
        store.chunks.add(row, keyed, document=document)
    store.sync.flush()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, models: Path, embedder: Embedder) -> Path:
    """A library with a graph that is written out and one that is not, closed."""
    home = tmp_path_factory.mktemp("library") / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    with Store(home) as store:
        fill(store, embedder, "big", MANY)
        fill(store, embedder, "small", FEW)
    subprocess.run(["chmod", "-R", "go=", str(home)], check=True)
    assert len(list(home.glob("chroma/*/index_metadata.pickle"))) == 1
    assert len(list(home.glob("chroma/*/header.bin"))) == 2
    return home


def copied(library: Path, place: Path) -> Path:
    """The same library elsewhere; the times of its files are kept, and so it is as it was left."""
    shutil.copytree(library, place, symlinks=True)
    return place


def complete(home: Path) -> None:
    """Each chunk has its own vector in the index, and is found by it."""
    with Store(home) as store:
        model = store.model()
        assert model is not None
        rows = store.database.rows(
            "SELECT l.name, c.key, v.vector FROM chunks c JOIN collections l"
            " ON l.id = c.collection_id JOIN vectors v ON v.hash = c.hash"
        )
        assert len(rows) == MANY + FEW
    index = Vectors(Folder(home / "chroma"))
    index.open()
    for name, count in (("big", MANY), ("small", FEW)):
        within = model.index_name(name, "document")
        own = {r["key"]: model.matrix([r["vector"]])[0] for r in rows if r["name"] == name}
        stored = index.stored(within, list(own))
        assert stored.keys() == own.keys() == index.ids(within)
        assert len(own) == count
        assert all(np.allclose(stored[key][0], own[key], atol=1e-5) for key in own)
        for key in list(own)[:: count // 10]:
            assert index.search(within, own[key], 1, None)[0].id == key
    index.close()


def graph(file: str, *, written: bool = True) -> Callable[[Path], Path]:
    """A file of the folder of a graph."""

    def find(home: Path) -> Path:
        (folder,) = [
            header.parent
            for header in home.glob("chroma/*/header.bin")
            if (header.parent / "index_metadata.pickle").exists() is written
        ]
        return folder / file

    find.__name__ = file or "graph"
    return find


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scrambled(path: Path, *, start: int = 8192, size: int = 80_000) -> None:
    content = path.read_bytes()
    end = min(start + size, len(content))
    noise = np.random.default_rng(7).bytes(end - start)
    path.write_bytes(content[:start] + noise + content[end:])


def headless(path: Path) -> None:
    scrambled(path, start=0, size=100)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def replaced(path: Path) -> None:
    """A file where a folder should be."""
    removed(path)
    path.write_text("something else")


def index(home: Path) -> Path:
    return home / "chroma"


def sqlite(home: Path) -> Path:
    return home / "chroma" / "chroma.sqlite3"


def records(home: Path) -> Path:
    return home / "ragchat.db"


Place = Callable[[Path], Path]
Harm = Callable[[Path], None]

INDEX_DAMAGES: list[tuple[Place, Harm]] = [
    (sqlite, truncated),
    (sqlite, removed),
    (sqlite, scrambled),
    (graph("data_level0.bin"), scrambled),
    (graph("header.bin"), truncated),
    (graph("index_metadata.pickle"), emptied),
    (index, removed),
]
MORE_INDEX_DAMAGES: list[tuple[Place, Harm]] = [
    (sqlite, headless),
    (sqlite, emptied),
    (graph("data_level0.bin"), truncated),
    (graph("length.bin"), removed),
    (graph("link_lists.bin"), truncated),
    (graph("link_lists.bin"), headless),
    (graph("index_metadata.pickle"), removed),
    (graph(""), removed),
    (index, replaced),
]
"""Of the same kinds: tests/torture/damages.py."""
RECORDS_DAMAGES: list[tuple[Place, Harm]] = [
    (records, truncated),
    (records, headless),
    (records, removed),
    (records, emptied),
    (records, scrambled),
]


def named(damage: tuple[Place, Harm]) -> str:
    place, harm = damage
    return f"{place.__name__} {harm.__name__}"


@pytest.mark.parametrize("damage", INDEX_DAMAGES, ids=named)
def test_a_damaged_index_is_named_made_anew_and_complete(
    library: Path, command: Commands, tmp_path: Path, damage: tuple[Place, Harm]
) -> None:
    home, other = copied(library, tmp_path / "home"), copied(library, tmp_path / "other")
    place, harm = damage
    for folder in (home, other):
        harm(place(folder))
    doctor = command("doctor", "--home", home)
    assert doctor.code == 5
    assert "the index" in doctor.out
    assert "ragchat rebuild" in doctor.out
    search = command(*SEARCH, "--home", home)
    assert search.code == 0
    assert json.loads(search.out)[0]["text"] == text("big", ASKED)
    assert search.err.count("\n") == 1
    assert "rebuilding it" in search.err
    complete(home)
    rebuild = command("rebuild", "--json", "--home", other)
    assert rebuild.code == 0
    assert json.loads(rebuild.out)["records"] == MANY + FEW
    complete(other)


@pytest.mark.parametrize("damage", RECORDS_DAMAGES, ids=named)
def test_damaged_records_are_named_and_left_alone_and_a_backup_is_offered(
    library: Path, command: Commands, tmp_path: Path, damage: tuple[Place, Harm]
) -> None:
    home = copied(library, tmp_path / "home")
    place, harm = damage
    harm(place(home))
    before = records(home).read_bytes() if records(home).exists() else None
    doctor = command("doctor", "--home", home)
    others = [
        command(*words, "--home", home)
        for words in (["rebuild"], SEARCH, ["status"], ["backup", tmp_path / "backup.db"])
    ]
    assert doctor.code == 5
    for told in (doctor.out, *(other.err for other in others if other.code)):
        assert told.count("\n") == 1
        assert "ragchat.db" in told
        assert "ragchat restore FILE" in told
    if harm is not scrambled:  # whoever reads none of the damaged pages may go on
        assert [other.code for other in others] == [5] * 4
    assert not (tmp_path / "backup.db").exists()
    assert (records(home).read_bytes() if records(home).exists() else None) == before


@pytest.mark.parametrize("damage", RECORDS_DAMAGES, ids=named)
def test_a_backup_brings_everything_back_and_keeps_what_was_there(
    library: Path, tmp_path: Path, damage: tuple[Place, Harm]
) -> None:
    home = copied(library, tmp_path / "home")
    backup = tmp_path / "backup.db"
    assert run(["backup", str(backup), "--home", str(home)]) == 0
    place, harm = damage
    harm(place(home))
    before = records(home).read_bytes() if records(home).exists() else None
    assert run(["restore", str(backup), "--home", str(home)]) == 0
    complete(home)
    kept = list(home.glob("ragchat.db.before-*"))
    assert [path.read_bytes() for path in kept] == [before] * (before is not None)


@pytest.mark.parametrize(
    ("file", "harm"), [("data_level0.bin", scrambled), ("header.bin", truncated), ("", removed)]
)
def test_a_graph_that_is_not_written_out_is_not_needed(
    library: Path, command: Commands, tmp_path: Path, file: str, harm: Harm
) -> None:
    home = copied(library, tmp_path / "home")
    harm(graph(file, written=False)(home))
    search = command(*SEARCH, "--all", "--home", home)
    assert (search.code, search.err) == (0, "")
    complete(home)


def test_a_damage_within_a_write_of_the_same_size_is_seen_by_its_time(
    library: Path, command: Commands, tmp_path: Path
) -> None:
    home = copied(library, tmp_path / "home")
    file = graph("data_level0.bin")(home)
    size = file.stat().st_size
    scrambled(file, start=size // 2)
    assert file.stat().st_size == size
    doctor = command("doctor", "--home", home)
    assert "not as it was left (data_level0.bin)" in doctor.out
    search = command(*SEARCH, "--home", home)
    assert (search.code, search.err.count("\n")) == (0, 1)


def test_what_was_left_unfinished_and_is_sound_is_kept(
    library: Path, command: Commands, tmp_path: Path
) -> None:
    home = copied(library, tmp_path / "home")
    kept = graph("data_level0.bin")(home).stat()
    left_unfinished(home)
    search = command(*SEARCH, "--home", home)
    assert (search.code, search.err) == (0, "")
    assert graph("data_level0.bin")(home).stat().st_ino == kept.st_ino
    complete(home)


def test_a_graph_that_a_killed_process_was_writing_is_made_anew(
    library: Path, command: Commands, tmp_path: Path
) -> None:
    home = copied(library, tmp_path / "home")
    left_unfinished(home)
    graph("link_lists.bin")(home).touch()
    search = command(*SEARCH, "--home", home)
    assert search.code == 0
    assert "the index was left unfinished: rebuilding it" in search.err
    complete(home)


def left_unfinished(home: Path) -> None:
    """As a process that is killed as it begins to write leaves a library."""
    with closing(Database(records(home))) as database:
        Facts(database).generation += 1
