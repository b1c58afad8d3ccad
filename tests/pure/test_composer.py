"""How a question becomes a request: limits, recent turns, the summary, the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.conversation import Exchange, Turn
from ingest.search.scope import Scope
from ragchat.claude.tokens import ChatModel
from ragchat.request.budget import LedgerEntry
from ragchat.request.composer import Composer, Request
from ragchat.request.history import Strategy, Summary
from ragchat.request.limits import Limits
from ragchat.request.prompt import Instructions
from ragchat.request.user_message import UserMessage

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
LIMITS = Limits(
    top_k=8,
    window_tokens=1_000,
    context_tokens=3_000,
    request_tokens=6_000,
    max_tokens=500,
    long_window_tokens=2_000,
    full_tokens=9_000,
)
WIDE = replace(LIMITS, window_tokens=20_000, request_tokens=40_000)
FERRIES = "Which ferries run on Sundays?"


def said(count: int, words: int = 10, minutes_ago: float = 1, apart: float = 1) -> list[Exchange]:
    """Exchanges of one conversation, some minutes apart, the last of them some minutes ago."""
    exchanges = []
    for number in range(count):
        time = NOW - timedelta(minutes=minutes_ago + apart * (count - 1 - number))
        question = Turn("user", f"Question {number}?", time, f"q{number}")
        answer = Turn("assistant", f"Answer {number}. " + "word " * words, time, f"a{number}")
        exchanges.append(Exchange(f"q{number}", "c", question, answer))
    return exchanges


def compose(
    exchanges: Sequence[Exchange] = (), limits: Limits = LIMITS, summary: Summary | None = None
) -> Request:
    composer = Composer(ChatModel("claude-sonnet-5-5"), None, Scope())
    return composer.compose(UserMessage(FERRIES), exchanges, limits, summary=summary, now=NOW)


def sent(request: Request) -> list[str]:
    return [entry.name for entry in request.ledger if entry.sent]


@pytest.mark.parametrize(
    ("history", "window", "whole"),
    [("rag", 1_000, 6_000), ("summary", 1_000, 6_000), ("window", 2_000, 7_000),
     ("full", 9_000, 14_000)],
)  # fmt: skip
def test_each_strategy_has_its_window_and_the_request_grows_with_it(
    history: Strategy, window: int, whole: int
) -> None:
    limits = replace(LIMITS, history=history)
    assert (limits.history_tokens, limits.all_tokens) == (window, whole)


def test_shrinking_halves_what_was_sent_and_raises_no_limit() -> None:
    ledger = (
        LedgerEntry("window", "recent", 600, True, ""),
        LedgerEntry("window", "older", 5_000, False, "no room"),
        LedgerEntry("document", "tides.md", 400, True, "", score=0.8),
        LedgerEntry("document", "boats.md", 900, False, "no room", score=0.4),
    )
    shrunk = LIMITS.shrunk(ledger)
    assert (shrunk.window_tokens, shrunk.context_tokens) == (300, 200)
    assert (shrunk.long_window_tokens, shrunk.full_tokens) == (300, 300)
    assert shrunk.request_tokens == LIMITS.request_tokens
    much = (LedgerEntry("window", "recent", 90_000, True, ""),)
    assert LIMITS.shrunk(much).window_tokens == LIMITS.window_tokens


def test_without_a_retriever_recent_turns_and_the_question_are_sent() -> None:
    request = compose(said(2))
    assert sent(request) == ["Question 0?", "Question 1?"]
    assert [message["role"] for message in request.prompt.messages] == [
        "user", "assistant", "user", "assistant", "user"
    ]  # fmt: skip
    assert FERRIES in str(request.prompt.messages[-1])
    assert request.prompt.hits == ()
    assert request.reranking is None


def test_what_does_not_fit_into_the_window_is_left_out_from_the_oldest() -> None:
    names = sent(compose(said(40, words=100)))
    assert 0 < len(names) < 40
    assert names == [f"Question {number}?" for number in range(40 - len(names), 40)]


def test_a_summary_comes_first_in_the_ledger_before_the_turns_that_it_leads_up_to() -> None:
    limits = replace(LIMITS, history="summary")
    request = compose(said(40, words=100), limits, Summary("We spoke of two islands.", 5))
    assert [entry.part for entry in request.ledger][:2] == ["summary", "window"]
    assert sent(request)[-1] == "Question 39?"
    assert "Question 4?" not in sent(request)
    assert "two islands" in str((request.prompt.system, request.prompt.messages))


def test_the_estimate_follows_what_the_model_has_counted() -> None:
    model = ChatModel("claude-sonnet-5-5")
    composer = Composer(model, None, Scope())
    before = composer.compose(UserMessage(FERRIES), said(3), LIMITS, now=NOW)
    for _ in range(20):
        model.learn(before.uncorrected_tokens, 2 * before.uncorrected_tokens)
    after = composer.compose(UserMessage(FERRIES), said(3), LIMITS, now=NOW)
    assert after.uncorrected_tokens == before.uncorrected_tokens
    assert after.estimated_input_tokens > 1.5 * before.estimated_input_tokens


@pytest.mark.parametrize(
    ("exchanges", "cached"),
    [(said(12, words=300), True), (said(1, words=3), False),
     (said(12, words=300, minutes_ago=600), False), ([], False)],
    ids=["long and going on", "short", "long ago", "first question"],
)  # fmt: skip
def test_the_prompt_cache_is_written_where_it_pays(exchanges: list[Exchange], cached: bool) -> None:
    assert compose(exchanges, WIDE).prompt.shape.cached is cached


@pytest.mark.parametrize(
    ("exchanges", "control"),
    [(said(12, words=300), {"type": "ephemeral"}),
     (said(12, words=300, apart=20, minutes_ago=40), {"type": "ephemeral", "ttl": "1h"}),
     (said(3, words=900, apart=20), {"type": "ephemeral"})],
    ids=["quick", "slow", "too few to know"],
)  # fmt: skip
def test_an_hour_of_the_prompt_cache_is_paid_where_pauses_are_long(
    exchanges: list[Exchange], control: dict[str, str]
) -> None:
    request = compose(exchanges, WIDE)
    assert request.prompt.messages[-2]["content"][0]["cache_control"] == control
    assert len(request.window) == len(exchanges)  # what is in the cache is not cut after a pause


def test_another_server_is_asked_for_no_hour() -> None:
    composer = Composer(ChatModel("claude-sonnet-5-5"), None, Scope(), Instructions(style="text"))
    slow = said(12, words=300, apart=20, minutes_ago=4)
    assert not composer.compose(UserMessage(FERRIES), slow, WIDE, now=NOW).prompt.shape.lasting
