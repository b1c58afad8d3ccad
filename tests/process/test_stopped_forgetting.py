"""A command that forgets, stopped right after its deletion: the next command finishes it.

The same at moments spread over the whole command: `make torture`.
"""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from killing import end_of, start
from stopping import SECRET, make_library, stop_after_the_deletion
from wiped import remains, vectors_of

from ingest.models.embedder import Embedder


def owes(home: Path) -> bool:
    with closing(sqlite3.connect(f"file:{home}/ragchat.db?mode=ro", uri=True)) as database:
        return bool(database.execute("SELECT count(*) FROM owed").fetchone()[0])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_forgetting_stopped_after_its_deletion_is_finished_by_the_next_command(
    home: Path, embedder: Embedder, number: signal.Signals
) -> None:
    commands = make_library(home, embedder, 40)
    vectors = vectors_of(home, SECRET)
    assert len(vectors) == 3
    stopped, process = stop_after_the_deletion(home, commands["forget"], number, owes)
    ended = end_of(process)
    if number == signal.SIGINT and ended.code == 130:
        assert "the next ragchat command finishes that" in ended.err
    assert "borealis" not in (stopped / "history").read_text()
    after = end_of(start(stopped, "sources", "list"))
    assert after.code == 0
    kept = vectors_of(stopped, SECRET)
    assert len(kept) == 1  # that of the file
    assert remains(stopped, ["borealis"], [v for v in vectors if v not in kept]) == []
    assert end_of(start(stopped, "doctor")).code in (0, 1)
    assert not owes(stopped)
