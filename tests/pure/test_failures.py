"""Failures explained by the server's own words, whoever's server it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fakes import Page, ScriptedClaude
from hypothesis import given
from hypothesis import strategies as st

from ragchat.claude.client import Claude
from ragchat.claude.failures import foreign_message, http_failure, retry_after
from ragchat.claude.server_messages import ServerMessage, server_message
from ragchat.claude.wire import Prompt
from ragchat.errors import CredentialsError, ModelServiceError, RagchatError, RequestTooLong

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LOCAL = "http://127.0.0.1:11434"
ASKED = Prompt("", ({"role": "user", "content": "When?"},))


def said(status: int, body: object, *, base_url: str | None = None) -> RagchatError:
    """What a request raises whose answer has this status and body."""
    text = body if isinstance(body, str) else json.dumps(body)
    page = Page(status, text, {"content-type": "application/json"})
    server = ScriptedClaude(*[page] * 4)
    server.needs_key = False
    claude = Claude(
        "claude-sonnet-5-5",
        base_url=base_url,
        http_client=server.client(),
        max_retries=1,
        sleep=lambda _: None,
    )
    with pytest.raises(RagchatError) as raised:
        list(claude.stream(ASKED, max_tokens=10))
    return raised.value


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-planted-0123456789")


def anthropic_error(kind: str, message: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("status", "body", "words", "advice"),
    [
        (
            400,
            anthropic_error(
                "invalid_request_error", "Your credit balance is too low: go to Plans & Billing."
            ),
            "credit balance is too low",
            "add credit (https://platform.claude.com/settings/billing)",
        ),
        (404, anthropic_error("not_found_error", "model: claude-sonet-5"), "sonet", "--model"),
        (529, anthropic_error("overloaded_error", "Overloaded"), "Overloaded", "try again"),
        (500, {"error": {"message": "The engine is overloaded"}}, "is overloaded", "try again"),
        (
            400,
            anthropic_error("invalid_request_error", "max_tokens: 99999 > 64000, the maximum"),
            "99999 > 64000",
            "lower --max-tokens",
        ),
        (
            400,
            anthropic_error("invalid_request_error", "effort: not supported by this model"),
            "not supported by this model",
            "--effort",
        ),
        (400, anthropic_error("invalid_request_error", "It is odd."), "It is odd.", "--dry-run"),
    ],
)
def test_what_anthropic_says_is_quoted_with_advice_that_fits(
    status: int, body: object, words: str, advice: str
) -> None:
    error = said(status, body)
    assert isinstance(error, ModelServiceError)
    assert words in str(error)
    assert advice in str(error).partition(words)[2]
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "words", "advice"),
    [
        (404, {"error": 'model "qwen9" not found, try pulling it first'}, "pulling", "load it"),
        (400, {"error": {"message": "No models loaded. Load one."}}, "No models", "load it"),
        (404, {"detail": "The model `x` does not exist."}, "does not exist", "load it at "),
        (
            503,
            {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
            "still loading (503, Loading model)",
            "try again in a minute",
        ),
        (422, {"detail": [{"msg": "field required", "loc": ["x"]}]}, "field required", "--dry-run"),
        (
            429,
            {"error": {"message": "No more.", "code": "insufficient_quota"}},
            "No more",
            "credit",
        ),
        (401, {"error": {"message": "Who are you?"}}, "Who are you?", "key that 127.0.0.1 expects"),
        (404, "404 page not found", "404 page not found", "correct ANTHROPIC_BASE_URL"),
        (404, {"detail": "Not Found"}, "no Messages API at this address", "ANTHROPIC_BASE_URL"),
        (418, "I am a teapot", "127.0.0.1 does not take this request", "--dry-run"),
    ],
)
def test_what_another_server_says_is_quoted_with_advice_that_fits(
    status: int, body: object, words: str, advice: str
) -> None:
    error = said(status, body, base_url=LOCAL)
    assert words in str(error)
    assert advice in str(error)
    assert "platform.claude.com" not in str(error)


@pytest.mark.parametrize(
    "message",
    [
        "prompt is too long: 208310 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000",
        "the request exceeds the available context size. try increasing the context size",
    ],
)
def test_a_context_that_is_too_long_is_known_by_its_words(message: str) -> None:
    assert isinstance(said(400, {"error": {"message": message}}), RequestTooLong)


def test_an_account_without_credit_is_not_asked_again() -> None:
    message = ServerMessage("You exceeded your quota, check your plan and billing details.")
    failure = http_failure(429, message, {}, NOW, host="gateway.example", is_anthropic=False)
    assert not failure.retry
    assert failure.advice == "add credit at gateway.example"


def test_a_key_in_a_servers_words_is_refused_as_one() -> None:
    error = said(400, {"error": {"message": "API key not valid. Please pass a valid one."}})
    assert isinstance(error, CredentialsError)


def test_words_from_a_server_are_cleaned_and_redacted() -> None:
    words = "\x1b]0;pwn\x07bad \x1b[31mkey\x1b[0m sk-ant-api03-abcdefghijklmnop \u202edesrever"
    shown = str(said(400, {"error": {"message": words + " long" * 9000}}))
    assert shown.isprintable()
    assert "pwn" not in shown
    assert "abcdefghijklmnop" not in shown
    assert len(shown) < 500


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("-5", 0.0),
        ("1e308", 86_400.0),
        ("inf", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 2024 00:00:00 +" + "9" * 14, None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
    ],
)
def test_a_wait_that_a_server_asks_for_is_a_time_there_is(
    header: str, seconds: float | None
) -> None:
    assert retry_after(header, NOW) == seconds


def test_a_message_of_any_length_is_searched_quickly() -> None:
    words = "exceed " * 9_000 + "context"
    assert http_failure(400, ServerMessage(words), {}, NOW, host="x").error is ModelServiceError
    failure = http_failure(400, ServerMessage("exceeds the context"), {}, NOW, host="x")
    assert failure.error is RequestTooLong


def test_a_wait_of_ages_is_said_in_a_few_characters() -> None:
    failure = http_failure(429, ServerMessage(), {"retry-after": "1e308"}, NOW, host="x")
    assert failure.advice == "try again in a day or more"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message"]), inner),
)


@given(JSON)
def test_any_body_has_a_message_of_one_line(body: object) -> None:
    assert "\n" not in foreign_message(server_message(body).text)
