"""Turns stand in a conversation as they were said, in whatever order they came in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.intake.options import RunOptions
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.memory import Memory
from ragchat.request.history import Summary

SAID = [
    ("user", "Where is the spare key?"),
    ("assistant", "Under the blue pot."),
    ("user", "And the ladder?"),
    ("assistant", "Behind the shed."),
    ("user", "Who has the saw?"),
    ("assistant", "Our neighbour Ines."),
]
MORNING = [f"2026-03-04T09:0{n}:00Z" for n in range(6)]
SAME = ["2026-03-04"] * 6
BACK_AND_FORTH = [MORNING[n] for n in (3, 0, 5, 1, 4, 2)]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "turns.jsonl"


def write(export: Path, times: Sequence[str], wanted: Sequence[int] = range(6)) -> None:
    lines = [
        {"conversation": "house", "id": n, "time": times[n], "role": SAID[n][0], "text": SAID[n][1]}
        for n in wanted
    ]
    export.write_text("\n".join(map(json.dumps, lines)))


def told(store: Store) -> list[str]:
    """The texts of the one conversation, in its order."""
    memory = Memory(store, "default")
    (listed,) = memory.entries()
    return [turn.text for turn in memory.conversation(listed.id).turns]


def forget(store: Store, embedder: Embedder, n: int) -> None:
    memory = Memory(store, "default")
    exchange = memory.conversation("turns:house").exchanges[n]
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges([exchange.id])
    forgetting.run(with_answers=False, index=lambda: memory.index(embedder))


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("times", [MORNING, SAME, BACK_AND_FORTH], ids=["rising", "same", "odd"])
def test_what_was_forgotten_comes_back_where_it_was_said(
    store: Store, embedder: Embedder, export: Path, times: list[str], n: int
) -> None:
    write(export, times)
    Ingestion(store, embedder).run([export])
    forget(store, embedder, n)
    assert len(told(store)) == 4
    assert Ingestion(store, embedder, options=RunOptions(again=True)).run([export]).turns == 2
    assert told(store) == [text for _, text in SAID]


@pytest.mark.parametrize("times", [SAME, BACK_AND_FORTH], ids=["same", "odd"])
def test_an_export_keeps_its_own_order_whatever_its_times(
    store: Store, embedder: Embedder, export: Path, times: list[str]
) -> None:
    write(export, times)
    Ingestion(store, embedder).run([export])
    assert told(store) == [text for _, text in SAID]


@pytest.mark.parametrize("times", [MORNING, SAME], ids=["rising", "same"])
def test_an_export_of_what_was_said_later_goes_to_the_end(
    store: Store, embedder: Embedder, export: Path, times: list[str]
) -> None:
    for part in ((0, 1, 2, 3), (4, 5)):
        write(export, times, part)
        Ingestion(store, embedder).run([export])
    assert told(store) == [text for _, text in SAID]


def test_an_export_of_what_was_said_earlier_goes_before_the_rest(
    store: Store, embedder: Embedder, export: Path
) -> None:
    for part in ((2, 3), (0, 1), (4, 5)):
        write(export, MORNING, part)
        Ingestion(store, embedder).run([export])
    assert told(store) == [text for _, text in SAID]


def test_what_follows_is_indexed_with_a_hint_of_what_stands_before_it_now(
    store: Store, embedder: Embedder, export: Path
) -> None:
    write(export, MORNING, (0, 1, 4, 5))
    Ingestion(store, embedder).run([export])
    write(export, MORNING)
    Ingestion(store, embedder).run([export])
    context = store.database.scalar("SELECT context FROM chunks WHERE text LIKE '%saw%'")
    assert "(after: Behind the shed.)" in context
    forget(store, embedder, 0)
    assert not store.database.scalar("SELECT count(*) FROM chunks WHERE context LIKE '%blue pot%'")


def test_a_summary_goes_when_something_comes_back_among_what_it_sums_up(
    store: Store, embedder: Embedder, export: Path
) -> None:
    memory = Memory(store, "default")
    write(export, MORNING)
    Ingestion(store, embedder).run([export])
    forget(store, embedder, 0)
    memory.keep_summary(memory.conversation("turns:house"), Summary("A ladder and a saw.", 2))
    Ingestion(store, embedder).run([export])
    assert memory.summary(memory.conversation("turns:house")) is not None
    Ingestion(store, embedder, options=RunOptions(again=True)).run([export])
    assert memory.summary(memory.conversation("turns:house")) is None
