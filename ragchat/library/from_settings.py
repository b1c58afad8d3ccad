"""Objects that are made from the settings alone: limits, budgets, the style of citations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from ragchat.claude.endpoint import is_anthropic
from ragchat.claude.spending_limit import Budget
from ragchat.query.local_time import LOCAL
from ragchat.request.history import Strategy
from ragchat.request.limits import Limits
from ragchat.settings import Settings


def native_citations(settings: Settings) -> bool:
    """Return whether passages are sent as blocks that Claude cites, rather than as numbered
    text.
    """
    if settings.citations == "auto":
        return is_anthropic()
    return settings.citations == "native"


def budgets(
    settings: Settings,
    spent_since: Callable[[datetime], float],
    now: Callable[[], datetime] = lambda: datetime.now(LOCAL),
) -> list[Budget]:
    """Return the spending limits of the settings; 0 means no limit. `now` has the rules of a zone,
    so that the midnight of another part of the year is that of its own clock.
    """

    def today() -> datetime:
        return now().replace(hour=0, minute=0, second=0, microsecond=0)

    def first_of_month() -> datetime:
        return today().replace(day=1)

    day, month = settings.max_cost_day, settings.max_cost_month
    chosen = [
        Budget("max_cost_day", "day", day, lambda: spent_since(today())),
        Budget("max_cost_month", "month", month, lambda: spent_since(first_of_month())),
    ]
    return [budget for budget in chosen if budget.usd]


def limits(settings: Settings) -> Limits:
    """Return the token limits of the parts of a request."""
    return Limits(
        top_k=settings.top_k,
        window_tokens=settings.window_tokens,
        context_tokens=settings.context_tokens,
        request_tokens=settings.request_tokens,
        max_tokens=settings.max_tokens,
        question_tokens=settings.question_tokens,
        history=cast("Strategy", settings.history),
        long_window_tokens=settings.long_window_tokens,
        full_tokens=settings.full_tokens,
        personal_memories=settings.personal_memories,
    )
