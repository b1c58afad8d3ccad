"""Servers and models: who gets a key, what is offered, what a name means, what effort is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import httpx2
import pytest
from anthropic.types import Model
from fakes import Reply, ScriptedClaude

from ragchat.claude.capabilities import Effort, effort_notice
from ragchat.claude.catalog import known_model
from ragchat.claude.client import Claude
from ragchat.claude.prices import PRICES, price_of
from ragchat.claude.wire import Finished, Prompt, Shape
from ragchat.errors import CredentialsError, ModelServiceError

ASKED = Prompt("", ({"role": "user", "content": "When?"},))
LOCAL = "http://127.0.0.1:8080"
SECRET = "sk-ant-planted-0123456789"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def server() -> ScriptedClaude:
    server = ScriptedClaude()
    server.needs_key = False
    return server


def local(server: ScriptedClaude, model: str = "local-model", effort: Effort = "auto") -> Claude:
    return Claude(model, base_url=LOCAL, http_client=server.client(), effort=effort)


def test_a_server_that_needs_no_key_is_asked_without_one(server: ScriptedClaude) -> None:
    server.script.append(Reply("Yes."))
    *_, last = local(server).stream(ASKED, max_tokens=10)
    assert isinstance(last, Finished)
    assert last.answer.text == "Yes."
    assert "authorization" not in server.headers[0]
    assert "x-api-key" not in server.headers[0]


def test_a_key_that_is_set_goes_to_the_server_that_is_set(
    server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    list(local(server).stream(ASKED, max_tokens=10))
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"


def test_headers_of_a_gateway_go_with_every_request(
    server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Team: ours\nAuthorization: Bearer gateway")
    list(local(server).stream(ASKED, max_tokens=10))
    assert server.headers[0]["authorization"] == "Bearer gateway"
    assert server.headers[0]["x-team"] == "ours"


def test_a_profile_on_the_disk_is_not_shown_to_another_server(
    server: ScriptedClaude, tmp_path: Path
) -> None:
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "default.json").write_text('{"authentication": {"type": "nonsense"}}')
    list(local(server).stream(ASKED, max_tokens=10))
    assert "authorization" not in server.headers[0]


def test_a_server_that_wants_a_key_after_all_says_where_to_put_it() -> None:
    with pytest.raises(CredentialsError, match=r"key that 127\.0\.0\.1 expects"):
        list(local(ScriptedClaude()).stream(ASKED, max_tokens=10))


def test_anthropics_own_endpoint_is_never_asked_without_a_key(server: ScriptedClaude) -> None:
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(CredentialsError, match="set ANTHROPIC_API_KEY"):
        list(claude.stream(ASKED, max_tokens=10))
    assert server.requests == []


LISTS: list[tuple[dict[str, Any], str, int | None]] = [
    (
        {
            "type": "model",
            "id": "claude-sonnet-5-5",
            "display_name": "Claude Sonnet 5.5",
            "created_at": "2026-09-28T00:00:00Z",
            "lifecycle": "active",
            "max_input_tokens": 1_000_000,
        },
        "Claude Sonnet 5.5",
        1_000_000,
    ),
    ({"id": "qwen3:8b", "object": "model", "owned_by": "library"}, "", None),
    ({"id": "x.gguf", "object": "model", "meta": {"n_ctx_train": 8192}}, "", 8192),
    ({"id": "vllm", "object": "model", "max_model_len": 32_768}, "", 32_768),
    ({"id": "odd", "object": "model", "max_model_len": -1}, "", None),
]


@pytest.mark.parametrize(("entry", "name", "context"), LISTS, ids=lambda value: str(value)[:12])
def test_the_models_of_an_endpoint_are_listed(
    server: ScriptedClaude, entry: dict[str, Any], name: str, context: int | None
) -> None:
    server.models = [entry]
    (found,) = local(server).models()
    assert (found.id, found.name, found.context) == (entry["id"], name, context)


@pytest.mark.parametrize("body", ["<html>", "[]", '{"data": null}', '{"data": "x"}', "{", "7"])
def test_a_list_of_something_else_is_said_to_be_none(body: str) -> None:
    page = httpx2.Response(200, text=body, headers={"content-type": "application/json"})
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: page))
    with pytest.raises(ModelServiceError, match=r"cannot be read|no list of models"):
        Claude("local-model", base_url=LOCAL, http_client=client).models()


def test_entries_that_are_no_models_are_left_out(server: ScriptedClaude) -> None:
    server.models = [{"id": 7}, {}, {"id": " "}, {"id": "local-model"}]
    assert [model.id for model in local(server).models()] == ["local-model"]


def test_a_server_without_a_list_says_so(server: ScriptedClaude) -> None:
    with pytest.raises(ModelServiceError, match=r"cannot list the models of 127\.0\.0\.1"):
        local(server).models()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("haiku", "claude-haiku-5-5"),
        ("Sonnet", "claude-sonnet-5-5"),
        ("claude-opus", "claude-opus-5-5"),
        ("opus-4-8", "claude-opus-4-8"),
        ("claude-sonnet-5", "claude-sonnet-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001"),
        ("gpt-99", None),
        ("claude-sonnet-9", None),
        ("claude-haiku-4-5-2025", None),
        ("", None),
    ],
)
def test_a_name_means_a_model_of_the_table_or_none(name: str, model: str | None) -> None:
    assert known_model(name) == model


def test_every_model_that_the_sdk_names_has_a_line_in_the_price_table() -> None:
    names = [name for literal in get_args(Model) for name in get_args(literal)]
    assert len(names) > 10
    assert {name for name in names if known_model(name) != name} == set()
    unpriced = {name for name, price in PRICES.items() if price is None}
    assert unpriced == {"claude-fable-5-2", "claude-mythos-5-2"}
    assert price_of("claude-haiku-4-5-20251001") == PRICES["claude-haiku-4-5"]


@pytest.mark.parametrize(
    ("model", "effort", "base_url", "sent"),
    [
        ("claude-sonnet-5-5", "auto", None, "medium"),
        ("claude-opus-5-5", "low", None, "low"),
        ("claude-fable-5-1", "max", None, "max"),
        ("claude-opus-4-5", "max", None, "high"),
        ("claude-haiku-4-5", "auto", None, None),
        ("claude-sonnet-4-5-20250929", "high", None, None),
        ("claude-sonnet-5-5", "auto", LOCAL, None),
        ("qwen3:8b", "auto", LOCAL, None),
        ("qwen3:8b", "high", LOCAL, "high"),
    ],
)
def test_effort_is_sent_where_the_model_takes_it_and_to_others_only_when_set(
    model: str, effort: Effort, base_url: str | None, sent: str | None
) -> None:
    claude = Claude(model, base_url=base_url, effort=effort)
    body = claude.request_body(ASKED, max_tokens=10)
    assert body.get("output_config") == (None if sent is None else {"effort": sent})


def test_effort_and_a_schema_go_together() -> None:
    claude = Claude("claude-sonnet-5-5", effort="low")
    asked = Prompt("", ASKED.messages, shape=Shape(schema={"type": "object"}))
    config = claude.request_body(asked, max_tokens=10)["output_config"]
    assert config["effort"] == "low"
    assert config["format"]["schema"] == {"type": "object"}


def test_an_effort_that_is_not_sent_as_it_is_is_said() -> None:
    assert effort_notice("claude-sonnet-5-5", "low", is_anthropic=True) == ""
    assert effort_notice("claude-haiku-4-5", "auto", is_anthropic=True) == ""
    assert "left out" in effort_notice("claude-haiku-4-5", "low", is_anthropic=True)
    assert "“high” is sent" in effort_notice("claude-opus-4-5", "max", is_anthropic=True)
