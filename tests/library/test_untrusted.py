"""What others have written, on its whole way to a real terminal: nothing raw arrives there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import Output, loads
from emulator import Program
from fakes import Broken, Failure, Page, Reply, ScriptedClaude, Step

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\\x1b]0;title\x07"
    "\x1b[2J\x1b[6n\x1b[?1049h\x1b[5;31mred\x1bPq#0\x1b\\\x1b_apc\x1b\\\x1bc"
    "\x9b2J\x9d52;c;eA==\x9c\x90q\x9c\x85\x08\x7f\x00"
    "\u202eevil\u2066\u2069\u200f\u200b\U000e0041[bold]b[/bold] [link=http://evil.example]l[/link]"
)
IN_A_NAME = HOSTILE.replace("/", ":").replace("\x00", "")
RAW = re.compile(
    "\x1b[\\]P_X^c]|\x1b\\[(?:2J|6n|\\?1049h|5;31m)|[\x00\x07\x7f-\x9f\u202e\u2066\u2069\u200f"
    "\u200b\U000e0041]|\x08"
)
# Ends as the command does: without waiting for what still loads in the background.
COMMANDS = """
import json, os, sys
from ragchat.cli import run
for words in json.loads(sys.stdin.readline()):
    run(words)
print("the end", flush=True)
os._exit(0)
"""


def shown(*commands: Sequence[object]) -> str:
    """All that a terminal is sent while these commands run."""
    told = json.dumps([[str(word) for word in words] for words in commands])
    program = Program(
        COMMANDS.replace("sys.stdin.readline()", repr(told)), forked=True, PAGER="cat"
    )
    program.end()
    return program.terminal.getvalue()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    about = f"# Tides {HOSTILE}\n\nHigh water at Wexmouth {HOSTILE} is at noon.\n"
    (folder / f"tides {IN_A_NAME}.md").write_text(about)
    (folder / f"broken {IN_A_NAME}.pdf").write_bytes(b"%PDF-1.4")
    (folder / f"skipped {IN_A_NAME}.exe").write_bytes(b"MZ")
    turns = [
        {"conversation": "c", "id": n, "time": "2026-03-04T09:00:00Z", "speaker": f"Ann {HOSTILE}",
         "text": f"High water at Wexmouth {HOSTILE}, said Ann.", "title": HOSTILE}
        for n in range(2)
    ]  # fmt: skip
    (folder / "talk.jsonl").write_text("\n".join(map(json.dumps, turns)))
    return folder


def test_names_documents_and_conversations_reach_the_terminal_clean(
    ragchat: Output, home: Path, docs: Path, server: ScriptedClaude
) -> None:
    server.script += [Reply(f"It is {HOSTILE} noon.", piece=1)]
    question = f"High water at Wexmouth? {HOSTILE}".replace("\x00", "")
    told = shown(
        ["ingest", docs / "talk.jsonl", docs], ["ask", question, "--continue"], ["ask", question]
    )
    renamed = [
        command
        for row in loads(ragchat("conversations", "list", "--json"))
        for command in (
            ["conversations", "rename", row["id"], f"A name {IN_A_NAME}"],
            ["conversations", "show", row["id"]],
            ["conversations", "export", row["id"]],
        )
    ]
    assert len(renamed) > 3
    told += shown(
        *renamed,
        ["conversations", "list"],
        ["sources", "list"],
        ["search", "high water at Wexmouth"],
        ["recall", "high water at Wexmouth"],
        ["ask", "high water at Wexmouth?", "--offline"],
        ["ask", "high water at Wexmouth?", "--dry-run"],
        ["ingest", docs / f"nowhere {IN_A_NAME}"],
        ["sources", "remove", docs / f"nowhere {IN_A_NAME}"],
        ["search", "x", "--home", docs / f"tides {IN_A_NAME}.md"],
        ["ask", "x", "--schema", docs / f"broken {IN_A_NAME}.pdf"],
        [HOSTILE.replace("\x00", "")],
        ["status"],
    )
    assert "noon" in told
    assert "[bold]b[/bold]" in told
    assert RAW.findall(told) == []


STEPS: list[Step] = [
    Failure(400, "invalid_request_error", HOSTILE),
    Failure(401, HOSTILE, HOSTILE),
    Failure(429, "rate_limit_error", HOSTILE, headers={"retry-after": "0"}),
    Page(502, f"<html>{HOSTILE}", {"retry-after": "0"}),
    Page(302, HOSTILE, {"location": "http://evil.example/\x1b]52;c;eA==\x07"}),
    Broken("error event", "Half", said=HOSTILE),
    Reply(f"Half {HOSTILE}", stop_reason=HOSTILE),
    Reply("", stop_reason="refusal", stop_details={"explanation": HOSTILE}),
]


CUTS = (1, 2, 3, 5, 7)


def test_what_a_server_says_reaches_the_terminal_clean(
    home: Path, server: ScriptedClaude, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, with each way to print it, and where the stream cuts a sequence."""
    monkeypatch.setenv("RAGCHAT_RETRIES", "0")
    ways: list[list[object]] = [[], ["--json"], ["--debug"]]
    flags = [way for way in ways for _ in STEPS] + [[]] * len(CUTS)
    server.script += STEPS * len(ways)
    server.script += [Reply(f"It is {HOSTILE} noon.", piece=cut) for cut in CUTS]
    sent = shown(*(["ask", "When?", "--no-context", "--no-save", *more] for more in flags))
    assert len(server.requests) == len(flags)
    assert "the end" in sent
    assert sent.count("noon") >= len(CUTS)  # what is painted again is there twice
    assert RAW.findall(sent) == []


def test_the_pattern_knows_what_is_raw() -> None:
    assert len(RAW.findall(HOSTILE)) > 25
