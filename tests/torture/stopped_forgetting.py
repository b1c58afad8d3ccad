"""REPEATS stops of each command that forgets, half of them Ctrl-C and half kill -9, at moments
spread over its duration, and of a renaming: afterwards no byte of what was forgotten is left, none
of its vectors, and `doctor` finds nothing. With more CHUNKS than are wiped at once
the next command is `rebuild`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from stopping import Tally, make_library, stop

from ingest.maintenance.wiping import REMADE_AT_ONCE
from ingest.models.embedder import Embedder

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
