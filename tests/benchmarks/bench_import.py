"""Transcripts taken in twice: `python tests/benchmarks/bench_import.py FILE…`. Minutes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from usage import arguments

from ingest.intake.options import RunOptions
from ingest.models.embedder import load
from ingest.pipeline import Ingestion
from ingest.store import Store


def main() -> None:
    """Take each file in twice, read again the second time, and count what was added."""
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        for number, name in enumerate(sys.argv[1:]):
            with Store(Path(folder) / f"home{number}") as store:
                for again in (False, True):
                    started = time.monotonic()
                    report = Ingestion(store, embedder, options=RunOptions(again=again)).run(
                        [Path(name)]
                    )
                    seconds = time.monotonic() - started
                    print(f"{name}: {report.turns} turns added in {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    arguments(__doc__, least=1)
    main()
