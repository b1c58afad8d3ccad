"""Runs that are ended in the middle, and what must be there afterwards.

`kill_ingests` and `kill_asks` end a command at moments spread over its measured duration, let an
ordinary run follow, and look for everything that SQLite had committed, one by one.
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import warm
from fakes import Reply, ScriptedClaude
from hits import candidates
from numpy.typing import NDArray
from warm import Process

from ingest.maintenance.doctor import findings
from ingest.models.embedder import Embedder
from ingest.records.chunks import embedded_text
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store

PATIENCE = 300.0
WORDS = sorted(set(re.findall(r"[a-z]{4,}", (Path(__file__).parents[1] / "README.md").read_text())))
Chunks = dict[str, str]
"""Texts as embedded, by key."""


@dataclass
class Tally:
    """What came of one series of kills."""

    what: str
    kills: int = 0
    late: int = 0
    acknowledged: int = 0
    rebuilt: int = 0
    lost: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.kills} kills, {self.late} too late; {self.acknowledged} records "
            f"acknowledged, {len(self.lost)} lost; index rebuilt {self.rebuilt} times"
        )


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str


def write_docs(folder: Path, edition: int, files: int) -> None:
    """Write files of one short chunk each over those of the last edition."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        chosen = random.Random(f"{edition} {number}").sample(WORDS, 10)
        (folder / f"{number}.txt").write_text(f"Edition {edition}: {' '.join(chosen)}.\n")


def start(home: Path, *arguments: object) -> Process:
    """Start a command in a process of its own."""
    return warm.start(*arguments, "--home", home)


def end_of(process: Process) -> Ended:
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    return Ended(process.wait(), out, err)


def kills(
    begin: Callable[[], Process], number: signal.Signals, times: int, tally: Tally
) -> Iterator[Ended]:
    """End what is begun at `times` moments between 5 and 95 % of its measured duration."""
    started = time.monotonic()
    assert end_of(begin()).code == 0
    seconds = time.monotonic() - started
    while tally.kills < times:
        process, started = begin(), time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds * (0.05 + 0.9 * (tally.kills + 0.5) / times))
        process.send_signal(number)
        ended = end_of(process)
        if ended.code == 0:
            tally.late += 1
            # The machine has become faster than it was when it was measured.
            seconds = min(0.95 * seconds, time.monotonic() - started)
        else:
            tally.kills += 1
            yield ended


def kill_ingests(
    home: Path, docs: Path, embedder: Embedder, number: signal.Signals, *, times: int, files: int
) -> Tally:
    """Each run reads a new edition of all files, in the place of the last."""
    tally = Tally(f"ingest, {number.name}")
    edition = 0
    write_docs(docs, edition, files)
    assert end_of(start(home, "ingest", docs)).code == 0

    def begin() -> Process:
        nonlocal edition
        edition += 1
        write_docs(docs, edition, files)
        return start(home, "ingest", docs, "--json")

    for ended in kills(begin, number, times, tally):
        print(tally, flush=True)
        committed = {
            key: text for key, text in chunks(home).items() if f"Edition {edition}:" in text
        }
        if number != signal.SIGKILL:
            _check_stopped(ended, number, len(committed))
        after = end_of(start(home, "ingest", docs))
        assert after.code == 0, after
        tally.acknowledged += len(committed)
        tally.rebuilt += "rebuilding it" in after.err
        tally.lost += lost(home, embedder, committed)
        assert len(chunks(home)) == files
    _check_sound(home)
    return tally


def _check_stopped(ended: Ended, number: signal.Signals, committed: int) -> None:
    """A stop says what has landed; until the command is loaded the signal is the system's."""
    assert ended.code in {130, -number}, ended
    if ended.code == 130 and ended.out:
        report = json.loads(ended.out)
        assert report["added"] + report["updated"] == committed
    else:
        assert not committed


def kill_asks(
    home: Path, server: ScriptedClaude, embedder: Embedder, number: signal.Signals, *, times: int
) -> Tally:
    """Each run asks one question, whose answer takes a while."""
    tally = Tally(f"ask, {number.name}")
    asked = 0

    def begin() -> Process:
        nonlocal asked
        asked += 1
        spoken = " ".join(random.Random(asked).sample(WORDS, 60))
        server.script[:] = [Reply(f"Answer {asked}: {spoken}.", pause=0.02)]
        return start(home, "ask", f"Question {asked}: what of {spoken[:40]}?")

    for ended in kills(begin, number, times, tally):
        if number != signal.SIGKILL:
            _check_kept(home, ended, number, asked)
        said = turns(home)
        after = end_of(start(home, "search", "anything", "--json"))
        assert after.code == 0, after
        tally.rebuilt += "rebuilding it" in after.err
        tally.acknowledged += len(said)
        assert turns(home) == said
        tally.lost += lost(home, embedder, {}, said)
    _check_sound(home)
    return tally


