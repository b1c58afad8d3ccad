"""What is shown of an exchange that was found."""

from __future__ import annotations

from datetime import UTC, datetime

from hits import unfiltered

from ingest.conversation import Turn
from ingest.models.embedder import Embedder
from ingest.search.passages import LONG
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.retrieval.retriever import Retriever

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ASKED = "How do I get my sourdough bread to rise in a cold kitchen?"
ELSE = "Bicycle chains last longer when they are wiped and oiled after each ride in the rain. "
BEARS = "In a cold kitchen sourdough rises in an oven that has only its lamp on."
ANSWER = "\n\n".join([ELSE * 8, ELSE * 9, f"{BEARS} " * 4, ELSE * 9])


def shown(store: Store, embedder: Embedder, question: str, answer: str, query: str) -> str:
    """The text of the one passage that a query finds."""
    memory = Memory(store, "default")
    memory.remember(
        new_conversation(NOON),
        Turn("user", question, NOON, "q"),
        Turn("assistant", answer, NOON, "a"),
    )
    memory.index(embedder)
    found = unfiltered(Retriever(store, embedder), query)
    (passage,) = found.passages
    return passage.text


def test_of_a_long_answer_the_part_that_bears_on_the_question_is_shown(
    store: Store, embedder: Embedder
) -> None:
    text = shown(store, embedder, ASKED, ANSWER, ASKED)
    assert text.startswith(f"You: {ASKED}\n\nClaude: … ")
    assert BEARS in text
    assert len(text) < len(ANSWER) / 2


def test_a_short_answer_is_shown_whole(store: Store, embedder: Embedder) -> None:
    answer = (f"{BEARS}\n\n" * 9)[:LONG].strip()
    assert shown(store, embedder, ASKED, answer, ASKED) == f"You: {ASKED}\n\nClaude: {answer}"


def test_of_a_long_question_the_part_that_was_found_is_shown(
    store: Store, embedder: Embedder
) -> None:
    text = shown(store, embedder, ANSWER, "I see.", BEARS)
    assert BEARS in text
    assert text.endswith("Claude: I see.")
    assert len(text) < len(ANSWER) / 2
