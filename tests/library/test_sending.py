"""What is sent beyond the question: strategies, the prompt cache, prefill, schema, limits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads
from fakes import Broken, Failure, Reply, ScriptedClaude

LONG = "The harbour has three basins and a lock that opens twice a day. " * 12


def marks(request: dict[str, Any]) -> list[str]:
    """What stands right before each cache breakpoint of a request."""
    blocks = [*request["system"]]
    for message in request["messages"]:
        blocks += message["content"] if isinstance(message["content"], list) else []
    return [block["text"] for block in blocks if "cache_control" in block]


def talk(ragchat: Output, *questions: str, flags: tuple[str, ...] = ()) -> list[Any]:
    """One conversation, question by question."""
    resumed = [(), *[("--continue",)] * (len(questions) - 1)]
    return [
        loads(ragchat("ask", question, "--json", *flags, *more))
        for question, more in zip(questions, resumed, strict=True)
    ]


def test_the_window_is_marked_for_the_cache_once_it_is_long_enough(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply("Yes."), Reply(LONG * 2), Reply("No.")]
    talk(ragchat, "one?", "two?", "three?")
    first, second, third = server.requests
    assert marks(first) == marks(second) == []
    assert marks(third) == [third["system"][0]["text"], (LONG * 2).strip()]
    assert third["messages"][:2] == second["messages"][:2]


def test_what_was_read_from_the_cache_is_shown(ragchat: Output, server: ScriptedClaude) -> None:
    usage = {"input_tokens": 100, "cache_read_input_tokens": 300, "output_tokens": 5}
    server.script += [Reply("Yes.", usage=usage)]
    _, _, err = ragchat("ask", "one?")
    assert "400 tokens in · 300 of them cached (75%)" in err


@pytest.mark.parametrize("history", ["rag", "window", "summary", "full"])
def test_every_strategy_ends_with_the_user_and_alternates(
    ragchat: Output, server: ScriptedClaude, history: str
) -> None:
    server.script += [Reply(LONG), Reply(LONG), Reply(LONG)]
    talk(ragchat, "one?", "two?", "three?", flags=("--history", history))
    roles = [message["role"] for message in server.requests[-1]["messages"]]
    assert roles == ["user", "assistant"] * 2 + ["user"]


def test_a_summary_is_written_by_the_cheap_model_and_only_when_the_window_moves(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_WINDOW_TOKENS", "600")
    server.script += [Reply(LONG), Reply(LONG), Reply(LONG)]
    server.script += [Reply("They spoke of basins."), Reply("Yes."), Reply("Sure.")]
    flags = ("--history", "summary", "--no-context")
    talk(ragchat, "one?", "two?", "three?", "four?", "five?", flags=flags)
    models = [request["model"] for request in server.requests]
    assert models.count("claude-haiku-5-5") == 1
    assert "They spoke of basins." in json.dumps(server.requests[-1]["messages"][0])
    months = loads(ragchat("status", "--json"))["months"]
    assert sum(month["requests"] for month in months) == 6


def test_a_summary_that_breaks_off_is_paid(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_WINDOW_TOKENS", "600")
    monkeypatch.setenv("RAGCHAT_RETRIES", "0")
    server.script += [Reply(LONG), Reply(LONG), Reply(LONG), Broken("reset", "")]
    flags = ("--history", "summary", "--no-context")
    talk(ragchat, "one?", "two?", "three?", flags=flags)
    assert ragchat("ask", "four?", "--continue", *flags)[0] == 4
    months = loads(ragchat("status", "--json"))["months"]
    assert sum(month["requests"] for month in months) == 4


def test_a_request_that_is_too_long_is_halved_and_sent_once_more(
    ragchat: Output, server: ScriptedClaude
) -> None:
    too_long = Failure(400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum")
    server.script += [Reply(LONG * 6), Reply(LONG * 6), too_long, Reply("Yes.")]
    *_, last = talk(ragchat, "one?", "two?", "three?")
    assert last["answer"] == "Yes."
    refused, taken = server.requests[-2:]
    assert len(json.dumps(taken)) < 0.7 * len(json.dumps(refused))
    assert taken["messages"][-1] == refused["messages"][-1]


def test_a_request_that_is_too_long_twice_is_said(ragchat: Output, server: ScriptedClaude) -> None:
    server.script += [Failure(400, "invalid_request_error", "prompt is too long")] * 2
    code, _, err = ragchat("ask", "one?")
    assert (code, len(server.requests)) == (4, 2)
    assert "--context-tokens" in err


def test_a_full_context_before_the_first_word_is_tried_once_more(
    ragchat: Output, server: ScriptedClaude
) -> None:
    full = Reply([], stop_reason="model_context_window_exceeded")
    server.script += [full, Reply("Yes.")]
    assert loads(ragchat("ask", "one?", "--json"))["answer"] == "Yes."


def test_the_cost_limit_stops_before_anything_is_sent(
    ragchat: Output, server: ScriptedClaude
) -> None:
    code, _, err = ragchat("ask", "one?", "--max-cost", "0.001")
    assert (code, server.requests) == (1, [])
    assert "--max-cost" in err
    assert ragchat("ask", "one?", "--max-cost", "0.01", "--max-tokens", "100")[0] == 0


def test_a_prefill_begins_the_answer_where_the_model_takes_it(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply(" Tuesday.")]
    flags = ("--model", "claude-haiku-4-5", "--prefill", "It is a ")
    assert loads(ragchat("ask", "Which day?", "--json", *flags))["answer"] == "It is a Tuesday."
    assert server.requests[-1]["messages"][-1] == {"role": "assistant", "content": "It is a"}


def test_a_prefill_is_refused_before_it_is_sent_where_the_model_takes_none(
    ragchat: Output, server: ScriptedClaude
) -> None:
    code, _, err = ragchat("ask", "Which day?", "--prefill", "It is")
    assert (code, server.requests) == (2, [])
    assert "--schema FILE" in err


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "day.json"
    fields = {"day": {"type": "string"}}
    path.write_text(json.dumps({"type": "object", "properties": fields, "required": ["day"]}))
    return path


def test_a_structured_answer_is_printed_as_json(
    ragchat: Output, server: ScriptedClaude, schema: Path
) -> None:
    server.script += [Reply('{"day": "Tuesday"}')] * 2
    assert loads(ragchat("ask", "Which day?", "--schema", schema)) == {"day": "Tuesday"}
    sent = server.requests[-1]
    assert sent["output_config"]["format"]["schema"]["required"] == ["day"]
    whole = loads(ragchat("ask", "Which day?", "--schema", schema, "--json"))
    assert whole["answer"] == {"day": "Tuesday"}


def test_an_answer_that_does_not_follow_the_schema_is_an_error(
    ragchat: Output, server: ScriptedClaude, schema: Path
) -> None:
    server.script += [Reply('{"date": 1}'), Reply("Tuesday")]
    assert ragchat("ask", "Which day?", "--schema", schema)[0] == 4
    assert ragchat("ask", "Which day?", "--schema", schema)[0] == 4


@pytest.mark.parametrize("text", ["{", "[]", '{"type": 3}'])
def test_a_schema_that_is_none_is_said(ragchat: Output, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    assert ragchat("ask", "Which day?", "--schema", tmp_path / "bad.json")[0] == 2


def test_the_ledger_names_what_was_near_and_lost(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    for n in range(4):
        (tmp_path / f"tide{n}.md").write_text(
            f"# Tide {n}\n\nHigh water of basin {n} is at noon.\n"
        )
    (tmp_path / "bread.md").write_text("# Bread\n\nFeed the starter.\n")
    loads(ragchat("ingest", *tmp_path.glob("*.md"), "--json"))
    asked = ("ask", "When is high water in the basin?", "--dry-run", "--top-k", "2")
    ledger = loads(ragchat(*asked, "--json"))["ledger"]
    assert [entry["sent"] for entry in ledger] == [True, True, False, False, False]
    assert ledger[2]["reason"] == "not among the best 2"
    assert ledger[-1]["reason"] == "below the relevance threshold"
    assert all(entry["score"] is not None and entry["tokens"] for entry in ledger)


def test_an_answer_that_only_repeats_its_sources_is_no_new_evidence(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    loads(ragchat("ingest", tmp_path / "tides.md", "--json"))
    server.script += [Reply("High water at Wexmouth is at ten past noon.")]
    loads(ragchat("ask", "When is high water at Wexmouth?", "--json"))
    hits = loads(ragchat("search", "high water at Wexmouth", "--json"))
    assert [hit["kind"] for hit in hits if "ten past noon" in hit["text"]] == ["document"]


def test_sources_that_changed_are_named_when_a_conversation_goes_on(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    path = tmp_path / "tides.md"
    path.write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    loads(ragchat("ingest", path, "--json"))
    ragchat("ask", "When is high water at Wexmouth?")
    assert "changed since" not in ragchat("ask", "Why?", "--continue")[2]
    path.write_text("# Tides\n\nHigh water at Wexmouth is at nine.\n")
    loads(ragchat("ingest", path, "--json"))
    assert f"1 of 1 source changed since: {path}" in ragchat("ask", "Why?", "--continue")[2]


def test_an_answer_is_shown_and_kept_with_stdin_closed(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    server.script.append(Reply("At noon."))
    code, out, _ = ragchat("ask", "When?", "--no-context")
    assert (code, out.split("\n")[0]) == (0, "At noon.")
    (kept,) = loads(ragchat("conversations", "list", "--json"))
    assert "At noon." in ragchat("conversations", "show", kept["id"])[1]
