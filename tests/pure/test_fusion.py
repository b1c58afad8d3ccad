"""One ranking out of two signals and several pools."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Kind, Signals
from ingest.search.candidates import Candidate
from ragchat.retrieval.belief import Gauge, Gauges
from ragchat.retrieval.fusion import ScoredCandidate, best_of_each_unit
from ragchat.retrieval.fusion import fuse as fuse_with

ENGLISH = Gauges(lambda code: Gauge(0.1, 0.5) if code == "en" else None)


def fuse(candidates: list[Candidate]) -> list[ScoredCandidate]:
    return fuse_with(candidates, ENGLISH)


def candidate(
    unit: str, cosine: float, bm25: float, kind: Kind = "document", chunk: int = 0
) -> Candidate:
    return Candidate(
        chunk=chunk,
        kind=kind,
        unit=unit,
        turn=None,
        signals=Signals(cosine=cosine, bm25=bm25),
    )


def names(ranked: list[ScoredCandidate]) -> list[str]:
    return [scored.candidate.unit for scored in ranked]


def test_nothing_gives_nothing() -> None:
    assert fuse([]) == []


def test_a_single_candidate_has_a_score() -> None:
    assert fuse([candidate("a", 0.7, 3.0)])[0].score == 1.0
    assert fuse([candidate("a", 0.7, 0.0)])[0].score == 0.5


def test_equal_candidates_keep_their_order() -> None:
    ranked = fuse([candidate(name, 0.5, 1.0) for name in "abc"])
    assert [unit.candidate.unit for unit in ranked] == ["a", "b", "c"]


def test_the_best_of_both_signals_is_first() -> None:
    ranked = fuse(
        [candidate("words", 0.1, 9.0), candidate("both", 0.8, 8.0), candidate("d", 0.9, 0)]
    )
    assert ranked[0].candidate.unit == "both"


def test_the_best_hit_of_an_irrelevant_pool_does_not_rise() -> None:
    documents = [candidate(f"d{n}", 0.8 - n / 10, 8.0 - n) for n in range(3)]
    memory = [candidate("m", 0.15, 0.5, "memory")]
    assert fuse(documents + memory)[-1].candidate.unit == "m"


def test_an_exchange_is_ranked_by_its_best_part() -> None:
    parts = [candidate("x", 0.2, 0, "memory", 1), candidate("x", 0.9, 0, "memory", 2)]
    (best,) = best_of_each_unit(fuse(parts))
    assert best.candidate.chunk == 2


def test_a_passage_beside_a_good_one_comes_before_one_as_good_by_itself() -> None:
    good = candidate("good", 0.9, 9.0, chunk=7)
    alone = candidate("alone", 0.3, 2.1, chunk=20)
    beside = replace(candidate("beside", 0.3, 2.0, chunk=8), neighbours=(7, 9))
    last = candidate("last", 0.1, 0.0, chunk=30)
    assert names(fuse([last, alone, good, beside])) == ["good", "beside", "alone", "last"]
    assert names(fuse([last, alone, beside])) == ["alone", "beside", "last"]


def test_what_claude_said_stands_below_what_a_person_said() -> None:
    mine = candidate("mine", 0.6, 2.0, "memory")
    reply = replace(candidate("reply", 0.6, 2.0, "memory"), by_model=True)
    assert [unit.candidate.unit for unit in fuse([reply, mine])] == ["mine", "reply"]


def test_a_part_of_many_stands_below_a_turn_of_its_own() -> None:
    whole = candidate("whole", 0.6, 2.0, "memory")
    part = replace(candidate("part", 0.6, 2.0, "memory"), parts=9)
    assert [unit.candidate.unit for unit in fuse([part, whole])] == ["whole", "part"]


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 50)), max_size=30))
def test_scores_are_between_0_and_1_and_sorted(signals: list[tuple[float, float]]) -> None:
    ranked = fuse([candidate(str(n), c, b) for n, (c, b) in enumerate(signals)])
    scores = [unit.score for unit in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert len(ranked) == len(signals)
