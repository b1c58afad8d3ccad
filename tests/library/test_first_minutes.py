"""What a new user meets in the first ten minutes: names, pipes, reports, errors."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude

NO_SUCH = "there is no collection 'papres': the library has papers: choose one with --collection"


@pytest.fixture
def papers(ragchat: Output, tmp_path: Path) -> Path:
    """A library whose only collection is `papers`."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    loads(ragchat("ingest", folder, "--collection", "papers", "--json"))
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ("search", "tides"),
        ("recall", "tides"),
        ("sources", "list"),
        ("conversations", "list"),
        ("conversations", "show", "abcd"),
        ("forget", "abcd"),
    ],
    ids=" ".join,
)
def test_a_mistyped_collection_is_said_with_the_names_that_exist(
    ragchat: Output, papers: Path, command: tuple[str, ...]
) -> None:
    code, out, err = ragchat(*command, "--collection", "papres")
    assert (code, out) == (2, "")
    assert err == f"ragchat: {NO_SUCH}\n"


def test_writing_to_a_new_collection_says_that_it_is_new(
    ragchat: Output, server: ScriptedClaude, papers: Path
) -> None:
    code, _, err = ragchat("ask", "hello", "--collection", "papres", "--no-context")
    assert code == 0
    assert "'papres' is a new collection; the library has papers" in err


@pytest.mark.parametrize("name", ["../x", "my notes", "ü"])
@pytest.mark.parametrize("command", ["status", "search", "ingest"])
def test_a_name_that_cannot_be_one_is_wrong_usage(
    ragchat: Output, tmp_path: Path, command: str, name: str
) -> None:
    arguments = [] if command == "status" else [tmp_path]
    code, _, err = ragchat(command, *arguments, "--collection", name)
    assert code == 2
    assert "cannot be the name of a collection" in err


@pytest.mark.parametrize("command", ["search", "recall"])
def test_a_blank_query_is_refused(ragchat: Output, command: str) -> None:
    code, out, err = ragchat(command, "  ")
    assert (code, out) == (2, "")
    assert "the query is empty" in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("search", "x", "--collection", "nosuch"), 2),
        (("ingest", "/no/such/folder"), 1),
        (("search", "x", "--no-such-option"), 2),
        (("conversations", "show", "zzzz"), 2),
        (("serach", "x"), 2),
    ],
    ids=str,
)
def test_every_failure_is_an_object_with_json(
    ragchat: Output, arguments: tuple[str, ...], code: int
) -> None:
    ended, out, err = ragchat(*arguments, "--json")
    assert ended == code
    fields = json.loads(out)
    assert fields["exit_code"] == code
    assert fields["error"]
    assert err


@pytest.mark.parametrize(
    ("typed", "meant"), [("serach", "search"), ("chat", "ask"), ("import", "ingest")]
)
def test_a_mistyped_command_gets_a_suggestion(ragchat: Output, typed: str, meant: str) -> None:
    code, _, err = ragchat(typed)
    assert code == 2
    assert f"did you mean `ragchat {meant}`?" in err


def test_an_option_before_the_command_is_sent_behind_it(ragchat: Output) -> None:
    code, _, err = ragchat("--home", "/x", "status")
    assert code == 2
    assert "put --home after the command" in err


