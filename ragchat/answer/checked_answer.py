"""A finished answer with the results of its checks."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.conversation import Exchange
from ragchat.answer.citations import AnswerSource
from ragchat.answer.quotations import Quotation
from ragchat.claude.wire import Answer


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer that is complete, checked against its sources, and stored.

    Costs are in USD, None for a model of unknown price. `strange_links` are addresses that no text
    of the request has; `notices` are further messages for the user.
    """

    exchange: Exchange
    answer: Answer
    text: str
    sources: tuple[AnswerSource, ...]
    cost_usd: float | None
    full_history_cost_usd: float | None
    quotations: tuple[Quotation, ...] = ()
    strange_links: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
