"""Two and four `ingest` at once, with two open conversations: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import ScriptedClaude
from killing import chunks, end_of, lost, start, turns, write_docs
from test_terminal_session import Terminal

from ingest.models.embedder import Embedder
from ingest.records.lock import PATIENCE_SECONDS, WriterLock

FILES = 600
QUESTIONS = 6


@pytest.mark.parametrize("processes", [2, 4])
def test_ingests_and_conversations_at_once(
    home: Path, tmp_path: Path, embedder: Embedder, server: ScriptedClaude, processes: int
) -> None:
    talks = [Terminal(home) for _ in range(2)]
    for talk in talks:
        talk.wait_for("0 files")
    for number in range(processes):
        write_docs(tmp_path / f"docs{number}", number, FILES)
    running = [start(home, "ingest", tmp_path / f"docs{number}") for number in range(processes)]
    for number in range(QUESTIONS):
        for talk in talks:
            talk.type(f"Question {number} of {talk.process.pid}?\r")
            talk.wait_for(f"(?s)Question {number} of {talk.process.pid}.*tokens in.*^>")
    assert [end_of(process).code for process in running] == [0] * processes
    for talk in talks:
        talk.type("\x04")
        assert talk.wait_for_the_end() == 0
    said = turns(home)
    assert len(said) == 2 * 2 * QUESTIONS
    assert len(chunks(home)) == processes * FILES
    gone = lost(home, embedder, chunks(home), said)
    print(f"\n{processes} ingests, 2 talks: {len(chunks(home))} chunks, {len(gone)} lost")
    assert gone == []


def test_a_writer_that_never_ends_is_waited_for_so_long_and_no_longer(
    home: Path, tmp_path: Path
) -> None:
    write_docs(tmp_path / "docs", 1, 1)
    with WriterLock(home / "lock").held():
        ended = end_of(start(home, "ingest", tmp_path / "docs"))
    assert ended.code == 5
    assert f"another ragchat has been writing for {PATIENCE_SECONDS:.0f} seconds" in ended.err
