"""Records that the graph of the index does not lead to are found all the same."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.index.vectors import CONFIGURATION
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.candidates import Scope
from ingest.store import Store

WORDS = Path(__file__).read_text().replace('"', " ").split()
NOTES = 700


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
        chosen = random.Random(number).sample(WORDS, 12)  # noqa: S311 - the same in every run
        (folder / f"{number}.txt").write_text(f"Note {number}: {' '.join(chosen)}.\n")
    return folder


def vectors(store: Store) -> dict[int, np.ndarray]:
    rows = store.database.rows("SELECT c.id, v.vector FROM chunks c JOIN vectors v USING (hash)")
    return {row["id"]: np.frombuffer(row["vector"], np.float32) for row in rows}


def found(store: Store) -> Iterator[int]:
    """The chunks that are among the nearest to their own vector."""
    for chunk, vector in vectors(store).items():
        if chunk in {each.chunk for each in store.candidates("", vector, Scope(), 5)}:
            yield chunk


def strays(store: Store) -> set[str]:
    rows = store.database.rows("SELECT value FROM facts WHERE name LIKE 'strays:%'")
    return {key for row in rows for key in json.loads(row["value"])}


@pytest.mark.usefixtures("thin")
def test_every_record_is_found_by_its_own_vector(
    store: Store, docs: Path, embedder: Embedder
) -> None:
    Ingestion(store, embedder).run([docs])
    lost = strays(store)
    assert lost
    assert len(set(found(store))) == NOTES
    # Without them, as a search of the graph has it:
    store.database.execute("UPDATE facts SET value = '[]' WHERE name LIKE 'strays:%'")
    assert len(set(found(store))) <= NOTES - len(lost) / 2


@pytest.mark.usefixtures("thin")
def test_strays_that_are_gone_are_forgotten(store: Store, docs: Path, embedder: Embedder) -> None:
    Ingestion(store, embedder).run([docs])
    assert strays(store)
    for path in docs.iterdir():
        path.write_text(f"Of {path.name} nothing stays.\n")
    Ingestion(store, embedder).run([docs])
    keys = {row["key"] for row in store.database.rows("SELECT key FROM chunks")}
    assert strays(store) <= keys
    assert len(set(found(store))) == NOTES


@pytest.mark.usefixtures("thin")
def test_a_process_that_was_killed_before_it_looked_is_made_up_for(
    home: Path, docs: Path, embedder: Embedder
) -> None:
    with Store(home) as store:
        Ingestion(store, embedder).run([docs])
        (name,) = {
            row["name"].partition(":")[2]
            for row in store.database.rows("SELECT name FROM facts WHERE name LIKE 'strays:%'")
        }
        store.database.put_fact(f"strays:{name}", "[]")
        store.database.put_fact(f"new:{name}", str(NOTES))
    with Store(home) as store:
        assert len(set(found(store))) == NOTES
        assert store.database.fact(f"new:{name}") == "0"


def test_an_ordinary_graph_leaves_hardly_any(store: Store, docs: Path, embedder: Embedder) -> None:
    Ingestion(store, embedder).run([docs])
    assert len(set(found(store))) == NOTES
    assert len(strays(store)) < NOTES / 100
