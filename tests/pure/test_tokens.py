"""The estimate of tokens and how it learns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragchat.claude.tokens import UNCORRECTED, Scale, estimate_tokens

MODEL = "claude-sonnet-5-5"


@given(st.floats(0.4, 2.5), st.lists(st.integers(200, 20_000), min_size=3, max_size=3))
def test_after_one_request_a_constant_error_is_gone(error: float, sizes: list[int]) -> None:
    scale = UNCORRECTED
    for size in sizes:
        scale = scale.learned(size, round(size * error))
    assert abs(scale.applied(10_000) - 10_000 * error) <= 0.01 * 10_000 * error


def test_the_last_request_counts_more_than_those_before() -> None:
    scale = Scale().learned(1000, 1000).learned(1000, 1300)
    assert 1150 < scale.applied(1000) < 1300


def test_usage_that_cannot_be_of_this_request_teaches_nothing() -> None:
    assert UNCORRECTED.learned(1000, 0) == UNCORRECTED
    assert UNCORRECTED.learned(1000, 50_000) == UNCORRECTED
    assert UNCORRECTED.learned(0, 100) == UNCORRECTED


def test_the_estimate_is_never_below_what_a_token_can_be() -> None:
    assert estimate_tokens("", MODEL) == 0
    assert estimate_tokens("x", MODEL) == 1


def test_numbers_and_signs_take_more_tokens_a_character_than_words() -> None:
    prose = estimate_tokens("The tide turns twice a day at the harbour. " * 10, MODEL) / 430
    assert estimate_tokens("| 1,204.50 | 17 " * 10, MODEL) / 160 > 2 * prose
    assert estimate_tokens("if (a[i] != b) {\n" * 10, MODEL) / 170 > 1.2 * prose


def test_indentation_is_nearly_free() -> None:
    assert estimate_tokens("x = 1\n" + " " * 40 + "y = 2", MODEL) == estimate_tokens(
        "x = 1\n y = 2", MODEL
    )
