"""Several processes and one library. More of them, for longer: `make torture`."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import ScriptedClaude
from killing import chunks, end_of, lost, start, turns, write_docs

from ingest.models.embedder import Embedder
from ingest.records.lock import WriterLock

pytestmark = pytest.mark.usefixtures("tiny")


def test_two_ingests_and_a_question_at_once_lose_nothing(
    home: Path, tmp_path: Path, tiny: Embedder, server: ScriptedClaude
) -> None:
    for number in range(2):
        write_docs(tmp_path / f"docs{number}", number, 40)
    running = [start(home, "ingest", tmp_path / f"docs{number}") for number in range(2)]
    running.append(start(home, "ask", "What of the second edition?"))
    assert [end_of(process).code for process in running] == [0, 0, 0]
    assert len(chunks(home)) == 80
    assert lost(home, tiny, chunks(home), turns(home)) == []


def test_who_waits_for_another_writer_says_so_and_goes_on(home: Path, tmp_path: Path) -> None:
    write_docs(tmp_path / "docs", 1, 1)
    lock = WriterLock(home / "lock")
    with lock.held():
        process = start(home, "ingest", tmp_path / "docs")
        assert process.stderr is not None
        said = process.stderr.readline()
    assert "waiting for another ragchat to finish writing" in said
    assert end_of(process).code == 0
    assert len(chunks(home)) == 1
