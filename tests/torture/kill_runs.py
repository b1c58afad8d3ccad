"""REPEATS kill -9, and two SIGTERM for each five of them, to `ingest` and to `ask`.

The moments are spread evenly over 5 to 95 % of a run's duration. The folder has more chunks than
Chroma keeps in memory before it writes its graph out (1,000).
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from fakes import ScriptedClaude
from killing import Tally, end_of, kill_asks, kill_ingests, start, write_docs

from ingest.models.embedder import Embedder

REPEATS = int(os.environ.get("REPEATS", "50"))
FILES = 1300
SERIES = pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGKILL, REPEATS), (signal.SIGTERM, max(1, REPEATS * 2 // 5))],
    ids=["SIGKILL", "SIGTERM"],
)


@SERIES
def test_ingest(
    home: Path, tmp_path: Path, embedder: Embedder, number: signal.Signals, times: int
) -> None:
    _check(kill_ingests(home, tmp_path / "docs", embedder, number, times=times, files=FILES))


@SERIES
def test_ask(
    home: Path,
    tmp_path: Path,
    embedder: Embedder,
    server: ScriptedClaude,
    number: signal.Signals,
    times: int,
) -> None:
    write_docs(tmp_path / "docs", 0, FILES)
    assert end_of(start(home, "ingest", tmp_path / "docs")).code == 0
    _check(kill_asks(home, server, embedder, number, times=times))


def _check(tally: Tally) -> None:
    print(f"\n{tally}")
    assert tally.lost == []
