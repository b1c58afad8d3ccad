"""The times that a question names, and what they do to memory."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hits import search

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.retrieval.fusion import IN_TIME
from ragchat.retrieval.library_facts import LibraryFacts
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retriever

NOW = datetime(2024, 5, 15, 15).astimezone()  # a Wednesday
APRIL = datetime(2024, 4, 2, 12).timestamp()


@pytest.fixture
def talks(store: Store, embedder: Embedder, tmp_path: Path) -> Retriever:
    lines = [
        f'{{"conv": "{day}", "id": "{day}", "speaker": "Ann", "date": "{day}T12:00:00",'
        f' "text": "{text}"}}\n'
        for day, text in [
            ("2024-03-05", "The roof leaks above the kitchen."),
            ("2024-05-14", "The roof leaks above the bathroom."),
            ("2024-04-02", "The cat likes the new sofa."),
        ]
    ]
    (tmp_path / "talks.jsonl").write_text("".join(lines))
    Ingestion(store, embedder).run([tmp_path / "talks.jsonl"])
    return Retriever(store, embedder)


def said(talks: Retriever, question: str, scope: Scope | None = None) -> list[str]:
    scope = scope or Scope(kinds=("memory",))
    found = search(talks, question, ForRequest(5), scope, NOW)
    return [passage.text for passage in found.passages]


def test_a_named_time_ranks_memory_and_leaves_out_nothing(talks: Retriever) -> None:
    first, second = said(talks, "Where did the roof leak in March?")[:2]
    assert "kitchen" in first
    assert "bathroom" in second


def test_a_score_is_shown_as_1_at_most_whatever_a_time_adds(talks: Retriever) -> None:
    scope, asked = Scope(kinds=("memory",)), "Where did the roof leak above the kitchen in March?"
    assert talks.rank(talks.read(asked, now=NOW), scope)[0].score > 1
    assert search(talks, asked, ForRequest(1), scope, NOW).hits[0].score == 1


def test_memory_is_narrowed_to_when_something_was_said(talks: Retriever) -> None:
    (only,) = said(talks, "What did we say last Tuesday?")
    assert "bathroom" in only


def test_what_was_said_before_an_open_time_does_not_come_behind(talks: Retriever) -> None:
    (only,) = said(talks, "Where has the roof leaked since 1 May?")
    assert "bathroom" in only


def test_a_time_in_which_nothing_was_said_narrows_nothing(talks: Retriever) -> None:
    assert len(said(talks, "What did we say about the leak of the roof last year?")) > 1


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did we say last Tuesday?", ["bathroom"]),
        ("What did I tell you last month?", ["sofa"]),
        ("What did I tell you last weekend?", []),
        ("What did we decide on 3 May 2024?", ["Minutes of 3 May"]),
        ("What did we decide on 4 May 2024?", []),
    ],
)
def test_documents_do_not_answer_what_was_said_in_a_time(
    talks: Retriever,
    store: Store,
    embedder: Embedder,
    tmp_path: Path,
    question: str,
    found: list[str],
) -> None:
    (tmp_path / "minutes.md").write_text("Minutes of 3 May 2024: we decided to tar the roof.\n")
    (tmp_path / "rota.md").write_text("Last Tuesday, last weekend, last month: who cleans.\n")
    Ingestion(store, embedder).run([tmp_path / "minutes.md", tmp_path / "rota.md"])
    texts = said(talks, question, Scope())
    assert len(texts) == len(found)
    assert all(part in text for part, text in zip(found, texts, strict=True))


def facts(talks: Retriever, question: str) -> LibraryFacts | None:
    return talks.library_facts(talks.read(question, now=NOW), Scope(kinds=("memory",)))


def test_that_nothing_was_said_is_said_and_other_days_are_none(talks: Retriever) -> None:
    found = facts(talks, "What did we talk about three days ago?")
    assert found is not None
    assert found.notice == "nothing was said three days ago (on 2024-05-12)"
    assert said(talks, "What did we talk about three days ago?") == []
    assert said(talks, "what happened three days ago?") == []
    about = facts(talks, "What did we say about the roof three days ago?")
    assert about is not None
    assert about.heading.endswith("passages of other days may follow")
    assert facts(talks, "What did we talk about last Tuesday?") is None
    assert facts(talks, "Was haben wir vorgestern besprochen?") is not None


@pytest.mark.parametrize(
    ("question", "which"),
    [
        ("What was the last thing we talked about?", "bathroom"),
        ("what did we talk about first?", "kitchen"),
        ("When did we first talk about the roof?", "kitchen"),
        ("When did we last mention the leak of the roof?", "bathroom"),
        ("Worüber haben wir zuletzt gesprochen?", "bathroom"),
        ("De quoi avons-nous parlé en premier ?", "kitchen"),
    ],
)
def test_what_was_said_first_and_last(talks: Retriever, question: str, which: str) -> None:
    assert which in said(talks, question)[0]


def test_the_first_and_the_last_stay_within_the_scope(talks: Retriever) -> None:
    until = datetime(2024, 5, 1).timestamp()
    scope = replace(Scope(kinds=("memory",)), until=until)
    assert "sofa" in said(talks, "What did we talk about last?", scope)[0]


def test_documents_are_narrowed_to_when_their_files_changed(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    for name, day in (("old", datetime(2024, 1, 9)), ("new", datetime(2024, 5, 9))):
        (tmp_path / f"{name}.md").write_text(f"# The roof ({name})\n\nThe roof leaks: {name}.\n")
        os.utime(tmp_path / f"{name}.md", (day.timestamp(), day.timestamp()))
    Ingestion(store, embedder).run([tmp_path])
    retriever = Retriever(store, embedder)
    asked = "What do the notes changed since April say about the roof?"
    found = search(retriever, asked, ForRequest(5), Scope(), NOW)
    assert [(Path(hit.source).stem, hit.dated) for hit in found.hits] == [("new", True)]
    plain = search(retriever, "What do the notes say about the roof?", ForRequest(5), Scope(), NOW)
    assert len(plain.hits) == 2


def test_the_narrowing_stays_within_since_and_until(talks: Retriever) -> None:
    since = datetime.combine(date(2024, 5, 1), datetime.min.time()).astimezone().timestamp()
    scope = replace(Scope(kinds=("memory",)), since=since)
    assert not any("kitchen" in words for words in said(talks, "What did we say in March?", scope))


def test_an_event_that_the_memory_speaks_of_is_a_time(talks: Retriever) -> None:
    def lead(edge: str) -> float:
        """How far the roof of March is before that of May."""
        asked = f"Where did the roof leak {edge} the cat got its new sofa?"
        ranked = talks.rank(talks.read(asked, now=NOW), Scope(kinds=("memory",)))
        (first, second) = (
            unit.score
            for unit in sorted(ranked, key=lambda unit: unit.candidate.time or 0.0)
            if unit.candidate.time != APRIL
        )
        return first - second

    assert lead("before") > lead("since") + IN_TIME


def test_an_event_that_nobody_spoke_of_is_none(talks: Retriever) -> None:
    plain = said(talks, "Where did the roof leak?")
    assert said(talks, "Where did the roof leak before the moon landing?") == plain
