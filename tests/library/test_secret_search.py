"""Secrets that an earlier version has stored are found, and not shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from planted import PLANTED

from ingest.conversation import Turn
from ingest.maintenance.secret_search import stored_secrets
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.records.ids import CollectionId
from ingest.store import Store
from ragchat.memory import Memory, new_conversation

KEY = PLANTED["Anthropic key"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def library(store: Store, embedder: Embedder, tmp_path: Path) -> Store:
    """One document and one exchange."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "sea.md").write_text("# Sea\n\nThe tide turns.\n")
    Ingestion(store, embedder).run([tmp_path / "docs"])
    memory = Memory(store, "default")
    question = Turn("user", "When does the tide turn?", NOON, "q")
    memory.remember(new_conversation(NOON), question, Turn("assistant", "At noon.", NOON, "a"))
    store.database.execute("INSERT INTO summaries SELECT id, 'x', 'Tides.' FROM conversations")
    return store


def test_a_library_without_secrets_has_none(library: Store) -> None:
    assert stored_secrets(library.texts()) == []


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("document", "UPDATE chunks SET text = text || ?"),
        ("document", "UPDATE documents SET title = ?"),
        ("turn", "UPDATE turns SET text = ? WHERE role = 'user'"),
        ("turn", "UPDATE turns SET key = ? WHERE role = 'user'"),
        ("turn", "UPDATE turns SET model = ? WHERE role = 'assistant'"),
        ("title", "UPDATE conversations SET title = ?"),
        ("summary", "UPDATE summaries SET text = ?"),
    ],
)
def test_what_was_stored_before_is_found(library: Store, where: str, change: str) -> None:
    library.database.execute(change, (f" It is {KEY} now",))
    (found,) = stored_secrets(library.texts())
    assert (found.kind, found.where, found.collection) == ("Anthropic key", where, "default")
    assert "sea.md:1" in found.place or library.conversations.find(
        CollectionId(1), found.place.split()[0]
    )


@pytest.mark.parametrize(
    "change", ["UPDATE conversations SET key = ?", "UPDATE conversations SET origin = ?"]
)
def test_a_conversation_named_by_a_secret_is_found(library: Store, change: str) -> None:
    library.database.execute(change, (KEY,))
    found, *others = stored_secrets(library.texts())
    assert (found.kind, found.where) == ("Anthropic key", "conversation")
    assert KEY not in f"{found}{others}"


def test_a_secret_in_a_path_is_told_without_it(library: Store) -> None:
    library.database.execute("UPDATE sources SET path = ?", (f"/notes/{KEY}.md".encode(),))
    (found,) = stored_secrets(library.texts())
    assert (found.where, found.place) == ("path", "/notes/[Anthropic key].md")
