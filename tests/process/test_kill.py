"""kill -9, SIGTERM and SIGHUP: what was committed stays, what runs ends well.

The same with more kills, spread over a longer run: `make torture`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import Reply, ScriptedClaude
from killing import (
    end_of,
    kill_asks,
    kill_ingests,
    memories,
    start,
    turns,
    write_docs,
)
from test_interrupts import wait_for_rows
from test_terminal_session import Terminal
from warm import Process

from ingest.models.embedder import Embedder

pytestmark = pytest.mark.first
LONG = Reply("word " * 4000, pause=0.02)
CLOSING = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])


def test_killed_ingests_lose_nothing(home: Path, tmp_path: Path, tiny: Embedder) -> None:
    tally = kill_ingests(home, tmp_path / "docs", tiny, signal.SIGKILL, times=3, files=60)
    assert (tally.kills, tally.lost) == (3, [])


def test_killed_asks_lose_nothing(home: Path, tiny: Embedder, server: ScriptedClaude) -> None:
    tally = kill_asks(home, server, tiny, signal.SIGKILL, times=3)
    assert (tally.kills, tally.lost) == (3, [])


@CLOSING
def test_a_closing_machine_stops_an_ingest_which_says_what_landed(
    home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    write_docs(tmp_path / "docs", 1, 1500)
    process = start(home, "ingest", tmp_path / "docs")
    wait_for_rows(home, "SELECT count(*) FROM vectors")
    process.send_signal(number)
    ended = end_of(process)
    assert ended.code == 130
    assert re.search(r"^added \d+,", ended.out)
    assert "run it again to go on" in ended.err


@CLOSING
def test_a_closing_machine_ends_a_question_and_what_came_is_kept_and_marked(
    home: Path, server: ScriptedClaude, number: signal.Signals
) -> None:
    server.script.append(LONG)
    process = start(home, "ask", "Talk for long", "--no-context")
    _wait_for_words(process)
    process.send_signal(number)
    ended = end_of(process)
    assert ended.code == 130
    assert "the answer was stopped" in ended.err
    assert turns(home)[1].startswith("word word")
    assert memories(home) == 0  # embedding is left to the next command
    shown = end_of(start(home, "conversations", "list", "--json"))
    conversation = json.loads(shown.out)[0]["id"]
    shown = end_of(start(home, "conversations", "show", conversation, "--json"))
    assert '"interrupted"' in shown.out


def _wait_for_words(process: Process) -> None:
    """Wait until the beginning of an answer has come through the pipe."""
    assert process.stdout is not None
    said = b""
    while b"word word" not in said:
        came = os.read(process.stdout.fileno(), 1 << 16)
        assert came, said
        said += came


def test_a_closing_machine_ends_a_talk_and_what_came_is_kept(
    home: Path, server: ScriptedClaude
) -> None:
    """SIGHUP, as the system sends it: test_a_closed_terminal_keeps_what_came."""
    server.script.append(LONG)
    terminal = Terminal(home)
    terminal.wait_for("0 files")
    terminal.type("Talk for long\r")
    terminal.wait_for("word word word")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait_for_the_end() == 130
    assert "Traceback" not in terminal.text()
    assert turns(home)[1].startswith("word word")


def test_a_closing_machine_ends_a_talk_at_its_prompt(home: Path, server: ScriptedClaude) -> None:
    terminal = Terminal(home)
    terminal.wait_for("0 files")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.wait_for_the_end() == 130
    assert "Traceback" not in terminal.text()


def test_a_closed_terminal_keeps_what_came(home: Path, server: ScriptedClaude) -> None:
    server.script.append(LONG)
    terminal = Terminal(home)
    terminal.wait_for("0 files")
    terminal.type("Talk for long\r")
    terminal.wait_for("word word word")
    assert terminal.close() == 130
    assert turns(home)[1].startswith("word word")


@contextmanager
def ignored(number: signal.Signals) -> Iterator[None]:
    """Ignore a signal, as what is started here then does, too."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("arguments", [(), ("Talk for long",)], ids=["session", "one question"])
def test_a_terminal_that_closes_without_a_signal_ends_in_the_same_way(
    home: Path, server: ScriptedClaude, arguments: tuple[str, ...]
) -> None:
    server.script.append(LONG)
    with ignored(signal.SIGHUP):
        terminal = Terminal(home, *arguments)
    if not arguments:
        terminal.wait_for("0 files")
        terminal.type("Talk for long\r")
    terminal.wait_for("word word word")
    assert terminal.close() == 130
    kept = turns(home)[1]
    assert kept.startswith("word word")
    assert len(kept) < len(LONG.text) / 2  # it does not wait for the end of the answer


def test_a_closed_pipe_keeps_what_came(home: Path, server: ScriptedClaude) -> None:
    server.script.append(Reply("word word\n\n" * 2000, pause=0.002))
    process = start(home, "ask", "Talk for long", "--no-context")
    assert process.stdout is not None
    assert process.stderr is not None
    _wait_for_words(process)
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(120)
    assert turns(home)[1].startswith("word word")


def test_nohup_is_respected(home: Path, tmp_path: Path, tiny: Embedder) -> None:
    write_docs(tmp_path / "docs", 1, 600)
    with ignored(signal.SIGHUP):  # as nohup does
        process = start(home, "ingest", tmp_path / "docs")
    wait_for_rows(home, "SELECT count(*) FROM models")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    assert end_of(process).code == 0
