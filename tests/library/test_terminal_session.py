"""A whole conversation in a real terminal: `ragchat ask` in a pty, its screen read by pyte."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import time
from pathlib import Path

import pyte
import pytest
import warm
from fakes import Reply, ScriptedClaude

from ragchat.cli import run

PATIENCE = 120.0
COST = r" tokens in · [\d,]+ out · \$0\.\d{4}"
"""The line under an answer."""


class Terminal:
    """A process in a terminal, of 100 columns and 40 lines unless told otherwise."""

    def __init__(self, home: Path, *arguments: str, columns: int = 100) -> None:
        self.screen = pyte.HistoryScreen(columns, 40, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self._fd, terminal = pty.openpty()
        size = {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "40"}
        words = ("ask", "--home", home, *arguments)
        self.process = warm.start(*words, terminal=terminal, env={**os.environ, **size})
        os.close(terminal)

    def text(self) -> str:
        """Everything that can be seen by scrolling."""
        above = [
            "".join(line[column].data for column in range(self.screen.columns)).rstrip()
            for line in self.screen.history.top
        ]
        return "\n".join([*above, *(line.rstrip() for line in self.screen.display)])

    def type(self, keys: str) -> None:
        """Press keys; `\\r` is Enter."""
        os.write(self._fd, keys.encode())

    def wait_for(self, pattern: str) -> str:
        """The text of the screen once the pattern is on it."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text(), re.MULTILINE):
            if time.monotonic() > deadline or not self._read(0.2):
                assert re.search(pattern, self.text(), re.MULTILINE), self.text()
        return self.text()

    def wait_for_the_end(self) -> int:
        """The exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(0.2):
            if time.monotonic() > deadline:
                self.process.kill()
                self.process.wait()
                raise TimeoutError(self.text())
        return self.close()

    def close(self) -> int:
        """Close the window, whatever goes on in it; returns the exit code."""
        os.close(self._fd)
        return self.process.wait(PATIENCE)

    def _read(self, seconds: float) -> bool:
        """Take in what came; False once the process has closed the terminal."""
        if select.select([self._fd], [], [], seconds)[0]:
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                return False
            self._stream.feed(data)
            return bool(data)
        return True


def test_a_conversation_from_prompt_to_quit_and_next_week(
    home: Path, tmp_path: Path, server: ScriptedClaude
) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    assert run(["ingest", str(tmp_path / "tides.md"), "--home", str(home)]) == 0
    server.script.append(Reply([("It is **high** ", ()), ("at noon", [(0, "ten past noon")])]))
    first = Terminal(home)
    first.wait_for("1 file ")
    first.type("When is high water at Wexmouth?\r")
    shown = first.wait_for(COST)
    assert re.search(r"^It is high at noon\[1\]$", shown, re.MULTILINE)
    assert re.search(r"^\[1\] .*tides\.md:1-3", shown, re.MULTILINE)
    first.type("/context\r")
    first.wait_for(r"sent +document")
    first.type("/cost\r")
    first.wait_for("1 answer, ")
    first.type("quit\r")
    assert first.wait_for_the_end() == 0

    later = Terminal(home)
    later.wait_for("1 exchange in 1 conversation ")
    later.type("/recall high water\r")
    later.wait_for(r"\[you, \d{4}-\d\d-\d\d, “When is high water at Wexmouth\?”\]")
    later.type("\x04")
    assert later.wait_for_the_end() == 0


def test_a_session_as_of_a_day_recalls_nothing_that_came_later(home: Path, tmp_path: Path) -> None:
    said = [("2026-01-10", "We live in Berlin."), ("2026-06-10", "We live in Lisbon.")]
    lines = [
        {"conversation": day, "id": 1, "time": day, "role": "user", "text": text}
        for day, text in said
    ]
    (tmp_path / "turns.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert run(["ingest", str(tmp_path / "turns.jsonl"), "--home", str(home)]) == 0
    terminal = Terminal(home, "--as-of", "2026-03-01")
    terminal.wait_for("2 exchanges")
    terminal.type("/recall where do we live\r")
    assert "Lisbon" not in terminal.wait_for("You: We live in Berlin")
    terminal.type("\x04")
    assert terminal.wait_for_the_end() == 0


def test_pastes_are_one_question_and_ctrl_c_stops_an_answer(
    home: Path, server: ScriptedClaude
) -> None:
    """Three talks in one session, since its start takes longer than they do."""
    terminal = Terminal(home)
    terminal.wait_for("^> ?$")
    many_lines_pasted_are_one_question(terminal, server)
    ctrl_c_stops_the_answer_keeps_what_came_and_the_talk_goes_on(terminal, server)
    a_long_paste_is_shown_by_its_size_and_sent_whole_after_its_price(terminal, server)
    terminal.type("\x04")
    assert terminal.wait_for_the_end() == 0


def many_lines_pasted_are_one_question(terminal: Terminal, server: ScriptedClaude) -> None:
    server.script.append(Reply("Two lines."))
    terminal.type("\x1b[200~first line\nsecond line\x1b[201~")
    terminal.wait_for("second line")
    assert server.requests == []
    terminal.type("\r")
    terminal.wait_for("Two lines.")
    asked = server.requests[0]["messages"][0]["content"]
    assert asked.startswith("Question: first line\nsecond line")


def ctrl_c_stops_the_answer_keeps_what_came_and_the_talk_goes_on(
    terminal: Terminal, server: ScriptedClaude
) -> None:
    server.script += [Reply("word " * 1500, pause=0.02), Reply("All is well.")]
    terminal.type("Talk for long\r")
    terminal.wait_for("word word word")
    terminal.type("\x03")
    terminal.wait_for("the answer was stopped")
    terminal.type("And now?\r")
    terminal.wait_for("All is well.")
    assert server.requests[-1]["messages"][-2]["content"].startswith("word word")


def a_long_paste_is_shown_by_its_size_and_sent_whole_after_its_price(
    terminal: Terminal, server: ScriptedClaude
) -> None:
    server.script += [Reply("The third pump."), Reply("Pump 3, at noon.")]
    log = "\n".join(f"{n:05} pump {n % 7} runs at {n % 90} bar" for n in range(900))
    terminal.type(f"\x1b[200~{log}\x1b[201~")
    terminal.wait_for(r"\[pasted: 900 lines, 2\d kB\]")
    terminal.type("\x1b\r\x1b\rWhich pump failed?\r")
    terminal.wait_for("attached: paste, 9")
    terminal.wait_for("/whole sends all of it")
    terminal.wait_for(f"The third pump[\\s\\S]*{COST}")
    terminal.type("/whole\r")
    terminal.wait_for(r"send about [\d,]+ tokens for \$0\.\d+")
    terminal.type("y\r")
    terminal.wait_for("Pump 3, at noon")
    in_parts, whole = (json.dumps(request) for request in server.requests[-2:])
    assert len(in_parts) < len(log) < len(whole)
    assert "third pump" not in whole


def test_an_error_is_one_line_and_the_talk_goes_on(
    home: Path, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.delenv("ANTHROPIC_BASE_URL")
    terminal = Terminal(home)
    terminal.wait_for("no API key: set ANTHROPIC_API_KEY")
    terminal.wait_for("no documents yet: `ragchat ingest FOLDER`")
    terminal.type("Hello?\r")
    assert "Traceback" not in terminal.wait_for("ragchat: no API key: set ANTHROPIC_API_KEY")
    terminal.wait_for(r"^> Hello\?$[^>]*^> Hello\?")  # the question is kept on the line
    terminal.type("\x03/nonsense why\r")
    terminal.wait_for("there is no /nonsense")
    assert server.requests == []
    terminal.type("exit\r")
    assert terminal.wait_for_the_end() == 0


def test_a_session_that_is_not_saved_leaves_no_history(home: Path, server: ScriptedClaude) -> None:
    terminal = Terminal(home, "--no-save")
    terminal.wait_for("^>")
    terminal.type("Where is the treasure?\r")
    terminal.wait_for(COST)
    terminal.type("\x04")
    assert terminal.wait_for_the_end() == 0
    for file in home.rglob("*"):
        if file.is_file() and home / "models" not in file.parents:
            assert b"treasure" not in file.read_bytes()


def test_the_commands_of_a_session(
    home: Path, tmp_path: Path, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    assert run(["ingest", str(tmp_path / "tides.md"), "--home", str(home)]) == 0
    server.script += [
        Reply([("At noon.", [(0, "ten past noon")])]),
        Reply([("At ten past.", [(0, "ten past noon")])]),
        Reply("A third."),
    ]
    terminal = Terminal(home)
    terminal.wait_for("^default: 1 file · 0 exchanges")
    terminal.type("When is high water?\r")
    terminal.wait_for(COST)
    terminal.type("/sources 1\r")
    terminal.wait_for("    High water at Wexmouth")
    terminal.type("/sources 9\r")
    terminal.wait_for("there is no source 9")
    terminal.type("/retry\r")
    terminal.wait_for("At ten past")
    assert "At noon" not in json.dumps(server.requests[1]["messages"])
    terminal.type("/save talk.md\r")
    terminal.wait_for("wrote 2 exchanges to talk.md")
    assert (tmp_path / "talk.md").read_text().count("When is high water?") == 3
    terminal.type("/undo\r")
    terminal.wait_for("forgot 1 exchange")
    terminal.wait_for(r"^> When is high water\?$(?![\s\S]*^> When)")
    terminal.type("/collection other\r")
    terminal.wait_for("'other' is a new collection; the library has default")
    terminal.type("/collection default\r")
    terminal.wait_for("new conversation in default: 1 file · 1 exchange")
    terminal.type("/conversations high WATER\r")
    terminal.wait_for(r"continuing “When is high water\?” \(\w+, 1 exchange\)")
    terminal.type("And on Sunday?\r")
    terminal.wait_for("A third.")
    assert "At noon" in json.dumps(server.requests[2]["messages"])
    terminal.type("\x04")
    assert terminal.wait_for_the_end() == 0


def test_continue_shows_the_title_and_the_last_exchange(home: Path, server: ScriptedClaude) -> None:
    server.script += [Reply("Hello to you."), Reply("Fine.")]
    assert run(["ask", "Say hello", "--no-context", "--home", str(home)]) == 0
    terminal = Terminal(home, "--continue", columns=60)
    terminal.wait_for(r"continuing “Say hello” \(\w+, 1 exchange\)")
    terminal.wait_for("^Hello to you.$")
    terminal.type("\x04")
    assert terminal.wait_for_the_end() == 0
