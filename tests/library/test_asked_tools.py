"""What was said with a tool, or by its assistant, is found before what others say of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from exports import chatgpt, claude_ai, file, human
from hits import requested

from ingest.document import DocumentPassage, MemoryPassage
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.retrieval.retriever import Retriever

ASKED = "How much salt does the bread dough need?"


@pytest.fixture
def retriever(store: Store, embedder: Embedder, tmp_path: Path) -> Retriever:
    tree = chatgpt(
        "a",
        ("q", None, "user", ASKED),
        ("a", "q", "assistant", "The bread dough needs 20 grams of salt."),
    )
    (tmp_path / "chatgpt.json").write_text(json.dumps(tree))
    answered = {
        "uuid": "n",
        "sender": "assistant",
        "text": "The bread dough needs 12 grams of salt.",
    }
    file(tmp_path, "claude.json", claude_ai(human(ASKED), answered))
    (tmp_path / "WhatsApp Chat with Crew.txt").write_text(
        f"04/03/2026, 21:16 - Petra: {ASKED}\n04/03/2026, 21:17 - Jan: Less salt than you think\n"
    )
    (tmp_path / "bread.md").write_text("# Bread\n\nThe bread dough of the mill needs no salt.\n")
    Ingestion(store, embedder).run(sorted(tmp_path.iterdir()))
    return Retriever(store, embedder)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What did ChatGPT tell me about salt in the bread dough?", "20 grams"),
        ("What did Claude tell me about salt in the bread dough?", "12 grams"),
        ("What did we write on WhatsApp about salt in the bread dough?", "Less salt"),
    ],
)
def test_what_was_said_with_a_tool_comes_first(
    retriever: Retriever, question: str, answer: str
) -> None:
    found = requested(retriever, question).passages
    memories = [passage for passage in found if isinstance(passage, MemoryPassage)]
    assert [answer in memory.text for memory in memories] == [True]


def test_where_nothing_was_said_with_a_tool_all_is_looked_through(retriever: Retriever) -> None:
    found = requested(retriever, "What did Gemini tell me about salt in the bread dough?").passages
    assert any("20 grams" in passage.text for passage in found)


def test_documents_stay_beside_what_was_said_with_a_tool(retriever: Retriever) -> None:
    found = requested(retriever, "What did ChatGPT say of bread dough of the mill?").passages
    assert any(isinstance(passage, DocumentPassage) for passage in found)