class Piped:
    """Stdin as a pipe whose writer is slow, or never comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reader, self._writer = os.pipe()
        self.stdin = io.TextIOWrapper(os.fdopen(reader, "rb"))
        monkeypatch.setattr("sys.stdin", self.stdin)

    def send(self, text: str, after: float = 0.0) -> None:
        def write() -> None:
            os.write(self._writer, text.encode())
            os.close(self._writer)

        threading.Timer(after, write).start()


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Piped]:
    pipe = Piped(monkeypatch)
    yield pipe
    pipe.stdin.close()


def asked(server: ScriptedClaude) -> Any:
    return server.requests[0]["messages"][-1]["content"]


def test_what_came_through_the_pipe_is_announced(
    ragchat: Output, server: ScriptedClaude, piped: Piped
) -> None:
    piped.send("one\ntwo\nthree\n")
    code, _, err = ragchat("ask", "what is this?", "--no-context")
    assert code == 0
    assert "+ 3 lines from the pipe\n" in err
    assert "three" in asked(server)


def test_a_pipe_that_stays_open_is_waited_for_aloud(
    ragchat: Output, server: ScriptedClaude, piped: Piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the pipe may be written to before the command has begun to wait.
    monkeypatch.setattr("ragchat.cli.piped.SECONDS_UNTIL_NOTICE", 0.02)
    piped.send("late\n", after=1.3)
    code, _, err = ragchat("ask", "what is this?", "--no-context")
    assert code == 0
    assert "waiting for input from the pipe … (--no-stdin ignores it)" in err


def test_no_stdin_leaves_the_pipe_to_the_loop_around_it(
    ragchat: Output, server: ScriptedClaude, piped: Piped
) -> None:
    piped.send("the next question of a loop\n")
    code, _, err = ragchat("ask", "the first", "--no-context", "--no-stdin")
    assert code == 0
    assert "pipe" not in err
    assert "loop" not in asked(server)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a little of everything that is left out."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    for number in range(30):
        (folder / f"picture{number}.png").write_bytes(b"\x89PNG\r\n")
    (folder / ".hidden").write_text("x")
    (folder / ".env").write_text("KEY=x")
    (folder / "yarn.lock").write_text("x")
    (folder / "notes.md").write_text("The key is sk-ant-api03-" + "a1B2" * 20 + "\n")
    return folder


def test_the_report_counts_by_kind_and_names_secrets_first(ragchat: Output, project: Path) -> None:
    code, out, err = ragchat("ingest", "project")
    assert code == 0
    lines = err.splitlines()
    first = [line for line in lines if "notes.md" in line or ".env" in line]
    assert first[0].startswith("masked in project/notes.md: 1 ")
    assert first[1] == "left out project/.env: looks like a secret"
    assert any(
        line.startswith("left out 33: 30 images, ") and line.endswith("(--verbose names them)")
        for line in lines
    )
    assert "1 secret" in err
    assert "1 hidden" in err
    assert "picture7.png" not in err
    assert len(err.splitlines()) + len(out.splitlines()) < 24


def test_verbose_names_every_file(ragchat: Output, project: Path) -> None:
    _, _, err = ragchat("ingest", "project", "--verbose", "--dry-run")
    assert all(f"left out project/picture{number}.png: " in err for number in range(30))
    assert "left out" not in ragchat("ingest", project / "notes.md", "--verbose", "--dry-run")[2]


def test_the_cited_sources_are_named_and_the_others_counted(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(4):
        (folder / f"tide{number}.md").write_text(f"# Tide {number}\n\nHigh water at {number}.\n")
    loads(ragchat("ingest", folder, "--json"))
    server.script.append(Reply([("At noon.", [(1, "High water")])]))
    code, out, err = ragchat("ask", "When is high water?")
    assert code == 0
    listed = [line for line in out.splitlines() if line.startswith("[")]
    assert len(listed) == 1
    assert listed[0].startswith("[1] ")
    assert "3 more: `ragchat conversations show " in err


def test_a_file_that_was_named_and_left_out_is_named_with_its_reason(
    ragchat: Output, project: Path
) -> None:
    picture = project / "picture1.png"
    _, _, err = ragchat("ingest", picture, project / "notes.md")
    assert "left out project/picture1.png: " in err
    assert "--verbose" not in err


def test_folders_of_conversations_are_named_once(ragchat: Output, tmp_path: Path) -> None:
    line = '{"conversation": "c%d", "role": "user", "text": "Hello %d"}\n'
    for number in range(7):
        folder = tmp_path / "chats" / f"in{number}"
        folder.mkdir(parents=True)
        for name in (folder / "a.jsonl", folder.parent / "top.jsonl"):
            name.write_text((line % (number, number)) * 2)
    _, _, err = ragchat("ingest", tmp_path / "chats")
    assert f"ragchat ingest --conversations {tmp_path / 'chats'}\n" in err
