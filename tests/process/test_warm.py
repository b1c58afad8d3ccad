"""A command that is forked does what it does in an interpreter of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
import warm
from fakes import Reply, ScriptedClaude
from test_terminal_session import Terminal
from warm_server import SERVER

from ingest.models.embedder import Embedder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has the server")
T = TypeVar("T")


def in_both_ways(use: Callable[[], T]) -> T:
    """Return what comes of forked commands, which must be what comes of interpreters."""
    forked = use()
    with pytest.MonkeyPatch.context() as changed:
        changed.delenv(SERVER)
        assert use() == forked
    return forked


def untimed(text: str) -> str:
    return re.sub(r"\d+\.\d s\b", "0.0 s", text)


def test_output_errors_and_exit_codes_are_those_of_an_interpreter(
    home: Path, tmp_path: Path, tiny: Embedder
) -> None:
    (tmp_path / "tides.md").write_text("# Ebbe und Flut – 潮汐\n\nHigh water is at noon.\n")
    commands = [
        ("ingest", "tides.md"),
        ("search", "high water", "--json"),
        ("serch",),
        ("ask", "Hello?"),
    ]
    places = iter("ab")

    def use() -> list[tuple[int, str, str]]:
        library = {"RAGCHAT_HOME": str(tmp_path / next(places)), "COLUMNS": "70"}
        done = [warm.run(*w, env={**os.environ, **library}, cwd=tmp_path) for w in commands]
        return [(ran.returncode, untimed(ran.stdout), untimed(ran.stderr)) for ran in done]

    assert [code for code, _, _ in in_both_ways(use)] == [0, 0, 2, 3]


def test_ctrl_c_in_a_terminal_ends_both_in_the_same_way(home: Path, server: ScriptedClaude) -> None:
    def use() -> tuple[int, list[str]]:
        server.script[:] = [Reply("word " * 4000, pause=0.02)]
        terminal = Terminal(home, "Talk for long", "--no-context", "--no-save")
        terminal.wait_for("word word word")
        terminal.type("\x03")
        code = terminal.wait_for_the_end()
        return code, [line for line in terminal.text().splitlines() if "stopped" in line]

    code, said = in_both_ways(use)
    assert (code, len(said)) == (130, 1)


def test_a_signal_is_a_negative_exit_code_and_a_command_does_not_outlive_its_test(
    home: Path, server: ScriptedClaude
) -> None:
    server.script += [Reply("word " * 4000, pause=0.02)] * 2
    killed, left = (warm.start("ask", "Talk", "--home", home) for _ in range(2))
    killed.kill()
    assert (killed.communicate()[0], killed.returncode) == ("", -signal.SIGKILL)
    assert left.poll() is None
    pid = left.pid
    assert isinstance(left, warm.Command)
    left.close()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_variable_that_python_reads_as_it_starts_is_read() -> None:
    done = warm.start("--version", env={**os.environ, "PYTHONVERBOSE": "1"})
    assert isinstance(done, subprocess.Popen)
    assert "import 'ragchat.cli'" in done.communicate()[1]
