"""The scripted server refuses what the API refuses; without that a green test proves nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import ScriptedClaude

HEADERS = {"authorization": "Bearer k", "anthropic-version": "2026-10-21"}
RESULT = {
    "type": "search_result",
    "source": "a",
    "title": "a",
    "content": [{"type": "text", "text": "words"}],
    "citations": {"enabled": True},
}
UNCITED = {**RESULT, "citations": {"enabled": False}}
MARKED = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


def body(**changes: object) -> dict[str, Any]:
    return {
        "model": "claude-sonnet-5-5",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }


def user(*blocks: object) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


def status(request: dict[str, Any], headers: dict[str, str] = HEADERS) -> int:
    answer = ScriptedClaude().respond("/v1/messages", headers, json.dumps(request).encode())
    return answer[0]


def test_a_plain_request_is_accepted() -> None:
    assert status(body()) == 200


PREFILLED = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "{"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 0.5},
        {"top_k": 3},
        {"surprise": 1},
        {"max_tokens": 0},
        {"messages": []},
        {"messages": PREFILLED},
        {"messages": [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Hi"}]},
        {"messages": [{"role": "user", "content": " "}]},
        {"messages": user({"type": "text", "text": "\n"})},
        {"messages": user({"type": "text", "text": "x", "citations": [{}]})},
        {"messages": user(*[MARKED] * 5)},
        {"messages": user(*[MARKED] * 4), "cache_control": {"type": "ephemeral"}},
        {"messages": user(RESULT, UNCITED)},
        {"messages": user(RESULT), "output_config": {"format": {"type": "json_schema"}}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}},
        {
            "messages": [
                {"role": "user", "content": "x"},
                {"role": "assistant", "content": [{"type": "document"}]},
                {"role": "user", "content": "x"},
            ]
        },
    ],
    ids=lambda changes: json.dumps(changes)[:50],
)
def test_what_the_api_refuses_is_refused(changes: dict[str, Any]) -> None:
    assert status(body(**changes)) == 400


def test_prefill_is_accepted_where_the_model_allows_it() -> None:
    assert status(body(messages=PREFILLED, model="claude-haiku-4-5")) == 200


def test_a_key_a_version_and_a_model_are_wanted() -> None:
    assert status(body(), {"anthropic-version": "2026-10-21"}) == 401
    assert status(body(), {"x-api-key": "k", "anthropic-version": "2026-10-21"}) == 401
    assert status(body(), {**HEADERS, "anthropic-version": "2023-06-01"}) == 400
    assert status(body(model="gpt-4")) == 404
