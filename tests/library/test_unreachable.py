"""Records that the graph of the index does not lead to are found all the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hits import candidates

from ingest.index.vectors import CONFIGURATION
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search import dense
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store
from ragchat.memory import Memory

WORDS = [
    f"{one}{other}"
    for one in "ba ke lo mi tu ra so ne vi du".split()
    for other in "dan fir gol hup jen kam lis mor nat pel".split()
]
NOTES = 300


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs of so few links that they lose many records."""
    monkeypatch.setitem(CONFIGURATION["hnsw"], "max_neighbors", 3)
    monkeypatch.setitem(CONFIGURATION["hnsw"], "ef_construction", 10)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(NOTES):
        chosen = random.Random(number).sample(WORDS, 4)  # noqa: S311 - the same in every run
        (folder / f"{number}.txt").write_text(f"Note {number}: {' '.join(chosen)}.\n")
    return folder


def vectors(store: Store) -> dict[int, np.ndarray]:
    rows = store.database.rows("SELECT c.id, v.vector FROM chunks c JOIN vectors v USING (hash)")
    return {row["id"]: np.frombuffer(row["vector"], np.float16).astype("f4") for row in rows}


def found(store: Store) -> Iterator[int]:
    """The chunks that are among the nearest to their own vector."""
    for chunk, vector in vectors(store).items():
        if chunk in {
            candidate.chunk for candidate in candidates(store, WordQuery(""), vector, Scope(), 5)
        }:
            yield chunk


def unreachable(store: Store) -> set[str]:
    return {row["key"] for row in store.database.rows("SELECT key FROM unreachable")}


def waiting(store: Store) -> int:
    sql = "SELECT count(*) FROM chunks c WHERE c.id > (SELECT coalesce(max(last), 0) FROM looked)"
    return int(store.database.scalar(sql))


@pytest.mark.usefixtures("thin")
def test_every_record_is_found_by_its_own_vector(store: Store, docs: Path, tiny: Embedder) -> None:
    Ingestion(store, tiny).run([docs])
    lost = unreachable(store)
    assert lost
    assert len(set(found(store))) == NOTES
    # Without them, as a search of the graph has it:
    store.database.execute("DELETE FROM unreachable")
    assert len(set(found(store))) <= NOTES - len(lost) / 2


@pytest.mark.usefixtures("thin")
def test_unreachable_records_that_are_gone_are_forgotten(
    store: Store, docs: Path, tiny: Embedder
) -> None:
    Ingestion(store, tiny).run([docs])
    assert unreachable(store)
    for path in docs.iterdir():
        path.write_text(f"Of {path.name} nothing stays.\n")
    Ingestion(store, tiny).run([docs])
    keys = {row["key"] for row in store.database.rows("SELECT key FROM chunks")}
    assert unreachable(store) <= keys
    assert len(set(found(store))) == NOTES


@pytest.mark.usefixtures("thin")
def test_what_a_killed_process_did_not_look_for_is_looked_for_behind_an_answer(
    home: Path, docs: Path, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "FEW", 0)  # a search that opens no index misses nothing
    with Store(home) as store:
        Ingestion(store, tiny).run([docs])
        store.database.execute("DELETE FROM unreachable")
        store.database.execute("DELETE FROM looked")
    with Store(home) as store:
        candidates(store, WordQuery("note"), next(iter(vectors(store).values())), Scope(), 5)
        assert waiting(store) == NOTES  # never in front of an answer
        Memory(store, "default").index(tiny)
        assert waiting(store) == 0
        assert len(set(found(store))) == NOTES


@pytest.mark.usefixtures("thin")
def test_a_call_looks_for_so_many_and_later_calls_for_the_others(
    store: Store, docs: Path, tiny: Embedder
) -> None:
    Ingestion(store, tiny).run([docs])
    assert unreachable(store)  # so that a sample is not enough
    store.database.execute("DELETE FROM looked")
    store.sync.look_for_unreachable(most=100)
    assert waiting(store) == NOTES - 100
    for _ in range(4):
        store.sync.look_for_unreachable(most=100)
    assert waiting(store) == 0
    assert len(set(found(store))) == NOTES


def test_an_even_sample_speaks_for_a_graph_that_loses_none(
    store: Store, docs: Path, tiny: Embedder
) -> None:
    Ingestion(store, tiny).run([docs])
    store.database.execute("DELETE FROM unreachable")
    store.database.execute("DELETE FROM looked")
    store.sync.look_for_unreachable(most=60)
    assert waiting(store) == 0


def test_an_ordinary_graph_leaves_hardly_any(store: Store, docs: Path, tiny: Embedder) -> None:
    Ingestion(store, tiny).run([docs])
    assert len(set(found(store))) == NOTES
    assert len(unreachable(store)) < NOTES / 100
