"""`ragchat models`: what the endpoint offers, and what it costs by the dated table."""

from __future__ import annotations

from typing import Any

from commands import Output, loads
from fakes import ScriptedClaude

OFFERED: list[dict[str, Any]] = [
    {"id": "claude-haiku-5-5", "display_name": "Claude Haiku 5.5", "max_input_tokens": 1_000_000},
    {"id": "claude-old", "display_name": "Old", "lifecycle": "retired"},
    {"id": "local\x1b[31m-model", "object": "model"},
]


def test_models_are_listed_with_context_and_price(ragchat: Output, server: ScriptedClaude) -> None:
    server.models = OFFERED
    code, out, err = ragchat("models")
    assert code == 0
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[1] == ["claude-haiku-5-5", "Claude Haiku 5.5", "1,000,000", "$0.10 in, $0.50 out"]
    assert lines[2] == ["local-model", "", "unknown", "unknown"]
    assert len(lines) == 3
    assert "prices as of 24 November 2026" in err


def test_models_are_json_too(ragchat: Output, server: ScriptedClaude) -> None:
    server.models = OFFERED[:1]
    (model,) = loads(ragchat("models", "--json"))
    assert model["context_tokens"] == 1_000_000
    assert (model["input_usd"], model["output_usd"]) == (0.10, 0.50)


def test_a_server_without_models_says_so(ragchat: Output, server: ScriptedClaude) -> None:
    code, _, err = ragchat("models")
    assert code == 4
    assert "cannot list the models of 127.0.0.1: the server has no such list" in err
