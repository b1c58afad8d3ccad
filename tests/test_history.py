"""What of a conversation is sent along with a question."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st

from ingest.conversation import Exchange, Status, Turn
from ragchat.history import window

NOW = datetime(2026, 3, 4, tzinfo=timezone.utc)


def exchange(question: str, answer: str, status: Status = "done") -> Exchange:
    return Exchange(
        id=question,
        conversation="c",
        question=Turn("user", question, NOW, f"{question}-q"),
        answer=Turn("assistant", answer, NOW, f"{question}-a", status=status),
    )


def test_the_last_exchanges_that_fit_are_sent_oldest_first() -> None:
    said = [exchange(f"q{n}", "x" * 8) for n in range(5)]
    assert [each.id for each in window(said, 25, len)] == ["q3", "q4"]


def test_refused_and_empty_answers_never_enter() -> None:
    said = [exchange("a", "yes"), exchange("b", "no", "refused"), exchange("c", "", "empty")]
    assert [each.id for each in window(said, 100, len)] == ["a"]


def test_an_interrupted_answer_stays() -> None:
    assert window([exchange("a", "half of", "interrupted")], 100, len)


def test_an_older_exchange_that_is_too_long_ends_the_window() -> None:
    said = [exchange("a", "x"), exchange("b", "x" * 500), exchange("c", "x")]
    assert [each.id for each in window(said, 100, len)] == ["c"]


@given(st.lists(st.text(max_size=40), max_size=12), st.integers(0, 200))
def test_the_window_never_exceeds_its_tokens(answers: list[str], tokens: int) -> None:
    said = [exchange(f"q{n}", answer) for n, answer in enumerate(answers)]
    sent = window(said, tokens, len)
    assert sum(len(each.question.text) + len(each.answer.text) for each in sent) <= tokens


def test_of_a_last_exchange_that_is_too_long_the_answer_is_cut() -> None:
    (sent,) = window([exchange("a", "x" * 500)], 100, len)
    assert sent.question.text == "a"
    assert sent.answer.text == "x" * 97 + " …"
