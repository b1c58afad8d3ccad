"""The seal of the index: the size and time of each of its files at the end of the last write.

A writer that is killed, or a damaged disk, leaves files that Chroma crashes on, or that it searches
without an error although half of them is missing. So SQLite keeps a seal, and each process compares
it with the files before it opens the index.
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
        """Return the seal as `facts` stores it."""
        return json.dumps([self.generation, self.files])

    @staticmethod
    def loads(text: str | None) -> Seal:
        """Return the seal that `facts` stores; without one, a seal that no files match."""
        generation, files = json.loads(text or "[0, {}]")
        return Seal(generation, {name: tuple(state) for name, state in files.items()})

    @property
    def graphs(self) -> dict[str, tuple[int, int]]:
        """The files of graphs, which Chroma neither checks nor replaces as a whole."""
        return {name: state for name, state in self.files.items() if "/" in name}


def take_seal(folder: Path, generation: int) -> Seal:
    """Return the seal of the files as they are. Raises StoreError where they cannot be read."""
    try:
        states = {name: entry.stat() for name, entry in _files(folder)}
    except OSError as error:
        raise StoreError(
            f"cannot use {folder} ({error.strerror}): check its permissions"
        ) from error
    files = {name: (state.st_size, state.st_mtime_ns) for name, state in states.items()}
    return Seal(generation, files)


def _files(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.name, entry
            elif Path(entry.path, WRITTEN).exists():
                with os.scandir(entry) as files:
                    for file in files:
                        yield f"{entry.name}/{file.name}", file


def restore_times(folder: Path, sealed: Seal) -> None:
    """Restore the times of Chroma's SQLite files, which opening them changes though not their data.

    A new seal instead would cost each search a wait for the disk (measured: 5 ms).
    """
    for name in sealed.files.keys() - sealed.graphs.keys():
        size, time = sealed.files[name]
        with contextlib.suppress(OSError):
            if (folder / name).stat().st_size == size:
                os.utime(folder / name, ns=(time, time))


def changed_graphs(sealed: Seal, found: Seal) -> list[str]:
    """Return the names of the graphs' files that were added, removed or changed, sorted."""
    before, now = sealed.graphs, found.graphs
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
