"""Ctrl-C and kill -9 in the middle of an ingest: what landed stays, the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hits import candidates
from killing import start
from warm import Process

from ingest.models.embedder import Embedder
from ingest.records.chunks import embedded_text
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store

FILES = 120
CHUNKS = 12 * FILES
"""Nearly three batches, with the tiny model: the stop comes after the first."""
PATIENCE = 120.0


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Files of 12 sections that fill a chunk each, every one about something of its own."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for file in range(FILES):
        parts = [
            f"## Part {file}-{part}\n\n" + f"Item {file * 100 + part} of the stock list. " * 5
            for part in range(12)
        ]
        (folder / f"{file:02}.md").write_text("\n\n".join(parts))
    return folder


def ingest(home: Path, docs: Path) -> Process:
    return start(home, "ingest", docs, "--json")


def wait_for_rows(home: Path, query: str) -> None:
    """Wait until another process has committed what a count finds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with closing(
                sqlite3.connect(f"file:{home / 'ragchat.db'}?mode=ro", uri=True)
            ) as database:
                found = database.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            found = 0
        if found:
            return
        time.sleep(0.02)
    raise TimeoutError(query)


def ended(process: Process) -> tuple[int, Any, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.wait(), json.loads(out) if out else None, err


@pytest.mark.usefixtures("tiny")
def test_a_stop_finishes_the_batch_and_the_next_run_goes_on(home: Path, docs: Path) -> None:
    """SIGTERM: tests/process/test_kill.py."""
    first = ingest(home, docs)
    # A stop keeps what is embedded of the batch in hand; a batch that was committed is counted.
    wait_for_rows(home, "SELECT count(*) FROM chunks")
    first.send_signal(signal.SIGINT)
    code, report, err = ended(first)
    assert code == 130
    assert "Traceback" not in err
    assert 0 < report["added"] < FILES
    _, rest, _ = ended(ingest(home, docs))
    assert rest["unchanged"] == report["added"]
    assert rest["added"] == FILES - report["added"]
    assert report["chunks"] + rest["chunks"] == CHUNKS


def test_a_killed_run_loses_nothing_that_was_committed(
    home: Path, docs: Path, tiny: Embedder
) -> None:
    first = ingest(home, docs)
    wait_for_rows(home, "SELECT count(*) FROM chunks")
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    _, rest, _ = ended(ingest(home, docs))
    assert 0 < rest["unchanged"] < FILES
    assert rest["unchanged"] + rest["added"] == FILES
    with Store(home) as store:
        rows = store.database.rows("SELECT id, context, text FROM chunks")
        assert len(rows) == CHUNKS
        for row in rows[::40]:
            embedded = embedded_text(row["context"], row["text"])
            embedding = tiny.embed_passages([embedded])[0]
            found = candidates(store, WordQuery(""), embedding, Scope(), 5)
            cosines = {candidate.chunk: candidate.signals.cosine for candidate in found}
            assert cosines[row["id"]] > 0.999
