"""Ingest against embedding alone: `python tests/benchmarks/bench_ingest.py`.

A folder of at least 2,000 chunks is ingested into a fresh library; then the same embedder embeds
the same texts with nothing around it. Interleaved, so that a busy machine is busy for both. And one
changed file among 10,000, in a new process; those were read before with made-up vectors.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus import write_folder
from figures import Figure, report
from libraries import MadeUpVectors
from usage import arguments

from ingest.models.embedder import Embedder, load
from ingest.pipeline import Ingestion
from ingest.records.chunks import embedded_text
from ingest.store import Store

CHUNKS = 2000
ROUNDS = 2
FILES = 10_000
"""Files of one chunk, of which one is changed."""


def ingest(home: Path, docs: Path, embedder: Embedder) -> tuple[float, list[str]]:
    """Seconds to ingest into an empty library, and the texts that were embedded."""
    with Store(home) as store:
        run = Ingestion(store, embedder).run([docs])
        rows = store.database.rows("SELECT context, text FROM chunks")
    return run.seconds, [embedded_text(row["context"], row["text"]) for row in rows]


def changed_file(root: Path, embedder: Embedder) -> tuple[float, float]:
    """Return the seconds, and those of processor time, that a new process takes for one file that
    has changed among many.
    """
    docs, home = root / "many", root / "home-many"
    write_folder(docs, FILES, per_file=1)
    with Store(home) as store:
        Ingestion(store, MadeUpVectors(embedder)).run([docs])
    (home / "models").symlink_to(root / "models")
    (docs / "00007.md").write_text("# Chapter 7\n\nThe tide turns twice a day.\n")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "ragchat", "ingest", str(docs), "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, spent


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_folder(root / "docs", CHUNKS)
        embedder = load("", root / "models")
        whole, alone, texts = 0.0, 0.0, list[str]()
        for number in range(ROUNDS):
            seconds, texts = ingest(root / f"home{number}", root / "docs", embedder)
            whole += seconds
            started = time.perf_counter()
            embedder.embed_passages(texts)
            alone += time.perf_counter() - started
        seconds, _ = ingest(root / "home0", root / "docs", embedder)
        size = sum(file.stat().st_size for file in (root / "home0").rglob("*") if file.is_file())
        changed, spent = changed_file(root, embedder)
        report(
            "ingest",
            [
                Figure(f"embedding {len(texts):,} chunks alone", alone / ROUNDS, "s"),
                Figure("ingest, first time", whole / ROUNDS, "s"),
                Figure("ingest, of embedding alone", whole / alone, "x", must=1.15),
                Figure("ingest, nothing changed", seconds, "s"),
                Figure(f"one changed file among {FILES:,}", changed, "s", must=1.2),
                Figure("of it processor time", spent, "s"),
                Figure("on disk, a chunk", size / len(texts) / 1e3, "KB", must=5),
            ],
        )
        shutil.rmtree(root / "home0")


if __name__ == "__main__":
    arguments(__doc__)
    main()
