"""Every way in which a request can fail, from one end of the program to the other.

Each row is asked in the middle of a conversation: what came is kept and marked, the reason is one
line that says what to do, the exit code is the contract's, and the next question is sent with a
history that the API takes.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads
from emulator import Program
from fakes import Broken, Failure, Page, Reply, ScriptedClaude, Step

from ragchat.cli import run

pytestmark = pytest.mark.usefixtures("tiny")
NOW = {"retry-after": "0"}


@dataclass(frozen=True)
class Row:
    """A failure: what the server does or where requests go, and what then has to be.

    `kept` is what is stored of the answer, None when nothing is; `sent_on` whether it goes into
    the next request.
    """

    name: str
    script: Step | tuple[Step, ...]
    code: int
    says: str
    kept: str | None = None
    sent_on: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def http(status: int, kind: str, says: str, code: int = 4, **more: str) -> Row:
    failure = Failure(status, kind, "What it says.", headers=NOW, error_code=more.get("error_code"))
    return Row(" ".join([str(status), kind, *more.values()]), failure, code, says)


def elsewhere(name: str, url: str, says: str, code: int = 4) -> Row:
    return Row(name, (), code, says, environment={"ANTHROPIC_BASE_URL": url})


HALF = "Half of an ans"
TABLE = [
    # What the API says
    http(400, "invalid_request_error", "does not take this request (400, What it says.)"),
    http(401, "authentication_error", "credentials were refused", code=3),
    http(402, "billing_error", "cannot pay"),
    http(403, "permission_error", "do not allow this", code=3),
    http(404, "not_found_error", "correct ANTHROPIC_BASE_URL"),
    http(408, "timeout_error", "took too long"),
    http(409, "conflict_error", "conflicts with another one"),
    Row("413", (Failure(413, "request_too_large", "Too big."),) * 2, 4, "--context-tokens"),
    http(422, "invalid_request_error", "does not take this request"),
    http(429, "rate_limit_error", "too many requests"),
    http(429, "rate_limit_error", "spend limit", error_code="enforced_spend_limit_reached"),
    http(500, "api_error", "service failed"),
    http(503, "api_error", "service failed"),
    http(504, "timeout_error", "service failed"),
    http(529, "overloaded_error", "overloaded"),
    Row("unknown model", (), 4, "no such model", flags=("--model", "nonesuch")),
    Row("retired model", (), 4, "or it was retired", flags=("--model", "claude-3-opus-20240229")),
    # What comes in place of an answer
    Row("502 page", Page(502, headers=NOW), 4, "service failed (502, by a page"),
    Row("403 page", Page(403), 4, "a web page answered in place of Claude's API (403)"),
    Row("redirect", Page(307, headers={"location": "http://x.invalid/"}), 4, "http://x.invalid/"),
    Row("200 page", Broken("html"), 4, "is not Claude's API"),
    Row("200 JSON", Broken("json"), 4, "is not Claude's API"),
    Row("empty 200", Broken("empty"), 4, "is not Claude's API"),
    # A stream that breaks, before and after the first text
    Row("error event, late", Broken("error event", HALF), 4, "overloaded", kept=HALF),
    Row("error event, early", Broken("error event", ""), 4, "overloaded"),
    Row("reset, late", Broken("reset", HALF), 4, "broke: ask again", kept=HALF),
    Row("reset, early", Broken("reset", ""), 4, "broke: ask again"),
    Row("closed, late", Broken("short", HALF), 4, "broke: ask again", kept=HALF),
    Row("closed, early", Broken("short", ""), 4, "broke: ask again"),
    Row("clean end, late", Broken("clean end", HALF), 4, "before its end", kept=HALF),
    Row("clean end, early", Broken("clean end", ""), 4, "before its end"),
    Row("bad JSON, late", Broken("bad json", HALF), 4, "cannot be read", kept=HALF),
    Row("bad JSON, early", Broken("bad json", ""), 4, "cannot be read"),
    Row("stall, late", Broken("stall", HALF, 3), 4, "said nothing for 1 s", kept=HALF),
    Row("stall, early", Broken("stall", "", 3), 4, "said nothing for 1 s"),
    # An answer that ends otherwise than by itself
    Row("refused", Reply("", stop_reason="refusal"), 0, "refused", kept="", sent_on=False),
    Row(
        "refused, late", Reply("I will", stop_reason="refusal"), 0, "refused", "I will", False
    ),
    Row("max_tokens", Reply("Half", stop_reason="max_tokens"), 0, "--max-tokens", kept="Half"),
    Row("thought only", Reply("", stop_reason="max_tokens"), 0, "--max-tokens", "", False),
    Row("nothing", Reply("", stop_reason="end_turn"), 0, "answered nothing", "", False),
    Row("paused", Reply("Half", stop_reason="pause_turn"), 0, "ask it to go on", kept="Half"),
    Row(
        "full context",
        Reply("Half", stop_reason="model_context_window_exceeded"),
        0,
        "context is full",
        kept="Half",
    ),
    Row("a new reason", Reply("Half", stop_reason="tired"), 0, "new to ragchat", kept="Half"),
    # An address at which nothing answers, or something else
    elsewhere("DNS", "http://nowhere.invalid", "cannot reach nowhere.invalid"),
    elsewhere("refused", "http://127.0.0.1:9", "cannot reach 127.0.0.1"),
    elsewhere("TLS", "https://{host}", "no secure connection"),
    elsewhere("path", "http://{host}/nowhere", "no Messages API at this address"),
    elsewhere("no address", "localhost:11434", "is not a web address", code=2),
    Row(
        "SOCKS proxy", (), 2, "correct HTTPS_PROXY, ALL_PROXY",
        environment={"ALL_PROXY": "socks5://127.0.0.1:9"},
    ),
    Row("no key", (), 3, "ANTHROPIC_API_KEY", environment={"ANTHROPIC_API_KEY": ""}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent again, and a second of silence is the end."""
    monkeypatch.setenv("RAGCHAT_RETRIES", "0")
    monkeypatch.setenv("RAGCHAT_TIMEOUT", "1")


