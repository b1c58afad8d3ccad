"""Streaming an answer, and everything that can go wrong on the way, by the real SDK."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime

import httpx2
import pytest
from fakes import Broken, Failure, Reply, ScriptedClaude, Step
from hits import document_hit
from sse import tokens

from ingest.document import Hit
from ragchat.claude.client import Claude
from ragchat.claude.cost import answer_cost, cost
from ragchat.claude.endpoint import is_anthropic
from ragchat.claude.tokens import estimate_tokens
from ragchat.claude.wire import Answer, Cited, Event, Finished, Prompt, Text, Thinking, Waiting
from ragchat.errors import CredentialsError, ModelServiceError, RagchatError, UsageError
from ragchat.request.history import Window
from ragchat.request.prompt import build

KEY = "sk-ant-planted-0123456789"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def prompt(*passages: Hit) -> Prompt:
    return build("When?", passages, Window(), now=NOW)


def passage(text: str) -> Hit:
    return document_hit(text, text, source="/a.md", start_line=1)


def ask(
    *script: Step, model: str = "claude-sonnet-5-5", waits: list[float] | None = None
) -> tuple[list[Event], Answer, ScriptedClaude]:
    server = ScriptedClaude(*script)
    slept = waits if waits is not None else []
    claude = Claude(model, http_client=server.client(), sleep=slept.append)
    events = list(claude.stream(prompt(passage("The tide turns at noon.")), max_tokens=100))
    last = events[-1]
    assert isinstance(last, Finished)
    return events, last.answer, server


def test_an_answer_streams_after_thinking_with_its_citations_and_usage() -> None:
    reply = Reply(
        [("It turns ", ()), ("at noon", [(0, "turns at noon")]), (".", ())],
        usage={"input_tokens": 90, "output_tokens": 12, "cache_read_input_tokens": 30},
    )
    events, answer, _ = ask(reply)
    assert isinstance(events[0], Thinking)
    assert "".join(event.text for event in events if isinstance(event, Text)) == answer.text
    assert answer.text == "It turns at noon."
    assert Cited(0, "turns at noon") in events
    assert (answer.status, answer.reason, answer.stop_reason) == ("done", "", "end_turn")
    assert answer.usage["output_tokens"] == 12
    assert answer.usage["cache_read_input_tokens"] == 30
    assert answer.request_id == "req_0001"


def test_what_is_sent_is_what_request_body_says() -> None:
    _, _, server = ask()
    claude = Claude("claude-sonnet-5-5")
    body = claude.request_body(prompt(passage("The tide turns at noon.")), max_tokens=100)
    assert server.requests == [body]
    assert server.headers[0]["anthropic-version"] == "2026-10-21"


@pytest.mark.parametrize("how", ["error event", "reset", "clean end", "bad json"])
def test_a_stream_that_breaks_keeps_what_came_and_says_why(how: str) -> None:
    _, answer, server = ask(Broken(how, "Half of an ans"))  # type: ignore[arg-type]
    assert answer.text == "Half of an ans"
    assert (answer.status, answer.stop_reason) == ("cut off", None)
    assert answer.failed
    assert ": " in answer.reason
    assert "\n" not in answer.reason
    assert len(server.requests) == 1


@pytest.mark.parametrize("how", ["error event", "reset", "clean end"])
def test_a_stream_that_breaks_before_the_first_text_is_asked_for_again(how: str) -> None:
    waits: list[float] = []
    events, answer, _ = ask(Broken(how, ""), Reply("Now."), waits=waits)  # type: ignore[arg-type]
    assert answer.text == "Now."
    assert [event.seconds for event in events if isinstance(event, Waiting)] == [1]
    assert waits == [1.0]


@pytest.mark.parametrize("how", ["html", "json", "empty"])
def test_what_is_not_the_api_is_named(how: str) -> None:
    with pytest.raises(ModelServiceError, match="is not Claude's API"):
        ask(*[Broken(how)] * 4)  # type: ignore[arg-type]


def test_a_stall_ends_after_the_timeout_with_what_came() -> None:
    with ScriptedClaude(Broken("stall", "So far", seconds=1.5)).serving() as url:
        claude = Claude("claude-sonnet-5-5", base_url=url, timeout=0.3)
        *_, last = claude.stream(prompt(), max_tokens=10)
    assert isinstance(last, Finished)
    assert last.answer.text == "So far"
    assert "said nothing for 0.3 s" in last.answer.reason


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, "invalid_request_error", ModelServiceError),
        (401, "authentication_error", CredentialsError),
        (402, "billing_error", ModelServiceError),
        (403, "permission_error", CredentialsError),
        (404, "not_found_error", ModelServiceError),
        (413, "request_too_large", ModelServiceError),
    ],
)
def test_what_cannot_succeed_is_not_sent_again(
    status: int, kind: str, error: type[RagchatError]
) -> None:
    server = ScriptedClaude(Failure(status, kind, f"It is {status}."))
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(error, match=f"{status}, It is {status}"):
        list(claude.stream(prompt(), max_tokens=10))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_what_may_succeed_later_is_sent_again_after_a_countdown(status: int) -> None:
    events, answer, server = ask(Failure(status), Failure(status), Reply("At last."))
    assert answer.text == "At last."
    assert len(server.requests) == 3
    assert [event.seconds for event in events if isinstance(event, Waiting)] == [1, 2, 1]


def test_retry_after_is_counted_down_second_by_second() -> None:
    waits: list[float] = []
    events, _, _ = ask(Failure(429, headers={"retry-after": "4"}), Reply(), waits=waits)
    assert [event.seconds for event in events if isinstance(event, Waiting)] == [4, 3, 2, 1]
    assert waits == [1.0] * 4


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    server = ScriptedClaude(Failure(429, headers={"retry-after": "3600"}))
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(ModelServiceError, match="too many requests"):
        list(claude.stream(prompt(), max_tokens=10))


def test_a_spend_limit_is_not_retried() -> None:
    server = ScriptedClaude(Failure(429, error_code="enforced_spend_limit_reached"))
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(ModelServiceError, match="a spend limit is reached"):
        list(claude.stream(prompt(), max_tokens=10))
    assert len(server.requests) == 1


def test_a_refusal_says_what_the_service_says_of_it() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "It looks like an attack."}
    _, answer, _ = ask(Reply("", stop_reason="refusal", stop_details=details))
    assert answer.status == "refused"
    assert "cyber: It looks like an attack." in answer.reason


@pytest.mark.parametrize(
    ("text", "stop", "status", "words"),
    [
        ("Half", "max_tokens", "cut off", "limit of 100 tokens"),
        ("", "max_tokens", "empty", "thinking, before the answer"),
        ("", "end_turn", "empty", "Claude answered nothing"),
        ("Half", "model_context_window_exceeded", "cut off", "context is full"),
        ("Half", "pause_turn", "cut off", "ask it to go on"),
        ("Half", "something_new", "cut off", "something_new"),
        ("Whole", "stop_sequence", "done", ""),
    ],
)
def test_each_stop_reason_has_its_meaning(text: str, stop: str, status: str, words: str) -> None:
    _, answer, _ = ask(Reply(text, stop_reason=stop))
    assert answer.status == status
    assert words in answer.reason
    assert not answer.failed


def test_leaving_early_keeps_what_came_as_interrupted() -> None:
    server = ScriptedClaude(Reply("A long answer. " * 20))
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with claude.stream(prompt(), max_tokens=10) as stream:
        for event in stream:
            if isinstance(event, Text):
                break
    assert stream.answer_so_far().status == "interrupted"
    assert stream.answer_so_far().text == "A long answe"


def test_an_answer_without_its_last_count_is_reckoned_by_its_text() -> None:
    text = "A long answer. " * 200
    _, broken, _ = ask(Broken("reset", text))
    assert broken.usage["output_tokens"] == estimate_tokens(text, "claude-sonnet-5-5")
    _, told, _ = ask(Reply(text, usage={"output_tokens": 7}))
    assert told.usage["output_tokens"] == 7


def test_attempts_that_had_opened_are_counted_beside_the_answer() -> None:
    _, answer, server = ask(Broken("reset", ""), Failure(529), Broken("reset", ""), Reply("Now."))
    (sent,) = {tokens(body) for body in server.requests}
    assert [attempt["input_tokens"] for attempt in answer.wasted] == [sent, sent]
    assert answer.usage["input_tokens"] == sent
    one = cost(answer.usage, answer.model)
    assert one is not None
    assert 2 * one < (answer_cost(answer) or 0.0) <= 3 * one


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    server = ScriptedClaude()
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(CredentialsError, match="set ANTHROPIC_API_KEY"):
        list(claude.stream(prompt(), max_tokens=10))
    assert server.requests == []


def test_a_profile_that_is_not_there_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("ANTHROPIC_PROFILE", "nobody")
    with pytest.raises(CredentialsError, match="nobody"):
        list(Claude("claude-sonnet-5-5").stream(prompt(), max_tokens=10))


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    claude = Claude("claude-sonnet-5-5", base_url=f"http://127.0.0.1:{port}", sleep=lambda _: None)
    with pytest.raises(ModelServiceError, match=r"cannot reach 127\.0\.0\.1"):
        list(claude.stream(prompt(), max_tokens=10))


@pytest.mark.parametrize("url", ["nonsense", "ftp://host", "http://", "https://host:0"])
def test_a_wrong_address_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UsageError, match="ANTHROPIC_BASE_URL"):
        Claude("claude-sonnet-5-5", base_url=url)


@pytest.mark.parametrize(
    ("url", "native"),
    [
        (None, True),
        ("https://api.anthropic.com/v1", True),
        ("http://localhost:11434", False),
        ("https://api.anthropic.com.example.org", False),
    ],
)
def test_only_anthropics_own_endpoint_cites(url: str | None, native: bool) -> None:
    assert is_anthropic(url) is native


def test_the_key_stands_in_no_message() -> None:
    message = f"invalid x-api-key: {KEY}"
    server = ScriptedClaude(Failure(401, "authentication_error", message))
    claude = Claude("claude-sonnet-5-5", http_client=server.client())
    with pytest.raises(CredentialsError) as raised:
        list(claude.stream(prompt(), max_tokens=10))
    assert KEY not in str(raised.value)


def test_a_key_with_a_line_break_is_named_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY}\nsecond")
    with ScriptedClaude().serving() as url:
        claude = Claude("claude-sonnet-5-5", base_url=url, sleep=lambda _: None)
        with pytest.raises(CredentialsError, match="line break") as raised:
            list(claude.stream(prompt(), max_tokens=10))
    assert KEY not in str(raised.value)


def test_the_client_of_an_older_library_is_not_silently_bypassed() -> None:
    assert isinstance(ScriptedClaude().client(), httpx2.Client)


def test_an_interrupt_while_the_sdk_is_imported_ends_the_import_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    class Interrupted:
        """Finds nothing, and is interrupted when it looks for the SDK."""

        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "anthropic":
                tried.append(name)
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "anthropic", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(KeyboardInterrupt):
        list(Claude("claude-sonnet-5-5").stream(prompt(), max_tokens=10))
    assert len(tried) == 1
