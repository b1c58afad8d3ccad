"""The command line as a contract: output, JSON and exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import warm
from commands import Output, loads, piped
from fakes import Broken, Failure, Reply, ScriptedClaude, search_results

from ragchat.cli import COMMANDS
from ragchat.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tides.md").write_text(
        "# Tides\n\nHigh water at Wexmouth is at ten past noon. The harbour is closed then.\n"
    )
    return folder


def test_ingest_reports_by_the_contract(ragchat: Output, docs: Path) -> None:
    (docs / ".env").write_text("KEY=1")
    report = loads(ragchat("ingest", docs, "--json"))
    assert {name: report[name] for name in ("added", "updated", "unchanged", "removed")} == {
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "removed": 0,
    }
    assert (report["chunks"], report["turns"], report["failed"]) == (1, 0, [])
    assert [Path(file["path"]).name for file in report["skipped"]] == [".env"]
    assert loads(ragchat("ingest", docs, "--json"))["unchanged"] == 1


def test_ingest_names_what_it_kept_of_a_folder_that_is_empty(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    (docs / "tides.md").unlink()
    for flags in ("--dry-run", "--again"):
        report = loads(ragchat("ingest", docs, flags, "--json"))
        assert (report["removed"], report["forgotten"]) == (0, 0)
        assert report["kept"] == [str(docs / "tides.md")]
    assert "would keep 1 file gone from disk" in ragchat("ingest", docs, "--dry-run")[2]
    assert loads(ragchat("ingest", docs, "--dry-run", "--prune", "--json"))["removed"] == 1


def test_ingest_names_failures_and_exits_with_1(ragchat: Output, docs: Path) -> None:
    (docs / "broken.pdf").write_bytes(b"%PDF-1.4")
    code, out, err = ragchat("ingest", docs)
    assert code == 1
    assert "added 1" in out
    assert "broken.pdf" in err


def test_a_path_that_is_not_there_is_one_line(ragchat: Output, tmp_path: Path) -> None:
    code, out, err = ragchat("ingest", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "nowhere" in err


def test_search_finds_with_place_and_score(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    (found,) = loads(ragchat("search", "high water at Wexmouth", "--json"))
    assert found["kind"] == "document"
    assert found["source"] == str(docs / "tides.md")
    assert (found["start_line"], found["end_line"]) == (1, 3)
    assert "ten past noon" in found["text"]
    assert set(found) == {
        "kind", "id", "source", "start_line", "end_line", "page", "end_page", "place",
        "conversation", "time", "text", "score"
    }  # fmt: skip


def test_search_explains_how_it_ranked(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    (found,) = loads(ragchat("search", "high water at Wexmouth", "--explain", "--json"))
    explained = found["explain"]
    assert (explained["dense_rank"], explained["words_rank"]) == (1, 1)
    assert min(1.0, explained["score"]) == found["score"]
    assert explained["nearness"] >= explained["floor"]
    code, out, _ = ragchat("search", "high water at Wexmouth", "--explain")
    assert code == 0
    assert "meaning" in out
    assert "(rank 1)" in out
    assert "threshold" in out


def test_nothing_found_is_an_answer(ragchat: Output, docs: Path) -> None:
    assert loads(ragchat("search", "anything", "--json")) == []
    ragchat("ingest", docs)
    code, out, err = ragchat("search", "volcanoes on the moons of Jupiter")
    assert (code, out) == (0, "")
    assert "nothing found" in err


def test_ask_answers_with_sources_usage_and_cost(
    ragchat: Output, docs: Path, server: ScriptedClaude
) -> None:
    ragchat("ingest", docs)
    answer = loads(ragchat("ask", "When is high water at Wexmouth?", "--json"))
    assert answer["answer"].endswith("[1]")
    (source,) = answer["sources"]
    assert (source["n"], source["cited"], source["kind"]) == (1, True, "document")
    assert set(answer) == {
        "answer", "sources", "usage", "cost_usd", "full_history_cost_usd", "model",
        "conversation", "turn", "stop_reason", "quotations",
    }  # fmt: skip
    assert answer["usage"]["input_tokens"] > 0
    assert answer["cost_usd"] > 0
    assert (answer["model"], answer["stop_reason"]) == ("claude-sonnet-5-5", "end_turn")


def test_ask_prints_the_answer_on_stdout_and_the_cost_on_stderr(
    ragchat: Output, docs: Path, server: ScriptedClaude
) -> None:
    ragchat("ingest", docs)
    code, out, err = ragchat("ask", "When is high water at Wexmouth?")
    assert code == 0
    assert out.startswith("The passage says: ")
    assert re.search(r"^\[1\] .*tides\.md:1-3 +1\.00", out, re.MULTILINE)
    assert re.search(r"tokens in · \d+ out · \$0\.\d{4}", err)


def test_what_was_said_is_recalled_listed_shown_and_continued(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply("The plumber is Aloysius."), Reply("On Tuesday.")]
    first = loads(ragchat("ask", "Who mends the pipes?", "--json"))
    (found,) = loads(ragchat("recall", "name of the plumber", "--json"))
    assert (found["kind"], found["id"]) == ("memory", first["turn"])
    assert found["conversation"] == first["conversation"]
    assert "Aloysius" in found["text"]
    second = loads(ragchat("ask", "When does he come?", "--continue", "--json"))
    assert second["conversation"] == first["conversation"]
    (listed,) = loads(ragchat("conversations", "list", "--json"))
    assert (listed["title"], listed["exchanges"]) == ("Who mends the pipes?", 2)
    shown = loads(ragchat("conversations", "show", first["conversation"][:5], "--json"))
    assert [exchange["answer"]["text"] for exchange in shown["exchanges"]] == [
        "The plumber is Aloysius.",
        "On Tuesday.",
    ]
    code, out, _ = ragchat("conversations", "show", first["conversation"])
    assert code == 0
    assert "On Tuesday." in out


def test_the_sources_of_an_answer_stand_apart_from_it(
    ragchat: Output, docs: Path, server: ScriptedClaude
) -> None:
    ragchat("ingest", docs)
    server.script.append(Reply([("At noon", [(0, "ten past noon")])]))
    said = loads(ragchat("ask", "High water at Wexmouth?", "--json"))["conversation"]
    assert "At noon[1]\n\n[1] " in ragchat("conversations", "show", said)[1]


def test_recall_keeps_to_its_days(ragchat: Output, server: ScriptedClaude) -> None:
    server.script.append(Reply("Aloysius."))
    ragchat("ask", "Who mends the pipes?")
    assert loads(ragchat("recall", "pipes", "--until", "2020-01-01", "--json")) == []
    assert len(loads(ragchat("recall", "pipes", "--since", "2020-01-01", "--json"))) == 1
    code, out, _ = ragchat("recall", "pipes", "--conversation", "other", "--json")
    assert (code, json.loads(out)["exit_code"]) == (2, 2)
    assert "there is no conversation 'other'" in json.loads(out)["error"]


def test_a_dry_run_shows_the_request_and_sends_nothing(
    ragchat: Output, docs: Path, server: ScriptedClaude
) -> None:
    ragchat("ingest", docs)
    shown = loads(ragchat("ask", "High water at Wexmouth?", "--dry-run", "--json"))
    assert server.requests == []
    assert len(search_results(shown["request"])) == 1
    assert shown["estimated_input_tokens"] > 100
    assert shown["ledger"][0]["part"] == "document"
    answer = loads(ragchat("ask", "High water at Wexmouth?", "--json"))
    assert answer["answer"]
    assert server.requests == [shown["request"]]


def test_a_dry_run_needs_no_key(ragchat: Output) -> None:
    assert loads(ragchat("ask", "Hello?", "--dry-run", "--json"))["request"]["messages"]


def test_offline_quotes_word_for_word(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    code, out, _ = ragchat("ask", "When is high water at Wexmouth?", "--offline")
    assert code == 0
    assert "no model was asked" in out
    assert "> High water at Wexmouth is at ten past noon." in out
    assert "tides.md:1-3" in out


def test_without_credentials_the_exit_is_3_and_names_the_ways_out(ragchat: Output) -> None:
    code, out, err = ragchat("ask", "Hello?")
    assert (code, out) == (3, "")
    assert err.count("\n") == 1
    assert "ANTHROPIC_API_KEY" in err
    assert "--offline" in err


def test_a_service_that_fails_is_exit_4_and_json_says_so(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script.append(Failure(400, "invalid_request_error", "No."))
    code, out, _ = ragchat("ask", "Hello?", "--json")
    assert code == 4
    assert "No." in json.loads(out)["error"]


def test_a_stream_that_breaks_prints_what_came_and_exits_with_4(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Broken("clean end", "Half of an answer"), Broken("clean end", "Half")]
    code, out, err = ragchat("ask", "Hello?")
    assert code == 4
    assert out.startswith("Half of an answer")
    assert "broke off" in err
    code, out, _ = ragchat("ask", "Hello?", "--json")
    fields = json.loads(out)
    assert (code, fields["answer"]) == (4, "Half")
    assert "broke off" in fields["error"]


def test_no_save_leaves_no_trace(ragchat: Output, server: ScriptedClaude, home: Path) -> None:
    server.script.append(Reply("Nobody knows."))
    ragchat("ask", "Where is the treasure buried?", "--no-save")
    assert loads(ragchat("conversations", "list", "--json")) == []
    for file in home.rglob("*"):
        if file.is_file():
            assert b"treasure" not in file.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "?", "--docs-only", "--memory-only"),
        ("ask", "?", "--continue", "--conversation", "x"),
        ("ask", "?", "--continue"),
        ("ask", "?", "--conversation", "nowhere"),
        ("ask", "?", "--conversation", ""),
        ("recall", "x", "--conversation", "nowhere"),
        ("recall", "x", "--conversation", "nowhere", "--all"),
        ("ask", " "),
        ("ask", "--json"),
        ("ask", "?", "--top-k", "0"),
        ("conversations", "show", "nowhere"),
        ("sources", "remove", "/nowhere"),
        ("recall", "x", "--since", "someday"),
        ("recall", "x", "--as-of", "9999-12-31"),
        ("recall", "x", "--as-of", "2026-03-04T25:00"),
        ("surprise",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(ragchat: Output, arguments: tuple[str, ...]) -> None:
    code, out, err = ragchat(*arguments)
    assert code == 2
    if "--json" in arguments:
        assert json.loads(out)["error"]
    else:
        assert (out, bool(err)) == ("", True)


def test_a_pipe_is_the_question_or_added_to_it(
    ragchat: Output, server: ScriptedClaude, home: Path, tmp_path: Path
) -> None:
    pipe, written = os.pipe()
    os.write(written, b"a\nb\n")
    os.close(written)
    with os.fdopen(pipe):
        done = warm.run("ask", "Explain:", "--home", home, stdin=pipe)
    assert done.returncode == 0, done.stderr

    def asked(text: bytes, *arguments: str) -> int:
        with piped(text, tmp_path):
            return ragchat("ask", *arguments)[0]

    assert asked(b"What is this?") == 0
    assert asked(b"", "Alone") == 0
    assert asked(b"") == 2
    sent = [str(request["messages"][-1]["content"]) for request in server.requests]
    assert sent[0].startswith("Question: Explain:\n\na\nb")
    assert sent[1].startswith("Question: What is this?")
    assert sent[2].startswith("Question: Alone")


def test_without_a_terminal_there_is_no_conversation(home: Path) -> None:
    done = warm.run("ask", "--home", home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no question" in done.stderr


def test_sources_are_listed_and_removed(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    (source,) = loads(ragchat("sources", "list", "--json"))
    assert (source["path"], source["chunks"]) == (str(docs / "tides.md"), 1)
    assert loads(ragchat("sources", "remove", docs, "--json"))["sources"] == 1
    assert loads(ragchat("search", "high water at Wexmouth", "--json")) == []


def test_two_collections_stand_side_by_side(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs, "--collection", "sea")
    assert loads(ragchat("search", "high water", "--json")) == []
    assert len(loads(ragchat("search", "high water", "--collection", "sea", "--json"))) == 1
    assert len(loads(ragchat("search", "high water", "--all", "--json"))) == 1


def test_status_shows_the_folder_the_model_and_the_files(
    ragchat: Output, docs: Path, home: Path
) -> None:
    ragchat("ingest", docs)
    status = loads(ragchat("status", "--json"))
    assert status["embedding_model"] == "all-MiniLM-L6-v2"
    assert status["collections"][0]["files"] == 1
    code, out, _ = ragchat("status")
    assert code == 0
    assert str(home) in out


def test_rebuild_counts_the_records_of_the_index(ragchat: Output, docs: Path) -> None:
    ragchat("ingest", docs)
    assert loads(ragchat("rebuild", "--json"))["records"] == 1


def test_a_broken_library_is_exit_5(ragchat: Output, home: Path) -> None:
    (home / "ragchat.db").write_bytes(b"no database " * 100)
    code, out, err = ragchat("search", "x")
    assert (code, out) == (5, "")
    assert "ragchat.db is damaged" in err


def test_debug_shows_the_traceback(ragchat: Output, home: Path) -> None:
    (home / "ragchat.db").write_bytes(b"no database " * 100)
    code, _, err = ragchat("search", "x", "--debug")
    assert code == 5
    assert err.startswith("Traceback (most recent call last):\n")
    assert "ragchat.db is damaged" in err.splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from ragchat.cli import run; run(['--help']);"
        "heavy = {'torch', 'chromadb', 'anthropic', 'openvino', 'numpy', 'rich', 'prompt_toolkit'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_readme_names_every_command_option_and_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"ragchat {name}" in readme
    for name, value in Settings.__dataclass_fields__.items():
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{name}`"))
        assert str(value.default) in row.replace("`", "")
    options = set(re.findall(r"--[a-z-]+", _help_of_everything()))
    missing = {option for option in options if option not in readme} - {"--help", "--version"}
    assert not missing


def _help_of_everything() -> str:
    import click

    from ragchat.cli import cli

    def texts(command: click.Command, context: click.Context) -> Iterator[str]:
        yield command.get_help(context)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                sub = command.get_command(context, name)
                assert sub is not None
                yield from texts(sub, click.Context(sub, parent=context, info_name=name))

    return "\n".join(texts(cli, click.Context(cli, info_name="ragchat")))


def test_no_output_carries_an_escape_sequence(
    ragchat: Output, docs: Path, server: ScriptedClaude
) -> None:
    evil = "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x9b5m"
    (docs / "evil.md").write_text(f"# High water {evil}\n\nHigh water at Wexmouth {evil}.\n")
    server.script.append(Reply(f"It is {evil} noon.", piece=1))
    outputs = [ragchat("ingest", docs), ragchat("search", "high water at Wexmouth")]
    outputs += [ragchat("ask", "high water at Wexmouth"), ragchat("sources", "list")]
    for _, out, err in outputs:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out + err)


def test_streams_that_close_early_are_no_traceback(home: Path) -> None:
    command = [sys.executable, "-m", "ragchat", "ask", "--help"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert isinstance(process.stdout, io.BufferedReader)
    process.stdout.close()
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    process.wait()
    process.stderr.close()
