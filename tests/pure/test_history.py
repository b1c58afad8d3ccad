"""What of a conversation is sent along with a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.conversation import Exchange, Status, Turn
from ragchat.request.history import (
    CACHE_LIFE,
    LONG_CACHE_LIFE,
    Strategy,
    Summary,
    cache_life,
    sendable,
    two_sided,
    window_of,
)

NOW = datetime(2026, 3, 4, tzinfo=UTC)
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)


def window(said: Sequence[Exchange], tokens: int) -> tuple[Exchange, ...]:
    return window_of(said, "rag", tokens, len, NOW).exchanges


def exchange(question: str, answer: str, status: Status = "done") -> Exchange:
    return Exchange(
        id=question,
        conversation="c",
        question=Turn("user", question, NOW, f"{question}-q"),
        answer=Turn("assistant", answer, NOW, f"{question}-a", status=status),
    )


def test_the_last_exchanges_that_fit_are_sent_oldest_first() -> None:
    said = [exchange(f"q{n}", "x" * 8) for n in range(5)]
    assert window(said, 50) == tuple(said)
    assert [past.id for past in window(said, 49)] == ["q4"]


def starts(count: int, strategy: Strategy, tokens: int) -> list[str]:
    """With which exchange what is sent begins, turn after turn; each has ten tokens."""
    said = [exchange(f"q{n:03}", "x" * 6) for n in range(count)]
    sent = [window_of(said[: n + 1], strategy, tokens, len, NOW).exchanges for n in range(count)]
    assert all(sum(10 for _ in past) <= tokens for past in sent)
    assert all(turn[-1].id == f"q{n:03}" for n, turn in enumerate(sent))
    return [turn[min(1, len(turn) - 1)].id if strategy == "full" else turn[0].id for turn in sent]


def test_the_window_moves_in_steps_and_stays_put_between_them() -> None:
    begun = starts(100, "rag", 100)
    moves = sum(one != other for one, other in pairwise(begun))
    assert moves == 12  # a step is three quarters of the window: seven or eight exchanges


def at(minute: float, text: str) -> Exchange:
    said = exchange(text, "x" * 8)
    time = NOW + timedelta(minutes=minute)
    return replace(
        said, question=replace(said.question, time=time), answer=replace(said.answer, time=time)
    )


def test_after_a_pause_only_what_a_step_leaves_is_sent_again() -> None:
    said = [at(n, f"q{n}") for n in range(10)]
    sent = [
        [past.id for past in window_of(said, "rag", 100, len, NOW + timedelta(minutes=m)).exchanges]
        for m in (10, 30)
    ]
    assert sent == [[f"q{n}" for n in range(10)], ["q8", "q9"]]


def test_the_window_grows_again_after_a_pause() -> None:
    said = [at(n, f"q{n}") for n in range(10)] + [at(60 + n, f"r{n}") for n in range(3)]
    sent = window_of(said, "rag", 100, len, NOW + timedelta(minutes=63)).exchanges
    assert [past.id for past in sent] == ["q8", "q9", "r0", "r1", "r2"]


def test_the_window_begins_at_the_same_exchange_when_a_conversation_is_taken_up_again() -> None:
    said = [exchange(f"q{n}", "x" * (n % 7)) for n in range(60)]
    assert window(said, 90) == window(list(said), 90)
    assert window(said, 90)[0] in window(said[:-1], 90)


def test_the_full_history_keeps_its_first_exchange_and_loses_the_oldest_after_it() -> None:
    said = [exchange(f"q{n:03}", "x" * 6) for n in range(100)]
    assert window_of(said, "full", 1000, len, NOW).exchanges == tuple(said)
    sent = window_of(said, "full", 500, len, NOW).exchanges
    assert sent[0] == said[0]
    assert sent[1:] == tuple(said[-len(sent) + 1 :])
    assert 375 <= 10 * len(sent) <= 500


def test_what_left_the_window_is_to_be_summarized_once() -> None:
    said = [exchange(f"q{n}", "x" * 8) for n in range(10)]
    first = window_of(said, "summary", 40, len, NOW)
    assert [*first.unsummarized, *first.exchanges] == said
    covered = Summary("so far", len(first.unsummarized))
    again = window_of(said, "summary", 40, len, NOW, summary=covered)
    assert (again.summary, again.unsummarized) == ("so far", ())
    later = [*said, exchange("q10", "x" * 8), exchange("q11", "x" * 8)]
    moved = window_of(later, "summary", 40, len, NOW, summary=covered)
    assert [*moved.unsummarized, *moved.exchanges] == later[covered.covers :]


def test_a_summary_of_more_than_has_left_the_window_is_not_sent_beside_it() -> None:
    said = [exchange(f"q{n}", "x" * 8) for n in range(4)]
    sent = window_of(said, "summary", 1000, len, NOW, summary=Summary("all of it", 3))
    assert (sent.summary, len(sent.exchanges)) == ("", 4)


@given(st.lists(st.integers(0, 60), max_size=30), st.sampled_from(STRATEGIES), st.integers(1, 300))
def test_no_strategy_exceeds_its_tokens(sizes: list[int], strategy: Strategy, tokens: int) -> None:
    said = [exchange(f"q{n}", "x" * size) for n, size in enumerate(sizes)]
    sent = window_of(said, strategy, tokens, len, NOW).exchanges
    assert sum(len(past.question.text) + len(past.answer.text) for past in sent) <= tokens


STATUSES: list[Status] = ["done", "interrupted", "cut off", "refused", "empty"]


@given(
    st.lists(st.tuples(st.sampled_from(STATUSES), st.text(max_size=30)), max_size=15),
    st.sampled_from(STRATEGIES),
    st.integers(1, 200),
    st.none() | st.integers(0, 15),
)
def test_what_is_sent_is_the_end_of_what_was_said_in_its_order(
    answers: list[tuple[Status, str]], strategy: Strategy, tokens: int, covers: int | None
) -> None:
    said = [exchange(f"q{n}", text, status) for n, (status, text) in enumerate(answers)]
    may = [past.id for past in said if sendable(past)]
    summary = None if covers is None else Summary("so far", min(covers, len(may)))
    arranged = window_of(said, strategy, tokens, len, NOW, summary=summary)
    sent = [past.id for past in arranged.exchanges]
    if strategy == "full":
        sent = sent[1:] if sent[:1] == may[:1] else sent
    assert sent == may[len(may) - len(sent) :]
    waiting = [past.id for past in arranged.unsummarized]
    if strategy == "summary":
        covered = summary.covers if summary and arranged.summary else 0
        rest = len(may) - covered - len(waiting)
        # Of a last exchange that is too long for the window what fits is sent all the same.
        assert len(sent) == rest or (rest == 0 and len(sent) == 1)
    else:
        assert (waiting, arranged.summary) == ([], "")


def test_refused_and_empty_answers_never_enter() -> None:
    said = [exchange("a", "yes"), exchange("b", "no", "refused"), exchange("c", "", "empty")]
    assert [past.id for past in window(said, 100)] == ["a"]


def test_an_interrupted_answer_stays() -> None:
    assert window([exchange("a", "half of", "interrupted")], 100)


def test_an_older_exchange_that_is_too_long_ends_the_window() -> None:
    said = [exchange("a", "x"), exchange("b", "x" * 500), exchange("c", "x")]
    assert [past.id for past in window(said, 100)] == ["c"]


@given(st.lists(st.text(max_size=40), max_size=12), st.integers(0, 200))
def test_the_window_never_exceeds_its_tokens(answers: list[str], tokens: int) -> None:
    said = [exchange(f"q{n}", answer) for n, answer in enumerate(answers)]
    sent = window(said, tokens)
    assert sum(len(past.question.text) + len(past.answer.text) for past in sent) <= tokens


def test_of_a_last_exchange_that_is_too_long_the_answer_is_cut() -> None:
    (sent,) = window([exchange("a", "x" * 500)], 100)
    assert sent.question.text == "a"
    assert sent.answer.text == "x" * 97 + " …"


@pytest.mark.parametrize(
    ("sides", "joined"),
    [
        (["a q", "b"], ["a q"]),
        (["a", "b q"], ["a\n\nb q"]),
        (["a q", " r"], ["a q\n\nr"]),
        ([" q", "a r"], [" q", "a r"]),
        (["a", "b", "c q"], ["a\n\nb\n\nc q"]),
    ],
)
def test_an_imported_exchange_with_one_side_is_joined_to_its_neighbour(
    sides: list[str], joined: list[str]
) -> None:
    pairs = [f"{side} ".split(" ")[:2] for side in sides]
    said = [exchange(asked, answered) for asked, answered in pairs]
    said = [replace(past, question=replace(past.question, here=False)) for past in said]
    found = [f"{past.question.text} {past.answer.text}" for past in two_sided(said)]
    assert found == joined


@pytest.mark.parametrize(
    ("minutes", "life"),
    [
        ([1, 1, 1, 1], CACHE_LIFE),
        ([20, 20], CACHE_LIFE),  # too few pauses for a habit
        ([1, 20, 20, 1], LONG_CACHE_LIFE),
        ([1, 1, 1, 20], CACHE_LIFE),
        ([90, 90, 90, 90], CACHE_LIFE),  # an hour would have ended, too
    ],
)
def test_the_cache_is_kept_for_an_hour_where_pauses_are_long_as_a_rule(
    minutes: list[int], life: timedelta
) -> None:
    time, said = NOW, [exchange("q", "a")]
    for pause in minutes:
        time += timedelta(minutes=pause)
        asked = replace(said[0].question, time=time)
        said.append(replace(said[0], question=asked, answer=replace(said[0].answer, time=time)))
    assert cache_life(said) == life
