"""Tokens and money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragchat.claude.cost import cost, full_history_cost
from ragchat.claude.tokens import estimate_tokens


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("claude-sonnet-5-5", {"input_tokens": 1_000_000}, 2.0),
        ("claude-sonnet-5-5", {"output_tokens": 1_000_000}, 10.0),
        ("claude-sonnet-5-5", {"cache_read_input_tokens": 1_000_000}, 0.10),
        ("claude-sonnet-5-5", {"cache_creation_input_tokens": 1_000_000}, 2.5),
        ("claude-haiku-4-5-20251001", {"input_tokens": 10_000}, 0.01),
        ("claude-haiku-5-5", {"input_tokens": 100_000}, 0.01),
        ("claude-haiku-5-5", {"input_tokens": 100_001, "output_tokens": 1000}, 0.0525005),
    ],
)
def test_a_request_has_its_price(model: str, usage: dict[str, int], dollars: float) -> None:
    assert cost(usage, model) == pytest.approx(dollars)


def test_a_model_without_a_known_price_costs_nobody_knows_what() -> None:
    assert cost({"input_tokens": 1}, "local-model") is None


def test_the_full_history_costs_more_the_longer_it_is_and_less_when_cached() -> None:
    def price(history: int, *, cached: bool = False) -> float:
        found = full_history_cost(
            "claude-sonnet-5-5",
            history_tokens=history,
            other_tokens=1000,
            output_tokens=100,
            cached=cached,
        )
        assert found is not None
        return found

    assert price(0) == cost({"input_tokens": 1000, "output_tokens": 100}, "claude-sonnet-5-5")
    assert price(50_000) - price(0) == pytest.approx(0.1)
    assert price(50_000, cached=True) - price(0) == pytest.approx(0.005)


def test_the_older_tokenizer_makes_fewer_tokens() -> None:
    text = "The tide turns twice a day at the harbour. " * 20
    assert estimate_tokens(text, "claude-sonnet-4-6") < estimate_tokens(text, "claude-sonnet-5-5")
    assert estimate_tokens(text, "claude-opus-4-7") == estimate_tokens(text, "claude-sonnet-5-5")


def test_other_scripts_take_more_tokens_a_character() -> None:
    assert estimate_tokens("潮は一日に二度変わる", "claude-sonnet-5-5") >= 10


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    model = "claude-sonnet-5-5"
    assert estimate_tokens(one + other, model) >= estimate_tokens(one, model)
    assert (estimate_tokens(one, model) == 0) == (not one)