@pytest.fixture(scope="module")
def begun(clean_module: None, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose only conversation is one question and its answer."""
    home = tmp_path_factory.mktemp("begun") / "home"
    claude = ScriptedClaude(Reply("The first."))
    with pytest.MonkeyPatch.context() as changed, claude.serving() as url:
        changed.setenv("ANTHROPIC_BASE_URL", url)
        changed.setenv("ANTHROPIC_API_KEY", "k")
        changed.setenv("RAGCHAT_EMBEDDING_MODEL", str(tiny_model))
        changed.setattr(gc, "freeze", lambda: None)
        assert run(["ask", "First?", "--json", "--home", str(home)]) == 0
    return home


@pytest.mark.filterwarnings("ignore::DeprecationWarning:ragchat")
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_failure_keeps_what_came_says_what_to_do_and_harms_no_later_question(
    begun: Path,
    home: Path,
    ragchat: Output,
    server: ScriptedClaude,
    monkeypatch: pytest.MonkeyPatch,
    row: Row,
) -> None:
    shutil.copytree(begun, home, dirs_exist_ok=True)
    server.script += row.script if isinstance(row.script, tuple) else [row.script]
    with monkeypatch.context() as changed:
        host = os.environ["ANTHROPIC_BASE_URL"].removeprefix("http://")
        for name, value in row.environment.items():
            changed.setenv(name, value.format(host=host))
        code, out, err = ragchat("ask", "Second?", "--continue", "--json", *row.flags)
    assert code == row.code
    assert "Traceback" not in err
    told = json.loads(out) if out else {"error": err.strip()}
    assert row.says in told["error"]
    assert re.fullmatch(r".+: .+", told["error"])
    assert told.get("answer") == row.kept
    assert server.script == []

    server.script.append(Reply("The third."))
    assert loads(ragchat("ask", "Third?", "--continue", "--json"))["answer"] == "The third."
    sent = server.requests[-1]["messages"]
    window = ["First?", "The first.", *(["Second?", row.kept] if row.kept and row.sent_on else [])]
    assert [message["content"] for message in sent[:-1]] == window
    assert [message["role"] for message in sent] == ["user", "assistant"] * (len(sent) // 2) + [
        "user"
    ]
    show = loads(ragchat("conversations", "show", "--json", told_id(ragchat)))
    kept = [exchange["answer"]["text"] for exchange in show["exchanges"]]
    assert kept == ["The first.", *([] if row.kept is None else [row.kept]), "The third."]


def told_id(ragchat: Output) -> str:
    """The conversation spoken last."""
    return str(loads(ragchat("conversations", "list", "--json"))[0]["id"])


@pytest.mark.parametrize("how", ["error event", "clean end", "stall"])
def test_what_came_is_printed_before_the_reason(
    ragchat: Output, server: ScriptedClaude, how: Any
) -> None:
    server.script.append(Broken(how, HALF, 3))
    code, out, err = ragchat("ask", "First?")
    assert (code, out) == (4, f"{HALF}\n")
    reason, notice, cost = err.splitlines()
    assert ": " in reason
    assert notice == "no relevant passages found in the library"
    assert "tokens in" in cost
    assert "(cut off)" in ragchat("conversations", "show", told_id(ragchat))[1]


def test_an_overload_is_outlasted_with_a_word_for_each_wait(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_RETRIES", "2")
    overloaded = Failure(529, "overloaded_error", "Overloaded", headers={"retry-after": "1"})
    server.script += [overloaded, overloaded, Reply("At last.")]
    code, out, err = ragchat("ask", "First?")
    assert (code, out) == (0, "At last.\n")
    assert err.count("overloaded (529, Overloaded): retrying in 1 s") == 2


def test_a_failure_of_an_answer_with_a_schema_is_json_too(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    (tmp_path / "schema.json").write_text('{"type": "object"}')
    asked = ("ask", "First?", "--json", "--schema", tmp_path / "schema.json")
    server.script += [Broken("clean end", '{"a": '), Reply("No JSON"), Failure(400)]
    for answer in ('{"a": ', "No JSON", None):
        code, out, _ = ragchat(*asked)
        told = json.loads(out)
        assert (code, told.get("answer")) == (4, answer)
        assert ": " in told["error"]


def test_ctrl_c_ends_the_countdown_of_a_long_wait_and_the_conversation_goes_on(
    home: Path, server: ScriptedClaude
) -> None:
    limited = Failure(429, "rate_limit_error", "Slow down.", headers={"retry-after": "120"})
    server.script += [limited, Reply("Here again.")]
    talk = "import sys; from ragchat.cli import main; sys.argv[1:] = ['ask']; main()"
    program = Program(talk, forked=True, RAGCHAT_HOME=str(home), RAGCHAT_RETRIES="1")
    program.wait_for("0 files")
    program.type("First?\r")
    program.wait_for("retrying in 11")
    program.type("\x03")
    program.wait_for("the answer was stopped")
    program.type("Second?\r")
    program.wait_for("Here again.")
    program.type("\x04")
    program.end()
    (only,) = server.requests[-1]["messages"]
    assert only["content"].startswith("Question: Second?")
