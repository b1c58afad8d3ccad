"""Questions about the one who asks: how they are known, and what they bring in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hits import requested

from ingest.conversation import Turn
from ingest.models.embedder import Embedder
from ingest.models.embedding import Embedding
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.claude.tokens import ChatModel
from ragchat.memory import Memory, new_conversation
from ragchat.query.query import read_query
from ragchat.request.composer import Composer
from ragchat.request.limits import Limits
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.retriever import Retriever


@pytest.mark.parametrize(
    "text",
    [
        "what's my nephew called?",
        "Where did we stay in Porto?",
        "who beat me at chess",
        "Who do I still have to pay back?",
        "What did I say that I like?",
        "Remind me what our boiler firm is called?",
        "how long have I been taking the pills?",
        "Wie heißt mein Neffe?",
        "Wo waren wir im Urlaub?",
        "Comment s'appelle mon neveu ?",
        "¿Cómo se llama mi sobrino?",
    ],
)
def test_a_question_about_oneself_is_known(text: str) -> None:
    assert _about_user(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I sort a list?",
        "Can I use the API without a key?",
        "Could you tell me which moons Saturn has?",
        "Do I need to restart the server?",
        "Show me how the cache works, please?",
        "Which US states border on Canada?",
        "What is the deadline?",
        "My sister has had the baby, a boy.",
        "Wie kann ich eine Liste sortieren?",
        "Comment puis-je trier une liste ?",
        "I want you to write a parser. " + "It reads lines of text. " * 10 + "Can you do my tests?",
    ],
)
def test_advice_tasks_and_statements_are_none(text: str) -> None:
    assert not _about_user(text)


def _about_user(text: str) -> bool:
    query = read_query(text, lambda _text: Embedding(lambda: np.ones(1, np.float32)))
    return query.about_user.asks_for_statements


TOLD = "Tim came home with hives after eating Brazil nuts, so those are off the list for good."
ASKED = "What is it that my son is allergic to?"
TOPICS = ("bread", "trains", "taxes", "knitting", "chess", "cellos", "bees", "tea", "tyres", "wool")


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A library whose memory holds one fact, a hundred requests and things that were told."""
    home = tmp_path_factory.mktemp("talked")
    with Store(home) as store:
        _talk(store, embedder)
    return home


def _talk(store: Store, embedder: Embedder) -> None:
    memory = Memory(store, "default")
    said = [f"Give me {n} tips on {topic}." for n in range(2, 12) for topic in TOPICS]
    said += [f"We talked about {topic} at dinner and I liked it." for topic in TOPICS]
    talk = new_conversation(datetime(2026, 3, 4, tzinfo=UTC))
    for number, text in enumerate([*said[:50], TOLD, *said[50:]]):
        time = talk.started + timedelta(minutes=number)
        question = Turn("user", text, time, f"{number}-q")
        answer = Turn("assistant", "I see.", time, f"{number}-a")
        talk, _ = memory.remember(talk, question, answer)
    memory.index(embedder)


@pytest.fixture
def remembering(talked: Path, home: Path) -> Iterator[Store]:
    """A copy of that library, open."""
    shutil.copytree(talked, home, dirs_exist_ok=True)
    with Store(home) as store:
        yield store


@pytest.fixture
def remembered(remembering: Store, embedder: Embedder) -> Retriever:
    return Retriever(remembering, embedder)


def test_what_was_told_is_found_though_it_shares_no_word(remembered: Retriever) -> None:
    found = requested(remembered, ASKED).passages
    assert any(TOLD in passage.text for passage in found)
    asked_of_nobody = requested(remembered, "Who mended the gate?")
    assert asked_of_nobody.passages == ()


def test_short_things_that_were_told_come_along(remembered: Retriever) -> None:
    asked = "What did we talk about at dinner?"
    few = requested(remembered, asked, 2).passages
    more = requested(remembered, asked, 2, personal_memories=5).passages
    assert (len(few), len(more)) == (2, 7)
    assert more[:2] == few
    assert all("I see." not in hit.text for hit in more[2:])
    assert len({hit.id for hit in more}) == 7


def test_the_ledger_says_why_they_are_sent(remembered: Retriever) -> None:
    composer = Composer(ChatModel("claude-sonnet-5-5"), lambda: remembered, Scope())
    limits = Limits(
        top_k=2,
        window_tokens=2000,
        context_tokens=3000,
        request_tokens=6000,
        max_tokens=1000,
        personal_memories=5,
    )
    now = datetime(2026, 3, 5, tzinfo=UTC)
    prepared = composer.compose(
        UserMessage("What did we talk about at dinner?"), (), limits, now=now
    )
    sent = [entry.reason for entry in prepared.ledger if entry.sent]
    assert sent == ["", ""] + ["one of your short statements"] * 5


def test_nobody_elses_question_brings_more(remembered: Retriever) -> None:
    plain = requested(remembered, "Any tips on bread?", 2, personal_memories=5).passages
    assert len(plain) == 2


def test_advice_brings_no_private_memory_and_what_is_known_of_the_user_does(
    remembered: Retriever,
) -> None:
    for asked in ("How do I change my ssh key?", "Why does my kettle leak?"):
        assert not requested(remembered, asked, 3, personal_memories=5).passages, asked
    found = requested(remembered, "What do you know about me?", 3, personal_memories=20).passages
    assert any("dinner" in passage.text for passage in found)


def test_thanks_are_no_memories(store: Store, embedder: Embedder) -> None:
    memory = Memory(store, "default")
    talk = new_conversation(datetime(2026, 3, 4, tzinfo=UTC))
    for number, text in enumerate(["ok", "Thanks, that worked.", "My locker is number 42."]):
        time = talk.started + timedelta(minutes=number)
        answer = Turn("assistant", "You're welcome.", time, f"{number}-a")
        talk, _ = memory.remember(talk, Turn("user", text, time, f"{number}-q"), answer)
    memory.index(embedder)
    retriever = Retriever(store, embedder)
    query = retriever.read("What do you know about me?")
    asked = {one.candidate.turn for one in retriever.rank(query, Scope())}
    texts = store.database.rows("SELECT id, text FROM turns WHERE role = 'user'")
    assert [row["text"] for row in texts if row["id"] in asked] == ["My locker is number 42."]


def test_documents_that_answer_leave_no_room_for_private_statements(
    remembered: Retriever, remembering: Store, embedder: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "leave.md").write_text("My vacation days: everyone has 28 days of vacation.\n")
    Ingestion(remembering, embedder).run([tmp_path])
    found = requested(remembered, "What are my vacation days?", 8, personal_memories=5)
    assert [passage.kind for passage in found.passages] == ["document"]
