"""The most that a process may spend, and what a model accepts."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

import pytest

from ragchat.claude.capabilities import accepts_prefill, cache_minimum
from ragchat.claude.spending_limit import Budget, SpendingLimit
from ragchat.claude.wire import Answer
from ragchat.errors import CostLimitReached, UsageError
from ragchat.library.from_settings import budgets
from ragchat.query.local_time import LOCAL
from ragchat.settings import Settings

MODEL = "claude-sonnet-5-5"


def answer_for(usd: float) -> Answer:
    """Return an answer that has cost that much: $10 for a million output tokens of MODEL."""
    return Answer(model=MODEL, usage={"output_tokens": round(usd * 1e6 / 10)})


def test_a_request_that_could_pass_the_limit_is_stopped_before_it_is_sent() -> None:
    limit = SpendingLimit(0.02)
    limit.allow(MODEL, input_tokens=1000, max_tokens=1000)
    with pytest.raises(CostLimitReached, match="--max-tokens"):
        limit.allow(MODEL, input_tokens=1000, max_tokens=2000)


def test_what_was_spent_counts() -> None:
    limit = SpendingLimit(0.02)
    limit.pay(answer_for(0.015))
    limit.pay(Answer(model="of unknown price", usage={"output_tokens": 1}))
    with pytest.raises(CostLimitReached, match=r"\$0\.0150 of the \$0\.0200"):
        limit.allow(MODEL, input_tokens=1000, max_tokens=1000)


@pytest.mark.parametrize("recorded", [True, False])
def test_a_budget_counts_what_is_not_stored_as_well(recorded: bool) -> None:
    stored = [1.0]
    limit = SpendingLimit(
        budgets=[Budget("max_cost_day", "day", 2.0, lambda: sum(stored))],
        record=(lambda model, usd, full: stored.append(usd)) if recorded else None,
    )
    limit.pay(answer_for(0.7))
    assert len(stored) == 1 + recorded
    assert limit.warnings(MODEL) == ["$1.70 of the $2.00 for this day is spent (max_cost_day)"]
    with pytest.raises(CostLimitReached, match="max_cost_day"):
        limit.allow(MODEL, input_tokens=200_000, max_tokens=10)


@pytest.mark.parametrize("limit", [math.nan, math.inf, -0.01])
def test_a_limit_that_no_amount_reaches_is_refused(limit: float) -> None:
    with pytest.raises(UsageError, match="max_cost is"):
        SpendingLimit(limit)


def test_the_next_day_is_warned_of_again() -> None:
    spent = [0.9]
    limit = SpendingLimit(budgets=[Budget("max_cost_day", "day", 1.0, lambda: spent[0])])
    assert (len(limit.warnings(MODEL)), limit.warnings(MODEL)) == (1, [])
    spent[0] = 0.1
    assert limit.warnings(MODEL) == []
    spent[0] = 0.95
    assert len(limit.warnings(MODEL)) == 1


@pytest.mark.parametrize(("zone", "hour"), [("America/Los_Angeles", 7), ("Europe/Berlin", 23)])
def test_a_month_begins_at_its_own_midnight(
    monkeypatch: pytest.MonkeyPatch, zone: str, hour: int
) -> None:
    asked: list[datetime] = []

    def spent(since: datetime) -> float:
        asked.append(since.astimezone(UTC))
        return 0.0

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        now = datetime(2026, 11, 27, 12, tzinfo=LOCAL)
        (budget,) = budgets(Settings(max_cost_month=5.0), spent, lambda: now)
        budget.spent()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert asked[0].hour == hour


def test_without_a_price_no_limit_can_be_kept() -> None:
    SpendingLimit().allow("local-model", input_tokens=1, max_tokens=1)
    with pytest.raises(UsageError, match="local-model"):
        SpendingLimit(1.0).allow("local-model", input_tokens=1, max_tokens=1)


@pytest.mark.parametrize(
    ("model", "accepts"),
    [
        ("claude-haiku-4-5-20251001", True),
        ("claude-sonnet-4-5", True),
        ("claude-sonnet-4-6", False),
        ("claude-sonnet-5-5", False),
        ("claude-opus-5", False),
        ("qwen3:8b", True),
    ],
)
def test_prefill_is_for_models_up_to_claude_4_5_and_for_others(model: str, accepts: bool) -> None:
    assert accepts_prefill(model) is accepts


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-sonnet-5-5", 512),
        ("claude-fable-5-1", 512),
        ("claude-opus-5", 512),
        ("claude-sonnet-5", 1024),
        ("claude-opus-4-7", 2048),
        ("claude-haiku-4-5-20251001", 4096),
        ("something-else", 1024),
    ],
)
def test_the_least_that_the_prompt_cache_keeps(model: str, tokens: int) -> None:
    assert cache_minimum(model) == tokens
