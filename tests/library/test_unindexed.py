"""The queue of exchanges that cannot be found yet: what puts one in, and what takes it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hits import candidates

from ingest.conversation import Conversation, Exchange, Status, Turn
from ingest.intake.exchange_index import index_turns
from ingest.models.embedder import Embedder
from ingest.models.inference import Converted
from ingest.records.public_ids import exchange_id
from ingest.records.turn_order import put_in_order
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store

START = datetime(2026, 5, 6, 7, tzinfo=UTC)


def say(
    store: Store, *said: str, status: Status = "done", echo: bool = False, id_: str = "talk"
) -> Conversation:
    conversation = Conversation(id_, "A talk", START)
    row = store.collection("default")
    with store.database.transaction():
        store.conversations.put(row, conversation)
        for n, text in enumerate(said):
            time = START + timedelta(minutes=n)
            exchange = Exchange(
                exchange_id(id_, f"{n}q"),
                id_,
                Turn("user", text, time, f"{n}q"),
                Turn("assistant", f"Of {text}.", time, f"{n}a", status=status, echo=echo),
            )
            store.conversations.add(row, exchange)
    return conversation


def test_an_exchange_is_queued_once_and_settled_when_it_is_indexed(
    store: Store, embedder: Embedder
) -> None:
    say(store, "Where do herons nest?", "When do they leave?")
    assert store.exchange_queue.count() == 2
    index_turns(store, embedder)
    assert store.exchange_queue.count() == 0
    assert store.database.scalar("SELECT count(*) FROM chunks") == 4


def test_refused_exchanges_are_never_queued_and_of_an_echo_the_question_alone(
    store: Store, embedder: Embedder
) -> None:
    say(store, "Say it", status="refused")
    assert store.exchange_queue.count() == 0
    say(store, "Twice", echo=True, id_="other")
    index_turns(store, embedder)
    assert store.exchange_queue.count() == 0
    texts = {row["text"] for row in store.database.rows("SELECT text FROM chunks")}
    assert texts == {"Twice"}


def test_a_new_title_and_another_order_queue_what_is_indexed_with_them(
    store: Store, embedder: Embedder
) -> None:
    say(store, "One egg", "Two eggs", "Three eggs")
    index_turns(store, embedder)
    row = store.conversations.row(store.collection("default"), "talk")
    with store.database.transaction():
        store.conversations.rename(row, "Eggs")
    assert store.exchange_queue.count() == 3
    index_turns(store, embedder)
    with store.database.transaction():
        put_in_order(store.database, row, ["0q", "0a", "2q", "2a", "1q", "1a"])
    assert store.exchange_queue.count() == 2
    index_turns(store, embedder)
    assert store.exchange_queue.count() == 0


def test_what_is_deleted_is_not_queued(store: Store, embedder: Embedder) -> None:
    say(store, "A", "B")
    store.database.execute("DELETE FROM turns WHERE key IN ('0q', '0a')")
    assert store.exchange_queue.count() == 1
    index_turns(store, embedder)
    store.database.execute("DELETE FROM conversations")
    assert store.exchange_queue.count() == 0


def test_a_stop_leaves_the_rest_in_the_queue(store: Store, embedder: Embedder) -> None:
    say(store, *(f"Question {n}" for n in range(150)))
    done: list[int] = []
    index_turns(store, embedder, done.append, lambda: bool(done))
    assert store.exchange_queue.count() == 150 - 128


def test_ids_are_found_by_their_beginning(store: Store) -> None:
    row = store.collection("default")
    say(store, "A")
    exchange = exchange_id("talk", "0q")
    for id_ in ("tale", "claude.ai:one", "claude.ai:once", "chatgpt:one", "empty"):
        store.conversations.put(row, Conversation(id_, "T", START))
        if id_ != "empty":
            turn = Turn("user", "x", START, "1")
            store.conversations.add_turn(store.conversations.row(row, id_), f"e{id_}", turn)
    find = store.conversations.find
    assert find(row, "tal") == ["tale", "talk"]
    assert find(row, "talk") == ["talk"]
    assert sorted(find(row, "cl")) == ["claude.ai:once", "claude.ai:one"]
    assert find(row, "claude.ai:one") == ["claude.ai:one"]
    assert sorted(find(row, "c")) == ["chatgpt:one", "claude.ai:once", "claude.ai:one"]
    assert find(row, "empty") == find(row, "ragchat:t") == find(row, "") == find(row, "%") == []
    assert store.conversations.places(row, exchange[:5]) == [("talk", exchange)]


def test_a_title_of_any_length_leaves_room_for_what_was_said(
    store: Store, embedder: Embedder
) -> None:
    talk = say(store, "Where do herons nest?")
    row = store.collection("default")
    with store.transaction():
        store.conversations.put(row, replace(talk, title="On herons and reeds; " * 500))
    index_turns(store, embedder)
    embedding = embedder.embed_question("Where do herons nest?")
    found = candidates(store, WordQuery("herons"), embedding, Scope(), 5)
    assert len(found) == 2  # a turn each, and neither was cut into characters


def test_after_many_turns_the_model_lets_its_memory_go_and_is_loaded_again(
    store: Store, tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.intake import exchange_index

    model = tiny._model
    assert isinstance(model, Converted)
    say(store, "One egg")
    index_turns(store, tiny)
    assert model._compiled
    monkeypatch.setattr(exchange_index, "MANY", 2)
    say(store, "Two eggs", id_="other")
    index_turns(store, tiny)
    assert not model._compiled
    assert tiny.embed_question("How many eggs?").shape == (tiny.dimension,)
