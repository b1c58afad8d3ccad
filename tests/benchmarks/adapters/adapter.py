"""What `peers.py` calls in the environment of another tool.

    ADAPTER ingest STORE FOLDER MODEL
    ADAPTER search STORE FOLDER MODEL COUNT < QUESTIONS

A search reads a list of questions as JSON, and writes {"seconds": […], "found": [[FILE, …], …]},
the files of the best COUNT passages of each, best first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Ingest = Callable[[Path, Path, Path], None]
"""Brings a store (a folder) up to date with a folder of Markdown files, by a model's folder."""
Search = Callable[[str], list[str]]
"""Returns the files of the best passages for a question."""
Open = Callable[[Path, Path, Path, int], Search]
"""Opens a store for searches of so many passages."""


def main(ingest: Ingest, search: Open) -> None:
    """Do what the command line says."""
    what, *places = sys.argv[1:]
    store, folder, model = (Path(place) for place in places[:3])
    if what == "ingest":
        ingest(store, folder, model)
        return
    find = search(store, folder, model, int(places[3]))
    seconds, found = [], []
    for question in json.load(sys.stdin):
        began = time.perf_counter()
        found.append([Path(name).name for name in find(question)])
        seconds.append(time.perf_counter() - began)
    json.dump({"seconds": seconds, "found": found}, sys.stdout)


def texts(folder: Path) -> dict[str, str]:
    """Return the files of a folder, by path."""
    return {str(path): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))}
