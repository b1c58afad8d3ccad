from __future__ import annotations

import pytest

from ingest.document import Kind, Signals
from ingest.models.embedder import Embedder
from ingest.search.candidates import Candidate
from ingest.store import Store
from ragchat.retrieval.belief import Gauge, Gauges, gauged
from ragchat.retrieval.fusion import fuse
from ragchat.retrieval.relevance import Thresholds, relevant
from ragchat.retrieval.retriever import Retriever

GAUGES = Gauges(lambda _: Gauge(unrelated=0.1, related=0.5))
LEAST: dict[Kind, Thresholds] = {"document": Thresholds(1.2, 0.5), "memory": Thresholds(1.2, 0.5)}


def candidate(
    cosine: float,
    coverage: float = 0.0,
    kind: Kind = "document",
    pool: int = 1000,
    parts: int = 1,
) -> Candidate:
    return Candidate(
        chunk=1,
        kind=kind,
        unit=f"{kind} {cosine} {coverage}",
        turn=None,
        signals=Signals(cosine=cosine, bm25=coverage * 10, coverage=coverage),
        pool=pool,
        parts=parts,
    )


def shown(*candidates: Candidate) -> list[float]:
    ranked = fuse(candidates, GAUGES)
    kept = relevant(ranked, GAUGES, LEAST)
    return sorted(
        unit.candidate.signals.cosine for unit, ok in zip(ranked, kept, strict=True) if ok
    )


def test_a_gauge_knows_unrelated_from_related() -> None:
    gauge = gauged([[0.6, 0.1], [0.2, 0.4]])
    assert gauge.related == pytest.approx(0.5)
    assert gauge.unrelated == pytest.approx(0.15)
    assert Gauges(lambda _: gauge).nearness(0.5, "en") == pytest.approx(1.0)


def test_nothing_near_enough_opens_nothing() -> None:
    assert shown(candidate(0.5), candidate(0.45)) == []


def test_one_near_passage_lets_others_in_that_are_farther() -> None:
    assert shown(candidate(0.7), candidate(0.35), candidate(0.2)) == [0.35, 0.7]


def test_words_make_up_for_meaning() -> None:
    assert shown(candidate(0.3, coverage=0.4)) == [0.3]


def test_a_near_document_does_not_open_the_memory() -> None:
    assert shown(candidate(0.8), candidate(0.4, kind="memory")) == [0.8]


def test_one_part_of_a_long_turn_must_be_nearer() -> None:
    assert shown(candidate(0.6, kind="memory")) == [0.6]
    assert shown(candidate(0.6, kind="memory", parts=20)) == []


def test_less_is_asked_for_in_a_small_library() -> None:
    assert shown(candidate(0.45, pool=1000)) == []
    assert shown(candidate(0.45, pool=2)) == [0.45]


def test_the_models_gauge_is_kept_in_the_library(store: Store, embedder: Embedder) -> None:
    first = Retriever(store, embedder)
    first.relevant(first.read(""), fuse([candidate(0.2)], GAUGES))
    name = f"gauge:{embedder.fingerprint}:en"
    kept = store.database.scalar("SELECT value FROM facts WHERE name = ?", (name,))
    assert kept is not None
    store.database.execute("UPDATE facts SET value = '[0.0, 0.001]' WHERE name = ?", (name,))
    again = Retriever(store, embedder)
    assert again.relevant(again.read(""), fuse([candidate(0.2)], GAUGES)) == [True]
