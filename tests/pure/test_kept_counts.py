"""The counts that triggers keep are those that counting gives, whatever is written and deleted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.conversation import Turn
from ingest.document import Chunk, Description
from ingest.records.chunks import KeyedChunk
from ingest.records.database import Database
from ingest.records.ids import ConversationRow
from ingest.records.tables import Tables

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    with closing(Database(tmp_path / "ragchat.db")) as database:
        yield Tables(database)


@pytest.mark.parametrize("seed", range(6))
def test_exchanges_are_counted_as_they_come_move_and_go(tables: Tables, seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    run = tables.database.execute
    row = tables.collection("default")
    for n in range(3):
        run(
            "INSERT INTO conversations (collection_id, origin, key, title, started)"
            " VALUES (?, 'ragchat', ?, '', 0)",
            (row, f"c{n}"),
        )
    for n in range(60):
        conversation, exchange = chosen.randint(1, 3), f"e{chosen.randint(0, 4)}"
        kind = chosen.choice(["add", "add", "add", "delete", "move", "drop"])
        if kind == "add":
            if tables.database.row("SELECT 1 FROM conversations WHERE id = ?", (conversation,)):
                tables.conversations.add_turn(
                    ConversationRow(conversation), exchange, Turn("user", "", NOON, f"{n}")
                )
        elif kind == "delete":
            run(
                "DELETE FROM turns WHERE exchange = ? AND conversation_id = ?",
                (exchange, conversation),
            )
        elif kind == "move":
            run(
                "UPDATE turns SET exchange = ? WHERE key = ?", (exchange, f"{chosen.randint(0, n)}")
            )
        elif chosen.random() < 0.2:
            run("DELETE FROM conversations WHERE id = ?", (conversation,))
        (counted,) = tables.database.rows(
            "SELECT count(DISTINCT conversation_id), count(DISTINCT conversation_id || exchange)"
            " FROM turns"
        )
        assert tables.conversations.count(row) == tuple(counted)


def test_chunks_are_counted_by_language_as_documents_come_and_go(tables: Tables) -> None:
    texts = {
        "en": "The lighthouse keeper wrote down the weather of each evening in a blue book.",
        "de": "Der Leuchtturmwärter schrieb jeden Abend das Wetter in ein blaues Heft hinein.",
    }
    row = tables.collection("default")
    for n, text in enumerate((*texts.values(), texts["en"])):
        document = tables.documents.add(row, f"{n}", "text", Description("t"), 1)
        tables.documents.put_source(row, Path(f"/{n}"), 1, 1, document, 0.0)
        keyed = [KeyedChunk(f"k{n}", "", Chunk(text, 0, len(text), 1, 1))]
        tables.chunks.add(row, keyed, document=document)
    assert _counts(tables) == _recounted(tables) == {"en": 2, "de": 1}
    tables.database.execute("UPDATE chunks SET language = 'nl' WHERE key = 'k1'")
    tables.documents.remove_sources(row, [Path("/2")])
    tables.documents.drop_orphans(row)
    assert _counts(tables) == _recounted(tables) == {"en": 1, "nl": 1}
    assert tables.chunks.count() == 2


def test_the_latest_conversation_is_the_one_spoken_in_here(tables: Tables) -> None:
    row, other = tables.collection("default"), tables.collection("other")
    assert tables.conversations.latest(row) is None
    said = [(row, "first", True), (row, "second", True), (row, "b", False), (other, "x", True)]
    for n, (collection, key, here) in enumerate(said):
        tables.database.execute(
            "INSERT INTO conversations (collection_id, origin, key, title, started)"
            " VALUES (?, 'ragchat', ?, '', 0)",
            (collection, key),
        )
        turn = Turn("user", "", NOON.replace(hour=n), "k", here=here)
        tables.conversations.add_turn(ConversationRow(n + 1), f"e{n}", turn)
    assert tables.conversations.latest(row) == "second"
    assert tables.conversations.latest(other) == "x"


def _counts(tables: Tables) -> dict[str, int]:
    rows = tables.database.rows("SELECT language, chunks FROM chunk_counts WHERE chunks > 0")
    return dict(map(tuple, rows))


def _recounted(tables: Tables) -> dict[str, int]:
    rows = tables.database.rows("SELECT language, count(*) FROM chunks GROUP BY language")
    return dict(map(tuple, rows))
