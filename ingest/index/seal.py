"""The seal over the files of the index: how the last writer left them, known by looks alone.

A writer that is killed, or a damaged disk, leaves files that Chroma crashes on, or that it searches
without a word although half of them is gone. So SQLite keeps the size and the time of each file
as it was when a write had ended; whoever opens the index looks whether that is still so.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import StoreError

WRITTEN = "index_metadata.pickle"
"""Chroma has written a graph to its folder once this is there; before, it takes the records from
its own SQLite file and begins the folder again at each opening.
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """The generation of an index, and the size in bytes and time of change in ns of its files."""

    generation: int
    files: Mapping[str, tuple[int, int]]

    def dumps(self) -> str:
        """As `facts` keeps it."""
        return json.dumps([self.generation, self.files])

    @staticmethod
    def loads(text: str | None) -> Seal:
        """What `facts` keeps; where nothing is kept, a seal that fits no file."""
        generation, files = json.loads(text or "[0, {}]")
        return Seal(generation, {name: tuple(state) for name, state in files.items()})

    @property
    def graphs(self) -> dict[str, tuple[int, int]]:
        """Those of the files that Chroma neither checks nor replaces as a whole."""
        return {name: state for name, state in self.files.items() if "/" in name}


def take_seal(folder: Path, generation: int) -> Seal:
    """The seal that fits the files as they are. Raises StoreError where they cannot be seen."""
    try:
        states = {name: entry.stat() for name, entry in _files(folder)}
    except OSError as error:
        raise StoreError(
            f"cannot use {folder} ({error.strerror}): check its permissions"
        ) from error
    files = {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}
    return Seal(generation, files)


def _files(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    for entry in os.scandir(folder):
        if not entry.is_dir():
            yield entry.name, entry
        elif Path(entry.path, WRITTEN).exists():
            for each in os.scandir(entry):
                yield f"{entry.name}/{each.name}", each


def put_back_times(folder: Path, sealed: Seal) -> None:
    """Undo what an opening does to the looks of Chroma's SQLite file: it writes, but nothing new.
    A new seal instead would cost each search a wait for the disk (measured: 5 ms).
    """
    for name in sealed.files.keys() - sealed.graphs.keys():
        size, time = sealed.files[name]
        with contextlib.suppress(OSError):
            if (folder / name).stat().st_size == size:
                os.utime(folder / name, ns=(time, time))


def changed_graphs(sealed: Seal, found: Seal) -> list[str]:
    """The names of the graphs' files that have come, gone or changed, in their order."""
    before, now = sealed.graphs, found.graphs
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
