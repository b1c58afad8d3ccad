from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.document import Kind, Signals
from ingest.search.candidates import Candidate
from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauge, Gauges, gauged
from ragchat.retrieval.fusion import fuse
from ragchat.retrieval.relevance import Thresholds, relevant, relevant_for_reader

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


def seen_by_reader(*candidates: Candidate) -> list[float]:
    ranked = fuse(candidates, GAUGES)
    kept = relevant_for_reader(ranked, GAUGES, about_user=AboutUser.NOT)
    return sorted(
        unit.candidate.signals.cosine for unit, ok in zip(ranked, kept, strict=True) if ok
    )


def test_a_reader_sees_what_is_near_though_nothing_opens_its_pool() -> None:
    assert seen_by_reader(candidate(0.35), candidate(0.29)) == [0.35]
    assert seen_by_reader(candidate(0.27, pool=2), candidate(0.2, pool=2)) == [0.27]


def test_a_reader_sees_what_is_a_little_near_with_one_of_the_words() -> None:
    assert seen_by_reader(candidate(0.19, coverage=0.01), candidate(0.17, coverage=0.01)) == [0.19]
    assert seen_by_reader(candidate(0.19)) == []


def test_what_was_said_in_the_time_that_alone_is_asked_for_is_seen() -> None:
    (far,) = fuse([candidate(-0.5, kind="memory")], GAUGES)
    asked = [replace(far, by_time=True)]
    assert relevant_for_reader(asked, GAUGES, about_user=AboutUser.NOT) == [True]
    assert relevant(asked, GAUGES) == [True]
