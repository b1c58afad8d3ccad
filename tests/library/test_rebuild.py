"""Changing the embedding model: refused by accident, done on purpose, and never mixed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hits import candidates
from test_store import TEXTS, best, fill

from ingest.errors import ModelMismatch
from ingest.models.embedder import Embedder
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store
from ragchat.cli import run


@pytest.fixture
def other(tiny: Embedder, monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """A small model of other vectors and another dimension, which no setting names."""
    monkeypatch.delenv("RAGCHAT_EMBEDDING_MODEL")
    return tiny


def test_a_library_changes_its_model_and_back(
    store: Store, embedder: Embedder, other: Embedder
) -> None:
    fill(store, embedder, TEXTS)
    with pytest.raises(ModelMismatch, match="ragchat rebuild --model"):
        store.use_model(other)
    advanced: list[int] = []
    assert store.sync.rebuild(other, advanced.append) == len(TEXTS)
    assert advanced == [len(TEXTS)]
    active = store.model()
    assert active is not None
    assert (active.fingerprint, active.dimension) == (other.fingerprint, other.dimension)
    for text in TEXTS:
        found = candidates(store, WordQuery(text), other.embed_passages([text])[0], Scope(), 1)
        assert max(candidate.signals.cosine for candidate in found) > 0.999
    assert store.database.scalar("SELECT count(DISTINCT model_id) FROM vectors") == 1
    with pytest.raises(ModelMismatch):
        store.use_model(embedder)
    assert store.sync.rebuild(embedder) == len(TEXTS)
    assert best(store, embedder, TEXTS[0]) == TEXTS[0]


def test_the_command_changes_it_and_later_commands_follow(
    home: Path, tmp_path: Path, other: Embedder, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_text(f"# Stock\n\n{TEXTS[2]}\n")

    def ragchat(*words: str) -> int:
        return run([*words, "--home", str(home)])

    assert ragchat("ingest", str(tmp_path / "a.md")) == 0
    assert ragchat("rebuild", "--model", other.name) == 0
    capsys.readouterr()
    assert ragchat("status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["embedding_model"] == other.name
    assert ragchat("ingest", str(tmp_path / "a.md")) == 0
    assert ragchat("search", "invoice QX-4471") == 0
    assert "a.md" in capsys.readouterr().out
