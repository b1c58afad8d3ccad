"""REPEATS stops of each command that forgets, half of them Ctrl-C and half kill -9, at moments
spread over its duration, of a renaming, and of an ingest that brings a new title: afterwards no
byte of what was taken out is left, none of its vectors, and `doctor` finds nothing. With more
CHUNKS than are wiped at once the next command is `rebuild`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from killing import end_of, start
from stopping import TITLED, Tally, make_library, stop, write_export

from ingest.models.embedder import Embedder
from ingest.records.owed import REMADE_AT_ONCE

REPEATS = int(os.environ.get("REPEATS", "50"))
CHUNKS = int(os.environ.get("CHUNKS", "1000"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize(
    "name", ["forget", "conversations delete", "sources remove", "conversations rename"]
)
def test_stops(home: Path, embedder: Embedder, number: signal.Signals, name: str) -> None:
    tally = Tally(f"{name}, {number.name}")
    command = make_library(home, embedder, CHUNKS)[name]
    then = "status" if CHUNKS <= REMADE_AT_ONCE else "rebuild"
    stop(home, command, number, (REPEATS + 1) // 2, tally, then)
    print(f"\n{tally}")
    assert tally.left == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_ingest_that_brings_a_new_title(
    home: Path, embedder: Embedder, tmp_path: Path, number: signal.Signals
) -> None:
    tally = Tally(f"ingest of a new title, {number.name}")
    make_library(home, embedder, CHUNKS, titled="Of an ailment")
    export = tmp_path / "export.jsonl"
    write_export(export, f"Of {TITLED}")
    command = ("ingest", "--conversations", export)
    assert end_of(start(home, *command)).code == 0
    write_export(export, "Of something else")
    stop(home, command, number, (REPEATS + 1) // 2, tally)
    print(f"\n{tally}")
    assert tally.left == []
