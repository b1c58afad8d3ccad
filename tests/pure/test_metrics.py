from __future__ import annotations

import math

import pytest

from ragchat.evaluation.labelled import Question, Span
from ragchat.evaluation.metrics import (
    CHARACTERS,
    mean,
    metrics_of,
    ndcg_at,
    recall_at,
    reciprocal_rank_at,
    within_words,
)
from ragchat.evaluation.runs import RankedText


def hit(
    *ids: str | int, text: str = "", source: str = "", start: int = 0, end: int = 0
) -> RankedText:
    return RankedText(ids, source, start, end, text, 1.0)


def test_recall_counts_ids_in_rank_order_once() -> None:
    asked = Question(1, "?", wanted=("a", "b"))
    ranking = [hit("x", "a"), hit("a"), hit("y"), hit("b")]
    assert recall_at(2)(asked, ranking) == 0.5
    assert recall_at(4)(asked, ranking) == 1.0


def test_a_result_that_does_not_fit_into_the_words_ends_the_reading() -> None:
    asked = Question(1, "?", wanted=("a", "b", "c"))
    ranking = [hit("a", text="one two"), hit("b", text="three four"), hit("c", text="five")]
    assert within_words(3)(asked, ranking) == pytest.approx(1 / 3)
    assert within_words(5)(asked, ranking) == 1.0


def test_ndcg_is_that_of_the_paper() -> None:
    asked = Question(1, "?", wanted=("a", "b"))
    ranking = [hit("a"), hit("x"), hit("b")]
    ideal = 1 + 1 / math.log2(3)
    assert ndcg_at(10)(asked, ranking) == pytest.approx((1 + 1 / 2) / ideal)


def test_characters_are_counted_once_and_elsewhere_costs_precision() -> None:
    asked = Question(1, "?", place="f", spans=(Span(0, 10), Span(5, 20)))
    ranking = [
        hit(source="f", start=0, end=10),
        hit(source="f", start=5, end=10),
        hit(source="g", start=0, end=20),
    ]
    metrics = metrics_of("spans")
    assert metrics["recall in 3,400 characters"](asked, ranking) == 0.5
    assert metrics["precision"](asked, ranking) == pytest.approx(10 / 30)
    assert metrics["IoU"](asked, ranking) == pytest.approx(10 / 40)


def test_the_interval_of_a_mean_is_1_96_standard_errors() -> None:
    found = mean([0.0, 1.0, 1.0, 0.0])
    assert (found.value, found.n) == (0.5, 4)
    assert found.margin == pytest.approx(1.96 * math.sqrt(1 / 3 / 4))


def test_a_single_value_has_no_interval() -> None:
    assert mean([0.25]).margin == mean([]).margin == mean([]).value == 0.0
    assert (mean([0.25]).value, mean([0.25]).n, mean([]).n) == (0.25, 1, 0)


def test_the_rank_of_the_first_wanted_id_counts_up_to_the_last_that_is_looked_at() -> None:
    asked = Question(1, "?", wanted=("a", "b"))
    ranking = [hit("x"), hit("y"), hit("a"), hit("b")]
    assert reciprocal_rank_at(10)(asked, ranking) == pytest.approx(1 / 3)
    assert reciprocal_rank_at(2)(asked, ranking) == 0.0


def test_more_wanted_ids_than_are_looked_at_can_still_be_ranked_perfectly() -> None:
    asked = Question(1, "?", wanted=("a", "b", "c"))
    assert ndcg_at(2)(asked, [hit("c"), hit("a")]) == pytest.approx(1.0)


def test_results_that_fill_the_characters_exactly_count() -> None:
    asked = Question(1, "?", place="f", spans=(Span(0, CHARACTERS + 10),))
    name = f"recall in {CHARACTERS:,} characters"
    whole = [hit(source="f", start=0, end=10), hit(source="f", start=10, end=CHARACTERS)]
    share = CHARACTERS / (CHARACTERS + 10)
    assert metrics_of("spans")[name](asked, whole) == pytest.approx(share)
    longer = [whole[0], hit(source="f", start=10, end=CHARACTERS + 1)]
    assert metrics_of("spans")[name](asked, longer) == pytest.approx(10 / (CHARACTERS + 10))


def test_only_the_first_chunks_count_where_chunks_are_counted() -> None:
    asked = Question(1, "?", place="f", spans=(Span(0, 6),))
    ranking = [hit(source="f", start=n, end=n + 1) for n in range(6)]
    assert metrics_of("spans")["recall in 5 chunks"](asked, ranking) == pytest.approx(5 / 6)
    assert metrics_of("spans")["precision"](asked, []) == 0.0
