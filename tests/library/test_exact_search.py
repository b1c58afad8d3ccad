"""A process that has not opened the index searches a small library exactly, and finds the same."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hits import candidates

from ingest.conversation import Turn
from ingest.index.vectors import Near
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search import dense
from ingest.search.candidates import Candidate
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store
from ragchat.memory import Memory, new_conversation

NOTES = 40
QUESTION = "Which lamp burns at the third pier?"


@pytest.fixture
def library(home: Path, tmp_path: Path, tiny: Embedder) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(NOTES):
        (docs / f"{number}.txt").write_text(f"Lamp {number} burns at pier {number * 7}.\n")
    with Store(home) as store:
        Ingestion(store, tiny).run([docs])
    return home


def search(store: Store, embedder: Embedder) -> list[Candidate]:
    vector = embedder.embed_question(QUESTION)
    return candidates(store, WordQuery(QUESTION), vector, Scope(), 10)


def test_the_index_stays_closed_and_the_candidates_are_the_same(
    library: Path, tiny: Embedder
) -> None:
    with Store(library) as store:
        exact = search(store, tiny)
        assert not store.index.is_open
        store.sync.refresh()
        indexed = search(store, tiny)
    assert len(exact) >= 10
    assert [found.chunk for found in exact] == [found.chunk for found in indexed]
    for one, other in zip(exact, indexed, strict=True):
        assert one.signals.cosine == pytest.approx(other.signals.cosine, abs=1e-5)


def test_a_process_that_searches_often_opens_the_index(library: Path, tiny: Embedder) -> None:
    with Store(library) as store:
        for _ in range(dense.FIRST_TIMES):
            search(store, tiny)
            assert not store.index.is_open
        search(store, tiny)
        assert store.index.is_open


def test_a_larger_library_opens_the_index(
    library: Path, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "FEW", NOTES - 1)
    with Store(library) as store:
        search(store, tiny)
        assert store.index.is_open


def test_an_index_that_is_not_as_it_was_left_is_rebuilt_all_the_same(
    library: Path, tiny: Embedder
) -> None:
    shutil.rmtree(library / "chroma")
    said: list[str] = []
    with Store(library, on_wait=said.append) as store:
        assert search(store, tiny)
        assert store.index.is_open
    assert [line for line in said if "is missing" in line]


def test_what_waits_for_the_index_is_written_to_it(library: Path, tiny: Embedder) -> None:
    with Store(library) as store:
        model = store.use_model(tiny)
        store.queue.add_all(model.id)
        assert search(store, tiny)
        assert store.queue.count(model.id) == 0


@pytest.mark.parametrize(("since", "asked"), [(5, [{}]), (35, [{}, {"time": {"$gte": 35.0}}])])
def test_a_filter_that_leaves_most_is_laid_over_what_is_nearest(
    store: Store,
    tiny: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    since: int,
    asked: list[dict[str, object]],
) -> None:
    memory = Memory(store, "default")
    for n in range(NOTES):
        time = datetime.fromtimestamp(n, UTC)
        asking = Turn("user", f"Lamp {n}?", time, f"{n}q")
        answer = Turn("assistant", f"At pier {n}.", time, f"{n}a")
        memory.remember(new_conversation(time), asking, answer)
    memory.index(tiny)
    scope = Scope(kinds=("memory",), since=float(since))
    wheres: list[object] = []
    inner = store.index.search

    def search(*details: Any) -> list[Near]:
        wheres.append(details[-1])
        return inner(*details)

    monkeypatch.setattr(store.index, "search", search)
    vector = tiny.embed_question(QUESTION)
    found = candidates(store, WordQuery(""), vector, scope, 10)
    assert wheres == asked
    assert len(found) == 10
    monkeypatch.setattr(dense, "AMONG", 1)
    whole = candidates(store, WordQuery(""), vector, scope, 10)
    assert {one.chunk for one in found} == {one.chunk for one in whole}
    assert all(one.time is not None and one.time >= since for one in found)
