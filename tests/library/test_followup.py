from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.models.embedder import Embedder
from ingest.models.embedding import Embedding
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.query.followup import PARTLY, WORDS, Earlier, background, leans
from ragchat.query.query import Query, read_query
from ragchat.retrieval.policy import Unfiltered
from ragchat.retrieval.retriever import Retriever


@pytest.mark.parametrize(
    "question",
    ["why?", "and in 2023?", "the second one", "what did she say then?", "und dort?", "pourquoi ?"],
)
def test_a_question_that_says_too_little_leans_on_what_was_said(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    ["How long does a passport renewal take?", "which database stores orders and invoices"],
)
def test_a_question_with_words_of_its_own_stands_alone(question: str) -> None:
    assert not leans(question)


def test_the_last_exchange_and_the_question_before_it_are_leaned_on() -> None:
    earlier = [Earlier("one", "a"), Earlier("two", "b"), Earlier("three", "c" * 999)]
    assert background(earlier) == f"three {'c' * 200} two"


@pytest.mark.parametrize(
    ("question", "behind"),
    [
        ("why?", 1.0),
        ("and the train to Nice?", 1.0),
        ("does it open novels in the format of Apple Pages?", PARTLY),
        ("When is the compost emptied?", PARTLY),
        ("and when is the compost emptied?", 1.0),
        ("anything for children?", 1.0),
        ("welche Steuern werden dort in Hamburg beim Kauf fällig?", PARTLY),
        ("那为什么？", 1.0),
        ("Which ferry sails from Dover to Calais?", 0.0),
    ],
)
def test_the_more_a_question_says_itself_the_less_it_leans(question: str, behind: float) -> None:
    query = after("How high is the tower?", question)
    assert query.leaning == behind
    assert query.words.behind_weight == behind * WORDS
    assert query.words.text == question


@pytest.mark.parametrize(
    ("last", "question"),
    [
        ("Wie hoch ist der Turm?", "Wann wird die Biotonne geleert?"),
        ("Jaka jest wysokość wieży?", "Kiedy działa winda?"),
    ],
)
def test_a_short_question_leans_on_one_in_its_language_alone(last: str, question: str) -> None:
    assert after(last, question).leaning == PARTLY
    assert after("How high is the tower?", question).leaning == 0


def after(last: str, question: str) -> Query:
    """A question as it is read after another."""
    before = [Earlier(last, "60 metres.")]
    return read_query(
        question, lambda _text: Embedding(lambda: np.ones(1, np.float32)), before=before
    )


def found(store: Store, embedder: Embedder, question: str, *before: Earlier) -> str:
    retriever = Retriever(store, embedder)
    query = retriever.read(question, before)
    return retriever.retrieve(query, Scope(), Unfiltered(1)).passages[0].text


@pytest.fixture
def trains(store: Store, embedder: Embedder, tmp_path: Path) -> Store:
    folder = tmp_path / "trains"
    folder.mkdir()
    (folder / "lyon.md").write_text("The train to Lyon leaves at nine and takes two hours.\n")
    (folder / "nice.md").write_text("The train to Nice leaves at noon and takes five hours.\n")
    (folder / "bread.md").write_text("Rye bread is baked for an hour at 200 degrees.\n")
    Ingestion(store, embedder).run([folder])
    return store


def test_a_follow_up_is_searched_with_what_it_follows(trains: Store, embedder: Embedder) -> None:
    before = Earlier("When does the train to Nice leave?", "At noon.")
    assert "Nice" in found(trains, embedder, "how long does that take?", before)


def test_a_change_of_topic_is_searched_as_it_is(trains: Store, embedder: Embedder) -> None:
    before = Earlier("When does the train to Nice leave?", "At noon.")
    asked = "How hot must the oven be for rye bread?"
    assert "Rye bread" in found(trains, embedder, asked, before)


def test_what_the_last_answer_cited_is_carried_over(trains: Store, embedder: Embedder) -> None:
    rows = trains.database.rows("SELECT key FROM chunks WHERE text LIKE '%Lyon%'")
    before = Earlier("Which trains are there?", "Two.", frozenset({rows[0]["key"]}))
    assert "Lyon" in found(trains, embedder, "and when?", before)
