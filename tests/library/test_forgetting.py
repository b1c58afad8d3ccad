"""Forgetting: nothing of it is left, in the records, the index, the files or later imports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hits import requested, unfiltered

from ingest.conversation import Conversation, Exchange, SourceRef, Turn
from ingest.intake.options import RunOptions
from ingest.maintenance.forgetting import Forgetting, Forgotten
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.records.deletion import UNTITLED
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.request.history import Summary
from ragchat.retrieval.retriever import Retriever

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECRET = "zanzibar"


def remember(
    store: Store,
    embedder: Embedder,
    *said: tuple[str, str],
    sources: Sequence[SourceRef] = (),
    start: datetime = NOW,
) -> Conversation:
    memory, conversation = Memory(store, "default"), new_conversation(start)
    for n, (asked, answered) in enumerate(said):
        time = start + timedelta(minutes=n)
        question = Turn("user", asked, time, f"{n}q")
        answer = Turn("assistant", answered, time, f"{n}a", sources=tuple(sources))
        conversation, _ = memory.remember(conversation, question, answer)
    memory.index(embedder)
    return conversation


def forget(
    store: Store, embedder: Embedder, *exchanges: Exchange, with_answers: bool = False
) -> Forgotten:
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges(exchange.id for exchange in exchanges)
    index = Memory(store, "default").index
    return forgetting.run(with_answers=with_answers, index=lambda: index(embedder))


def holds(home: Path, word: str) -> list[str]:
    """The files of a library in which a word stands, in any case, as UTF-8 or UTF-16."""
    encoded = [word.lower().encode(), word.lower().encode("utf-16-le")]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [p.name for p in files if any(w in p.read_bytes().lower() for w in encoded)]


def found(store: Store, embedder: Embedder, words: str) -> list[str]:
    passages = unfiltered(Retriever(store, embedder), words, 20).passages
    return [passage.text for passage in passages if SECRET in passage.text.lower()]


def test_a_forgotten_exchange_is_in_no_file_and_not_found(
    store: Store, embedder: Embedder, home: Path
) -> None:
    talk = remember(
        store,
        embedder,
        ("Where do we fly in May?", "To Lisbon."),
        ("And the secret trip?", f"The secret trip goes to {SECRET.title()}."),
    )
    assert found(store, embedder, SECRET)
    assert "ragchat.db" in holds(home, SECRET) or "ragchat.db-wal" in holds(home, SECRET)
    done = forget(store, embedder, talk.exchanges[1])
    assert (done.exchanges, done.conversations, done.in_use) == (1, 0, False)
    assert found(store, embedder, SECRET) == []
    assert holds(home, SECRET) == []
    assert holds(home, "Lisbon")


def test_what_stays_is_still_found_after_a_forgetting(store: Store, embedder: Embedder) -> None:
    talk = remember(store, embedder, (f"the {SECRET} plan", "yes"), ("our dog?", "Rex is his name"))
    forget(store, embedder, talk.exchanges[0])
    hits = requested(Retriever(store, embedder), "the name of the dog", 3).passages
    assert "Rex" in hits[0].text


def test_a_title_made_of_a_forgotten_question_goes_with_it(
    store: Store, embedder: Embedder, home: Path
) -> None:
    talk = remember(store, embedder, (f"Fly to {SECRET} in May?", "Yes."), ("And hotels?", "Two."))
    kept = talk.exchanges[1].id
    source = SourceRef(1, "memory", kept, talk.title, "h", 0.9, cited=False, conversation=talk.id)
    remember(store, embedder, ("which hotels?", "Those two."), sources=[source])
    forget(store, embedder, talk.exchanges[0])
    assert UNTITLED in [conversation.title for conversation in Memory(store, "default").entries()]
    assert holds(home, SECRET) == []


def test_a_title_stays_while_a_question_that_stays_says_the_same(
    store: Store, embedder: Embedder
) -> None:
    talk = remember(store, embedder, ("Which oak?", "The old."), ("Which oak?", "The young."))
    forget(store, embedder, talk.exchanges[1])
    assert [listed.title for listed in Memory(store, "default").entries()] == ["Which oak?"]


def test_a_summary_goes_with_what_it_summed_up(
    store: Store, embedder: Embedder, home: Path
) -> None:
    talk = remember(store, embedder, ("one", "two"), ("three", "four"))
    memory = Memory(store, "default")
    memory.keep_summary(talk, Summary(f"They spoke of {SECRET}.", 1))
    forget(store, embedder, talk.exchanges[0])
    assert memory.summary(memory.conversation(talk.id)) is None
    assert holds(home, SECRET) == []


def test_answers_that_quote_it_are_named_and_go_with_it_when_wanted(
    store: Store, embedder: Embedder, home: Path
) -> None:
    first = remember(store, embedder, ("my trip?", f"It goes to {SECRET}."))
    source = SourceRef(1, "memory", first.exchanges[0].id, f"{SECRET} talk", "h", 0.9, cited=True)
    later = remember(store, embedder, ("where again?", f"To {SECRET} [1]."), sources=[source])
    done = forget(store, embedder, first.exchanges[0])
    assert [quotation.exchange for quotation in done.quoting] == [later.exchanges[0].id]
    assert SECRET not in str(
        Memory(store, "default").conversation(later.id).exchanges[0].answer.sources
    )
    assert holds(home, SECRET)
    again = remember(store, embedder, ("my trip?", f"It goes to {SECRET}."))
    source = SourceRef(1, "memory", again.exchanges[0].id, "talk", "h", 0.9, cited=True)
    remember(store, embedder, ("once more?", f"To {SECRET} [1]."), sources=[source])
    forget(store, embedder, again.exchanges[0], later.exchanges[0], with_answers=True)
    assert holds(home, SECRET) == []


def test_a_forgotten_document_is_in_no_file_and_not_read_again(
    store: Store, embedder: Embedder, home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "trip.md").write_text(f"# The {SECRET} trip\n\nTickets to {SECRET} are booked.\n")
    (folder / "copy.md").write_text((folder / "trip.md").read_text())
    Ingestion(store, embedder).run([folder])
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_sources([folder / "trip.md", folder / "copy.md"])
    assert forgetting.run(with_answers=False, index=lambda: None).sources == 2
    assert holds(home, SECRET) == []
    report = Ingestion(store, embedder).run([folder])
    assert (report.added, len(report.skipped)) == (0, 2)
    assert holds(home, SECRET) == []
    assert Ingestion(store, embedder, options=RunOptions(again=True)).run([folder]).added == 2
    assert found(store, embedder, SECRET)
    assert Ingestion(store, embedder).run([folder]).unchanged == 2


def test_a_document_that_another_file_still_holds_stays(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a.md", "b.md"):
        (folder / name).write_text(f"Tickets to {SECRET} are booked.\n")
    Ingestion(store, embedder).run([folder])
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_sources([folder / "a.md"])
    forgetting.run(with_answers=False, index=lambda: None)
    assert found(store, embedder, SECRET)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "turns.jsonl"
    said = [("user", "Where to?"), ("assistant", f"To {SECRET}."), ("user", "When?")]
    lines = [
        {"conversation": "trip", "id": n, "time": f"2026-03-0{n + 1}", "role": role, "text": text}
        for n, (role, text) in enumerate(said)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_a_forgotten_turn_does_not_come_back_with_a_newer_export(
    store: Store, embedder: Embedder, home: Path, export: Path
) -> None:
    assert Ingestion(store, embedder).run([export]).turns == 3
    (talk,) = Memory(store, "default").entries()
    first = Memory(store, "default").conversation(talk.id).exchanges[0]
    forget(store, embedder, first)
    newer = {
        "conversation": "trip",
        "id": 9,
        "time": "2026-03-09",
        "role": "assistant",
        "text": "In May.",
    }
    export.write_text(f"{export.read_text()}\n{json.dumps(newer)}")
    report = Ingestion(store, embedder).run([export])
    assert (report.turns, report.forgotten) == (1, 2)
    assert holds(home, SECRET) == []
    assert Ingestion(store, embedder, options=RunOptions(again=True)).run([export]).turns == 2
    assert found(store, embedder, SECRET)


def test_everything_before_a_day_can_be_forgotten(store: Store, embedder: Embedder) -> None:
    remember(store, embedder, ("old", "words"), start=NOW - timedelta(days=30))
    kept = remember(store, embedder, ("new", "words"))
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_before(NOW - timedelta(days=1))
    assert forgetting.run(with_answers=False, index=lambda: None).conversations == 1
    assert [conversation.id for conversation in Memory(store, "default").entries()] == [kept.id]
