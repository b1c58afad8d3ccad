"""What a process has spent, and the most that it, a day and a month may."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragchat.claude.cost import answer_cost, cost, money
from ragchat.claude.prices import CACHE_WRITE
from ragchat.claude.wire import Answer
from ragchat.errors import CostLimitReached, UsageError

WARNING_SHARE = 0.8
"""Of a budget: from here on the user is warned."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be spent in a period, in US dollars, as the setting `name` has it; `spent`
    returns the USD spent in it so far, by any process.
    """

    name: str
    period: str
    usd: float
    spent: Callable[[], float]


class SpendingLimit:
    """Counts US dollars. `limit` is the most that this process may spend, None for no limit.

    `record` stores the cost of a request, so that the budgets have it in their `spent`: it is
    called with the model, the cost, and the cost with the full history. Without it nothing is
    stored; what this process spends counts towards the budgets as long as it runs.
    """

    def __init__(
        self,
        limit: float | None = None,
        budgets: Sequence[Budget] = (),
        *,
        record: Callable[[str, float, float], None] | None = None,
    ) -> None:
        if limit is not None and not 0 <= limit < math.inf:
            raise UsageError(f"max_cost is {limit}: write an amount in US dollars")
        self.limit = limit
        self.spent = 0.0
        self._record = record
        self._budgets = tuple(budgets)
        self._warned: set[str] = set()

    def allow(
        self,
        model: str,
        *,
        input_tokens: int,
        max_tokens: int,
        unpaid: float = 0.0,
        cache_write: float = CACHE_WRITE,
    ) -> None:
        """Raise CostLimitReached if this request could pass a limit at its dearest: its input
        written to the prompt cache at the price `cache_write`, and an answer of `max_tokens`.
        UsageError where the model's price is not known, since then --max-cost cannot be kept.
        `unpaid` is spent but not counted yet.
        """
        if self.limit is None and not self._budgets:
            return
        tokens = round(cache_write * input_tokens)
        dearest = cost({"input_tokens": tokens, "output_tokens": max_tokens}, model)
        if dearest is None:
            if self.limit is not None:
                raise UsageError(f"the price of {model} is not known: remove --max-cost")
            return
        if self.limit is not None:
            _check("--max-cost", self.spent + unpaid, dearest, self.limit)
        for budget in self._budgets:
            _check(budget.name, self._spent_of(budget) + unpaid, dearest, budget.usd)

    def pay(self, answer: Answer, full_history: float | None = None) -> None:
        """Count what a request has cost, also one that broke off; `full_history` is its cost with
        the full history, for the comparison that is shown. A model of unknown price counts nothing.
        """
        usd = answer_cost(answer)
        if usd is None:
            return
        self.spent += usd
        if self._record is not None:
            self._record(answer.model, usd, full_history or 0.0)

    def warnings(self, model: str) -> list[str]:
        """Return messages on budgets that are nearly spent, each once."""
        due = {
            budget.name: warning
            for budget in self._budgets
            if (warning := self._warning(budget, model))
        }
        new = [warning for name, warning in due.items() if name not in self._warned]
        self._warned = set(due)  # once another day or month has begun, it is said again
        return new

    def _warning(self, budget: Budget, model: str) -> str:
        """Return what the user has to know of a budget, or ""."""
        if cost({}, model) is None:
            return f"the price of {model} is not known: it does not count towards {budget.name}"
        spent = self._spent_of(budget)
        if spent < WARNING_SHARE * budget.usd:
            return ""
        of = f"{money(spent)} of the {money(budget.usd)} for this {budget.period}"
        return f"{of} is spent ({budget.name})"

    def _spent_of(self, budget: Budget) -> float:
        return budget.spent() + (0.0 if self._record else self.spent)


def _check(name: str, spent: float, dearest: float, limit: float) -> None:
    if spent + dearest > limit:
        left = f"{money(spent)} of the {money(limit)} of {name} is spent"
        more = f"and {left}" if spent else f"more than the {money(limit)} of {name}"
        raise CostLimitReached(
            f"this request could cost {money(dearest)}, {more}: raise it, or lower --max-tokens"
        )
