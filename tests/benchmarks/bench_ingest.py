"""Ingest against embedding alone: `python tests/benchmarks/bench_ingest.py`.

A folder of at least 2,000 chunks is ingested into a fresh library; then the same embedder embeds
the same texts with nothing around it. Interleaved, so that a busy machine is busy for both.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from corpus import write_folder
from usage import arguments

from ingest.models.embedder import Embedder, load
from ingest.pipeline import Ingestion
from ingest.records.documents import embedded_text
from ingest.store import Store

CHUNKS = 2000
ROUNDS = 2


def ingest(home: Path, docs: Path, embedder: Embedder) -> tuple[float, list[str]]:
    """Seconds to ingest into an empty library, and the texts that were embedded."""
    with Store(home) as store:
        report = Ingestion(store, embedder).run([docs])
        rows = store.database.rows("SELECT context, text FROM chunks")
    return report.seconds, [embedded_text(row["context"], row["text"]) for row in rows]


def main() -> None:
    """Print the table."""
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
        size = sum(each.stat().st_size for each in (root / "home0").rglob("*") if each.is_file())
        print(f"{'chunks':<28}{len(texts):>10,}")
        print(f"{'embedding alone':<28}{alone / ROUNDS:>10.2f} s")
        print(
            f"{'ingest, first time':<28}{whole / ROUNDS:>10.2f} s  {whole / alone:.2f} x embedding"
        )
        print(f"{'ingest, nothing changed':<28}{seconds:>10.2f} s")
        print(f"{'bytes on disk a chunk':<28}{size / len(texts):>10,.0f}")
        shutil.rmtree(root / "home0")


if __name__ == "__main__":
    arguments(__doc__)
    main()
