"""Pipes, files and long pastes, from the command line to the request and to memory."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import Output, loads, piped
from fakes import Reply, ScriptedClaude, search_results

LINES = [f"{n:05} GET /harvest/field/{n % 17} 200 in {n % 9} ms" for n in range(3_000)]
LOG = "\n".join([*LINES, "03000 FATAL the silo door jammed at 40 degrees"]) + "\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "silo.log"
    path.write_text(LOG)
    return path


@pytest.mark.usefixtures("tiny")
def test_a_file_is_searched_for_this_question_and_cited_by_line(
    ragchat: Output, server: ScriptedClaude, log: Path
) -> None:
    answered = loads(ragchat("ask", "What went wrong?", "--file", log, "--json"))
    (body,) = server.requests
    results = search_results(body)
    assert results[0]["source"].startswith(f"{log}:")
    assert results[0]["source"].endswith("-3001")
    assert "silo door jammed" in json.dumps(results[0])
    assert answered["usage"]["input_tokens"] < 8_000
    assert answered["sources"][0]["source"] == str(log)
    assert answered["sources"][0]["end_line"] == 3_001
    (found,) = loads(ragchat("conversations", "list", "--json"))
    shown = loads(ragchat("conversations", "show", found["id"], "--json"))
    (exchange,) = shown["exchanges"]
    asked = exchange["question"]["text"]
    assert asked.startswith(f"What went wrong?\n\n[attached: {log}, 3,001 lines, ")
    assert "silo" not in asked.replace(str(log), "")
    assert loads(ragchat("search", "silo door jammed", "--json")) == [] or all(
        hit["kind"] == "memory" for hit in loads(ragchat("search", "silo door", "--json"))
    )


@pytest.mark.usefixtures("tiny")
def test_a_file_is_named_in_the_question(
    ragchat: Output, server: ScriptedClaude, log: Path
) -> None:
    request = loads(
        ragchat("ask", f"What went wrong in @{log}?".replace("?", " ?"), "--dry-run", "--json")
    )
    assert any(entry["part"] == "attachment" for entry in request["ledger"])
    assert request["estimated_input_tokens"] < 8_000
    left = [entry for entry in request["ledger"] if not entry["sent"]]
    assert any("further parts" in entry["name"] for entry in left)
    assert server.requests == []


@pytest.mark.usefixtures("tiny")
def test_all_of_it_is_sent_only_after_its_price(
    ragchat: Output, server: ScriptedClaude, log: Path
) -> None:
    asked = ("ask", "What went wrong?", "--file", log, "--whole", "--no-save")
    code, _, err = ragchat(*asked)
    assert code == 2
    assert "add --yes or --max-cost" in err
    assert "$" in err
    assert server.requests == []
    code, _, err = ragchat(*asked, "--yes")
    assert code == 0
    assert "sending about" in err
    assert len(json.dumps(server.requests[0])) > len(LOG)


def test_a_picture_is_refused(ragchat: Output, server: ScriptedClaude, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    code, _, err = ragchat("ask", "What is this?", "--file", tmp_path / "a.png")
    assert code == 2
    assert "a picture (PNG)" in err
    assert server.requests == []


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("arguments", "data", "code", "says"),
    [
        (["what went wrong?"], LOG.encode(), 0, "silo door jammed"),
        ([], f"{LOG}\n\nWhich door jammed?\n".encode(), 0, "silo door jammed"),
        ([], LOG.encode(), 2, "there is no question beside the text"),
        (["what is this?"], bytes(range(256)) * 99, 2, "not text"),
        (["summarize"], b"one short line", 0, "summarize\\n\\none short line"),
    ],
    ids=["argument", "last paragraph", "no question", "binary", "short"],
)
def test_a_pipe_of_any_size_is_bounded(
    ragchat: Output, tmp_path: Path, arguments: list[str], data: bytes, code: int, says: str
) -> None:
    with piped(data, tmp_path):
        returned, out, err = ragchat("ask", *arguments, "--dry-run", "--json")
    assert returned == code, err
    assert says in (out if code == 0 else err)
    if code == 0:
        assert json.loads(out)["estimated_input_tokens"] < 8_000


def test_a_budget_stops_the_request_that_could_pass_it(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_MAX_COST_MONTH", "0.2")
    server.script.append(Reply("Yes.", usage={"input_tokens": 3_000, "output_tokens": 16_000}))
    code, _, err = ragchat("ask", "First?")
    assert code == 0
    assert "$0.1660 of the $0.2000 for this month is spent (max_cost_month)" in err
    (budget,) = loads(ragchat("status", "--json"))["budgets"]
    assert budget["name"] == "max_cost_month"
    assert round(budget["spent_usd"], 3) == 0.166
    assert "max_cost_month   $0.1660 of $0.2000 spent (83%)" in ragchat("status")[1]
    code, _, err = ragchat("ask", "Second?", "--max-tokens", "30000")
    assert code == 1
    assert "max_cost_month" in err
    assert len(server.requests) == 1
    monkeypatch.setenv("RAGCHAT_MAX_COST_MONTH", "-1")
    code, _, err = ragchat("ask", "Third?")
    assert (code, "an amount in US dollars" in err) == (2, True)


def test_thinking_is_counted_where_the_cost_is_said(
    ragchat: Output, server: ScriptedClaude
) -> None:
    usage = {"output_tokens": 90, "output_tokens_details": {"thinking_tokens": 64}}
    server.script += [Reply("Yes.", usage=usage)] * 2
    _, _, err = ragchat("ask", "First?")
    assert "90 out (64 of them thinking)" in err
    assert loads(ragchat("ask", "Second?", "--json"))["usage"]["thinking_tokens"] == 64


def test_the_full_history_costs_what_was_counted(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGCHAT_WINDOW_TOKENS", "300")
    long = "The barn holds wheat. " * 500
    server.script += [Reply("Noted.")] * 4
    loads(ragchat("ask", long, "--json"))
    costs = [
        loads(ragchat("ask", f"And {n}?", "--continue", "--json", "--no-context"))[
            "full_history_cost_usd"
        ]
        for n in range(3)
    ]
    assert max(costs) / min(costs) < 1.2


def test_today_is_the_day_on_the_wall(
    ragchat: Output, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    for zone, ahead in (("Pacific/Kiritimati", 14), ("Etc/GMT+12", -12)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        request = loads(ragchat("ask", "When?", "--dry-run", "--json"))["request"]
        day = (datetime.now(UTC) + timedelta(hours=ahead)).strftime("%A, %Y-%m-%d")
        assert f"(Today is {day}.)" in json.dumps(request["messages"][-1])
    monkeypatch.undo()
    time.tzset()
