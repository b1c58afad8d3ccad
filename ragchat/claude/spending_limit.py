"""What a process has spent, and the most that it may."""

from __future__ import annotations

from ragchat.claude.cost import CACHE_WRITE, cost
from ragchat.errors import CostLimitReached, UsageError


class Purse:
    """Counts US dollars. `limit` is the most that may be spent, None for no limit."""

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self.spent = 0.0

    def allow(self, model: str, *, input_tokens: int, max_tokens: int, unpaid: float = 0.0) -> None:
        """Raise CostLimitReached if this request could pass the limit at its dearest: its input
        written to the prompt cache, and an answer of `max_tokens`. UsageError where the model's
        price is not known, since then no limit can be kept. `unpaid` is spent but not counted yet.
        """
        if self.limit is None:
            return
        usage = {"input_tokens": round(CACHE_WRITE * input_tokens), "output_tokens": max_tokens}
        dearest = cost(usage, model)
        if dearest is None:
            raise UsageError(f"the price of {model} is not known: leave --max-cost away")
        spent = self.spent + unpaid
        if spent + dearest > self.limit:
            raise CostLimitReached(
                f"this request could cost ${dearest:.4f}, and ${spent:.4f} of the"
                f" ${self.limit:.4f} of --max-cost are spent: raise it, or lower --max-tokens"
            )

    def pay(self, amount: float | None) -> None:
        """Count what a request has cost."""
        self.spent += amount or 0.0
