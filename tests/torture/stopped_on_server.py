"""Commands that forget in a library on a Chroma server: REPEATS stops of each, a third of them
Ctrl-C, a third kill -9, a third the end of the server. After the next command no word of what was
forgotten is in a file of the library, no record of it on the server, and `doctor` finds nothing.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from killing import end_of, start
from served import free_port, running
from stopping import SECRET, TITLED, Tally, commands, make_library, question, unsound
from warm import Process
from wiped import remains, vectors_of

from ingest.index.chroma import served_client
from ingest.index.chroma_server import Address
from ingest.models.embedder import Embedder

REPEATS = int(os.environ.get("REPEATS", "50"))
CHUNKS = int(os.environ.get("CHUNKS", "1000"))
SPARE = 30
"""Secrets for the run that measures, and for those that end before they are stopped."""


class Served:
    """A library on a server that can be ended and started again."""

    def __init__(self, home: Path, folder: Path, stack: ExitStack) -> None:
        self.home, self._folder, self._stack = home, folder, stack
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.begin()

    def begin(self) -> None:
        self.process = self._stack.enter_context(running(self._folder, self._port))

    def texts(self) -> str:
        """All texts that the server has."""
        client = served_client(self.url, {}, "default_tenant", "default_database")
        found = (collection.get()["documents"] for collection in client.list_collections())
        return "\n".join(text or "" for texts in found for text in texts or [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, None])
@pytest.mark.parametrize(
    "name", ["forget", "conversations delete", "sources remove", "conversations rename"]
)
def test_stops(
    home: Path,
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals | None,
    name: str,
) -> None:
    times = (REPEATS + 2) // 3
    tally = Tally(f"{name}, {number.name if number else 'the server ended'}")
    suffixes = [f"x{n:03}" for n in range(times + SPARE)]
    with ExitStack() as stack:
        served = Served(home, tmp_path / "chroma", stack)
        make_library(home, embedder, CHUNKS, suffixes, Address.parse(served.url))
        monkeypatch.setenv("RAGCHAT_CHROMA_URL", served.url)
        assert f"{SECRET}{suffixes[0]} nothing grows" in served.texts()
        seconds = _measured(served, name, suffixes.pop())
        while tally.stops < times:
            suffix = suffixes.pop()
            command = _command(home, name, suffix)
            vectors = vectors_of(home, SECRET + suffix)
            process = start(home, *command, "--yes")
            time.sleep(seconds * (0.05 + 0.95 * (tally.stops + 0.5) / times))
            if not _stop(served, process, number):
                tally.late += 1
                seconds *= 0.95
                continue
            tally.stops += 1
            after = end_of(start(home, "status"))
            assert after.code == 0, after
            tally.finished += "finished wiping" in after.err
            tally.left += _left(served, name, suffix, vectors)
            tally.left += unsound(home, Address.parse(served.url))
            print(tally, flush=True)
    print(f"\n{tally}")
    assert tally.left == []


def _command(home: Path, name: str, suffix: str) -> Sequence[object]:
    with closing(sqlite3.connect(f"file:{home}/ragchat.db?mode=ro", uri=True)) as database:
        row = database.execute(
            "SELECT exchange FROM turns WHERE text = ?", (question(suffix),)
        ).fetchone()
    return commands(row[0], suffix)[name]


def _measured(served: Served, name: str, suffix: str) -> float:
    began = time.monotonic()
    assert end_of(start(served.home, *_command(served.home, name, suffix), "--yes")).code == 0
    return time.monotonic() - began


def _stop(served: Served, process: Process, number: signal.Signals | None) -> bool:
    """Stop the command, or end the server and start it again; return whether it was in time."""
    late = process.poll() is not None
    if number:
        process.send_signal(number)
        return end_of(process).code != 0 and not late
    served.process.kill()
    served.process.wait()
    end_of(process)
    served.begin()
    return not late


def _left(served: Served, name: str, suffix: str, vectors: Sequence[bytes]) -> list[str]:
    """What is left of what the command was to take out, if it had begun to."""
    wanted = {
        "sources remove": f"{SECRET}{suffix} nothing grows",
        "conversations rename": TITLED + suffix,
    }.get(name, f"borealis{suffix}")
    kept = vectors_of(served.home, SECRET + suffix)
    if len(kept) == len(vectors):
        return []  # it was stopped before anything was forgotten
    found = remains(served.home, [wanted], [vector for vector in vectors if vector not in kept])
    return found + ([f"the server: {wanted}"] if wanted in served.texts() else [])