def _check_sound(home: Path) -> None:
    """What `ragchat doctor` says."""
    with Store(home) as store:
        assert list(findings(store)) == []


def _check_kept(home: Path, ended: Ended, number: signal.Signals, asked: int) -> None:
    """What had been shown of an answer when the stop came is kept, and marked if it is a part."""
    assert ended.code in {130, -number}, ended
    if shown := re.findall(r"\w+", ended.out.partition("Answer")[2])[:3]:
        kept = [text for text in turns(home) if text.startswith(f"Answer {asked}:")]
        assert kept, ended
        assert re.findall(r"\w+", kept[0])[1:4][: len(shown)] == shown[: len(kept[0])]


@contextmanager
def _copied(home: Path) -> Iterator[sqlite3.Connection]:
    """The records as the kill left them; SQLite would mend the original on opening it."""
    with tempfile.TemporaryDirectory() as folder:
        for file in home.glob("ragchat.db*"):
            shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / "ragchat.db")) as database:
            yield database


def chunks(home: Path) -> Chunks:
    """The chunks of documents that are committed."""
    with _copied(home) as database:
        rows = database.execute("SELECT key, context, text FROM chunks WHERE kind = 'document'")
        return {key: embedded_text(context, text) for key, context, text in rows}


def turns(home: Path) -> list[str]:
    """Return the texts of all committed turns."""
    with _copied(home) as database:
        rows = database.execute("SELECT text FROM turns WHERE text <> '' ORDER BY id")
        return [row[0] for row in rows]


def memories(home: Path) -> int:
    """Count the chunks of exchanges that are committed."""
    with _copied(home) as database:
        row = database.execute("SELECT count(*) FROM chunks WHERE kind <> 'document'").fetchone()
        return int(row[0])


def lost(home: Path, embedder: Embedder, committed: Chunks, said: Sequence[str] = ()) -> list[str]:
    """Return what is missing, has another vector in the index, or is not found by its own text."""
    with Store(home) as store:
        rows = store.database.rows(
            "SELECT c.id, c.key, c.kind, c.context, c.text, t.text AS said FROM chunks c"
            " LEFT JOIN turns t ON t.id = c.turn_id"
        )
        echoes = {row[0] for row in store.database.rows("SELECT text FROM turns WHERE echo")}
        texts = {row["key"]: embedded_text(row["context"], row["text"]) for row in rows}
        vectors = dict(zip(texts, embedder.embed_passages(list(texts.values())), strict=True))
        amiss = _amiss(store, embedder, {row["key"]: row["kind"] for row in rows}, vectors)
        for row in rows[:: len(rows) // 20 + 1]:
            text, vector = texts[row["key"]], vectors[row["key"]]
            near = candidates(store, WordQuery(text), vector, Scope(), 20)
            if row["id"] not in {candidate.chunk for candidate in near}:
                amiss.append(f"{row['key']} among the candidates for its own text")
    gone = [f"{key} in SQLite" for key, text in committed.items() if texts.get(key) != text]
    # An answer that only repeats its sources is kept, but never found: they are.
    gone += [f"{said} in words" for said in set(said) - {row["said"] for row in rows} - echoes]
    return gone + amiss


def _found(
    store: Store, name: str, key: str, vector: NDArray[np.float32], rows: Mapping[int, str]
) -> bool:
    """Whether a record is among the nearest to its own vector, be it one that the graph loses."""
    if key in {record.id for record in store.index._vectors.search(name, vector, 5, None)}:
        return True
    near = candidates(store, WordQuery(""), vector, Scope(), 5)
    return key in {rows[hit.chunk] for hit in near}


def _amiss(
    store: Store, embedder: Embedder, kinds: Mapping[str, str], vectors: Mapping[str, Any]
) -> list[str]:
    """The keys that are not in the index, or without their own vector, or not found by it."""
    store.sync.refresh()
    index, model = store.index._vectors, store.use_model(embedder)
    rows = {row["id"]: row["key"] for row in store.database.rows("SELECT id, key FROM chunks")}
    amiss = []
    for key, kind in kinds.items():
        name = model.index_name("default", "document" if kind == "document" else "memory")
        stored = index.stored(name, [key])
        if key not in stored:
            amiss.append(f"{key} in the index")
        elif not np.allclose(stored[key][0], vectors[key], atol=1e-3):
            amiss.append(f"the vector of {key}")
        elif not _found(store, name, key, stored[key][0], rows):
            amiss.append(f"{key} among the nearest to its own vector")
    return amiss
