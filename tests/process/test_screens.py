"""Screens as they look in terminals of 60, 80 and 120 columns: compare with `screens/`.

A change that is meant is written with `python tests/process/test_screens.py`; look at the diff.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

SCREENS = Path(__file__).parent / "screens"
WIDTHS = (60, 80, 120)

CODE = """
from pathlib import Path
from ingest.document import DocumentPassage, Hit, MemoryPassage
from ragchat.answer.citations import AnswerSource
from ragchat.terminal.commands import COMMANDS
from ragchat.terminal.screen import Screen
from datetime import datetime, timezone
screen = Screen()
screen.table([(f"/{name} {usage.argument}".rstrip(), usage.meaning)
    for name, usage in COMMANDS.items()], ("command", "what it does"))
document = DocumentPassage("a", "/srv/harbour/handbuch/kräne und winden.md",
    "The crane lifts 12 t at 20 m.\\nIt was inspected in spring.",
    "Cranes > 起重机 of the north quay", 12, 40)
memory = MemoryPassage("b", "How do I reach the harbour master at night?", "How?",
    "On channel 12, at any hour; by telephone only until 22:00.", "q9",
    datetime(2026, 3, 4, 12, tzinfo=timezone.utc))
hits = [Hit(document, 0.83), Hit(memory, 0.41)]
screen.sources([AnswerSource(n, hit, n == 1) for n, hit in enumerate(hits, 1)])
screen.found(hits, {"a": "cosine 0.61, words 0.22"})
screen.note("left out 251: 231 images, 15 hidden, 4 without text, 1 secret (--verbose names them)")
screen.say("added 1,763, updated 0, unchanged 12, removed 0; 18,174 chunks, 36 turns in 201.4 s")
print("END")
"""


def drawn(columns: int) -> str:
    from emulator import Program

    size = {"COLUMNS": str(columns), "LINES": "60"}
    program = Program(CODE, columns, 60, forked=True, TZ="UTC", NO_COLOR="", **size)
    program.wait_for("END")
    shown = program.end()
    return shown.replace("END", "").rstrip() + "\n"


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_screen_looks_as_it_did(columns: int) -> None:
    kept = (SCREENS / f"{columns}.txt").read_text(encoding="utf-8")
    shown = drawn(columns)
    assert shown == kept
    assert max(map(cell_len, shown.splitlines())) <= columns


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
    SCREENS.mkdir(exist_ok=True)
    for width in WIDTHS:
        (SCREENS / f"{width}.txt").write_text(drawn(width), encoding="utf-8")
