"""What grows with the library: `make bench-growth`, `bench_growth.py [SIZE…]`.

Libraries of SIZE exchanges (two chunks each; 1,000 and 50,000 unless given) with made-up vectors.
Printed are seconds, and how many times more the largest takes than the smallest: a turn must not
take visibly longer, nothing may grow faster than n log n. `--quick` compares 500 with 5,000.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from libraries import add_chunks, add_exchanges, source_path, texts, unit_vectors

from ingest.conversation import Turn
from ingest.intake.exchange_index import index_turns
from ingest.maintenance.doctor import damaged_records, findings
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder, load
from ingest.search.candidates import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store
from ragchat.memory import Memory, new_conversation

SIZES = (1_000, 50_000)
QUICK = (500, 5_000)
TURNS = 15
FILE_CHUNKS = 1_000
"""Chunks that are read in new, of which the first file is forgotten again."""

Took = dict[str, float]


def measured(home: Path, embedder: Embedder, exchanges: int) -> Took:
    """The seconds that each piece of work takes in a library of this many exchanges."""
    took: Took = {}
    with Store(home) as store:
        add_exchanges(store, embedder, exchanges)
        store.look_for_unreachable()
        _turns(store, embedder, took)
        with _timed(took, f"ingest of {FILE_CHUNKS:,} chunks (not embedding)"):
            add_chunks(store, embedder, FILE_CHUNKS)
            store.look_for_unreachable()
        with _timed(took, "status"):
            row = store.collection("default")
            store.conversations.count(row)
            store.records.count_sources(row)
        with _timed(took, "forget one file"):
            forgetting = Forgetting(store, row)
            forgetting.choose_sources([source_path(0)])
            done = forgetting.run(with_answers=False, index=lambda: None)
        took["  of it owed"] = len(done.owed.what)
        with _timed(took, "doctor --quick"):
            assert all("forgotten" in found.line for found in findings(store, quick=True))
    with _timed(took, "doctor"), Store(home) as store:
        list(damaged_records(home))
        list(findings(store))
    with Store(home) as store, _timed(took, "rebuild"):
        store.rebuild(embedder)
    took["MB of memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    took["KB a chunk on disk"] = _bytes(home) / (2 * exchanges + FILE_CHUNKS) / 1e3
    return took


def _turns(store: Store, embedder: Embedder, took: Took) -> None:
    """A few turns, the median of each part."""
    memory, conversation = Memory(store, "default"), new_conversation(datetime.now(UTC))
    parts: dict[str, list[float]] = {"prepare": [], "remember": [], "make findable": []}
    said = texts(2 * TURNS, 15, 99)
    vectors = unit_vectors(TURNS, embedder.dimension, 99)
    store.refresh()
    for n in range(TURNS):
        now = datetime.now(UTC)
        question = Turn("user", said[2 * n], now, f"{n}q")
        answer = Turn("assistant", said[2 * n + 1], now, f"{n}a")

        def prepare(n: int = n) -> None:
            found = store.candidates(WordQuery(said[2 * n]), vectors[n], Scope(), 100)
            store.conversations.exchanges(hit.turn for hit in found if hit.turn is not None)

        def remember() -> None:
            nonlocal conversation
            conversation, _ = memory.remember(conversation, question, answer)  # noqa: B023

        def find() -> None:
            index_turns(store, embedder)
            store.look_for_unreachable()

        for name, work in zip(parts, (prepare, remember, find), strict=True):
            parts[name].append(_seconds(work))
    took |= {name: sorted(times)[TURNS // 2] for name, times in parts.items()}


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def _timed(took: Took, name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took[name] = time.perf_counter() - began


def _bytes(home: Path) -> int:
    files = (path for path in home.rglob("*") if path.is_file() and "models" not in path.parts)
    return sum(path.stat().st_size for path in files)


def main() -> None:
    """Measure each size and print a row for each piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="past exchanges; 1,000 and 50,000")
    parser.add_argument("--quick", action="store_true", help=f"measure {QUICK}")
    arguments = parser.parse_args()
    sizes = QUICK if arguments.quick else tuple(arguments.sizes) or SIZES
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        rows = [measured(Path(folder) / str(size), embedder, size) for size in sizes]
    print(f"load {os.getloadavg()[0]:.1f}; exchanges: {', '.join(f'{size:,}' for size in sizes)}")
    for name, first in rows[0].items():
        last = rows[-1][name]
        ratio = f"{last / first:8.2f} x" if first else ""
        print(f"{name:40}" + "".join(f"{row[name]:12.4f}" for row in rows) + ratio)


if __name__ == "__main__":
    main()
