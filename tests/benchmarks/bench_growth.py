"""What grows with the library: `make bench-growth`, `bench_growth.py [SIZE…]`.

Libraries of SIZE exchanges (two chunks each) with made-up vectors; 500, 5,000 and 50,000 unless
given, so 1,000 to 100,000 chunks.
Printed are seconds of processor time, which other programs hardly change, and how many times more
the largest takes than the smallest: a turn must not take visibly longer, nothing may grow faster
than n log n.

`--quick` measures the turns alone, with the tiny model of the tests: its vectors have 32 numbers
instead of 384, and it reads a question in a tenth of the time. `--keep FOLDER` fills the libraries
there, or takes those that are there, which a filling of 100,000 chunks (8 minutes) is worth; they
are measured in copies. `--plot FILE` draws all of it as a PNG.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench_ask import Moment, conversation, ordered, waits
from growth_plot import plot
from libraries import WORDS_A_TURN, add_chunks, add_exchanges, quick_writes, source_path, texts

from ingest.conversation import Turn
from ingest.maintenance.doctor import damaged_records, findings
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder, load
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retriever

SIZES = (500, 5_000, 50_000)
TURNS = 15
FILE_CHUNKS = 1_000
"""Chunks that are read in new, of which the first file is forgotten again."""

Took = dict[str, float]


def measured(home: Path, embedder: Embedder, exchanges: int, *, quick: bool) -> Took:
    """Return the seconds that each piece of work takes in a library of this many exchanges."""
    took: Took = {}
    with Store(home) as store:
        store.sync.refresh()
        store.sync.look_for_unreachable()
        _turns(store, embedder, took)
        if not quick:
            _requests(store, embedder, took)
            _large(store, embedder, took)
    if quick:
        return took
    with _timed(took, "doctor"), Store(home) as store:
        list(damaged_records(home))
        list(findings(store))
    with Store(home) as store, _timed(took, "rebuild"):
        store.sync.rebuild(embedder)
    took["MB of memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    took["KB a chunk on disk"] = _bytes(home) / (2 * exchanges + FILE_CHUNKS) / 1e3
    return took


def _requests(store: Store, embedder: Embedder, took: Took) -> None:
    """Measure from Enter to the request, over a wire that answers at once."""
    left: list[Moment] = []
    chat = conversation(store, embedder, left)
    for words in (15, 60):
        sent, _ = waits(chat, embedder, left, words)
        _, processor = ordered(sent)
        took[f"Enter to the request, {words} words"] = processor[len(processor) // 2]


def _large(store: Store, embedder: Embedder, took: Took) -> None:
    """Measure work on files and on the whole library."""
    with _timed(took, f"ingest of {FILE_CHUNKS:,} chunks (not embedding)"):
        add_chunks(store, embedder, FILE_CHUNKS)
        store.sync.look_for_unreachable()
    with _timed(took, "status"):
        row = store.collection("default")
        store.conversations.count(row)
        store.documents.count_sources(row)
    with _timed(took, "forget one file"):
        forgetting = Forgetting(store, row)
        forgetting.choose_sources([source_path(0)])
        done = forgetting.run(with_answers=False, index=lambda: None)
    took["  of it owed"] = len(done.owed.what)
    with _timed(took, "doctor --quick"):
        assert all("forgotten" in found.line for found in findings(store, quick=True))


def filled(home: Path, embedder: Embedder, exchanges: int) -> Path:
    """Fill a library, unless it is there."""
    if not home.exists():
        half = home.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        with quick_writes(), Store(half) as store:
            add_exchanges(store, embedder, exchanges)
        half.rename(home)
    return home


QUESTIONS = {
    "a question": "{}?",
    "a question about the user": "What did I say about my {}?",
    "a question about a time": "What did we say of {} in March 2018?",
}
LONG, SHORT = 15, 4
"""Words of a plain question, and of the subject of another."""


def _turns(store: Store, embedder: Embedder, took: Took) -> None:
    """Measure a few turns; of each part, the median counts."""
    memory, conversation = Memory(store, "default"), new_conversation(datetime.now(UTC))
    retriever = Retriever(store, embedder)
    parts: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.process_time()
        work()
        parts.setdefault(name, []).append(time.process_time() - began)

    asked, answers = texts(TURNS, LONG, 99), texts(TURNS, WORDS_A_TURN, 98)
    _retrieve(retriever, "What opens the index before anything is measured?")
    for n in range(TURNS):
        for name, form in QUESTIONS.items():
            subject = " ".join(asked[n].split()[: LONG if form == "{}?" else SHORT])
            timed(f"prepare {name}", partial(_retrieve, retriever, form.format(subject)))
        now = datetime.now(UTC)
        question = Turn("user", asked[n], now, f"{n}q")
        answer = Turn("assistant", answers[n], now, f"{n}a")
        timed("remember", partial(memory.remember, conversation, question, answer))
        timed("find what is not indexed", partial(store.exchange_queue.next, 100))
        timed("make findable", partial(memory.index, embedder))
        timed("status line", partial(store.conversations.count, store.look_up("default")))
        timed("find by a prefix", partial(memory.conversation, conversation.id[:7]))
        timed("find the latest conversation", memory.latest)
    took |= {name: sorted(times)[TURNS // 2] for name, times in parts.items()}


def _retrieve(retriever: Retriever, question: str) -> None:
    retriever.retrieve(retriever.read(question), Scope(), ForRequest(8, personal_memories=24))


@contextmanager
def _timed(took: Took, name: str) -> Iterator[None]:
    began = _spent()
    yield
    took[name] = _spent() - began


def _spent() -> float:
    """Processor time of this process and of those that it started and waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _bytes(home: Path) -> int:
    files = (path for path in home.rglob("*") if path.is_file() and "models" not in path.parts)
    return sum(path.stat().st_size for path in files)


def _tiny(folder: Path) -> str:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tiny_model import make_model_apart

    return str(make_model_apart(folder))


def main() -> None:
    """Measure each size and print a row for each piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, help="past exchanges; 500 to 50,000")
    parser.add_argument("--quick", action="store_true", help="measure turns with a tiny model")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw a PNG, too")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="libraries, kept for later")
    arguments = parser.parse_args()
    os.environ.setdefault("ANTHROPIC_API_KEY", "not-used")
    sizes = tuple(arguments.sizes) or SIZES
    with tempfile.TemporaryDirectory() as folder:
        model = _tiny(Path(folder)) if arguments.quick else ""
        kept = arguments.keep or Path(folder) / "kept"
        embedder = load(model, Path(folder) / "models")
        rows = []
        for size in sizes:
            home = Path(folder) / str(size)
            shutil.copytree(filled(kept / str(size), embedder, size), home)
            rows.append(measured(home, embedder, size, quick=arguments.quick))
            shutil.rmtree(home)
    print(f"load {os.getloadavg()[0]:.1f}; exchanges: {', '.join(f'{size:,}' for size in sizes)}")
    for name, first in rows[0].items():
        last = rows[-1][name]
        ratio = f"{last / first:8.2f} x" if first else ""
        print(f"{name:40}" + "".join(f"{row[name]:12.4f}" for row in rows) + ratio)
    if arguments.plot:
        plot(arguments.plot, sizes, rows)
        print(f"plotted in {arguments.plot}")


if __name__ == "__main__":
    main()
