"""`ragchat search` in a new process, on a small library: `python tests/benchmarks/bench_search.py`.

The same search is also made with the index open, which is what more than some thousand chunks need,
and compared with a process that only imports numpy, which tells how quick the machine is just now.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure, report
from libraries import add_chunks
from usage import arguments

from ingest.models.embedder import load
from ingest.store import Store

CHUNKS = 2_000
ROUNDS = 7
WITH_INDEX = """
import sys
from ingest.search import dense
dense.FEW = 0
sys.argv = ["ragchat", *sys.argv[1:]]
from ragchat.cli import main
main()
"""


def run(command: list[str]) -> tuple[float, float]:
    """Return the seconds of a process, and those of its processor time."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    after = os.times()
    spent = after.children_user + after.children_system
    spent -= before.children_user + before.children_system
    return time.perf_counter() - began, spent


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Store(home) as store:
            embedder = load("", home / "models")
            add_chunks(store, embedder, CHUNKS)
        question = ["search", "When is high water at the pier?", "--home", str(home)]
        commands = {
            "search": ["-m", "ragchat", *question],
            "search with the index open": ["-c", WITH_INDEX, *question],
            "import numpy": ["-c", "import numpy"],
        }
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(run(command))
    figures = []
    for name, measured in times.items():
        must = 0.55 if name == "search" else None
        figures += [
            Figure(f"{name}, fastest", min(seconds for seconds, _ in measured), "s", must),
            Figure(f"{name}, processor time", statistics.median(cpu for _, cpu in measured), "s"),
        ]
    report("search", figures)


if __name__ == "__main__":
    arguments(__doc__)
    main()
