"""MemPalace: Chroma with the MiniLM graph of ONNX Runtime that Chroma otherwise downloads.

Chroma looks for that graph in a folder under the home of the user; `peers.py` makes it from the
packaged weights and sets HOME. https://github.com/MemPalace/mempalace
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from adapter import Search, main


def ingest(store: Path, folder: Path, model: Path) -> None:
    """As `mempalace mine` does."""
    command = Path(sys.executable).with_name("mempalace")
    for work in (["init", str(folder), "--yes", "--no-llm"], ["mine", str(folder)]):
        if work[0] == "init" and store.exists():
            continue
        subprocess.run(
            [str(command), "--palace", str(store), *work],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def search(store: Path, folder: Path, model: Path, count: int) -> Search:
    """Search by similarity and words."""
    from mempalace.searcher import search_memories

    def find(question: str) -> list[str]:
        found = search_memories(question, str(store), n_results=count)
        return [hit["source_file"] for hit in found["results"]]

    return find


if __name__ == "__main__":
    main(ingest, search)
