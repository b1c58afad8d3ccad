"""Which files of a folder have vanished since they were read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path


def vanished(
    paths: Sequence[Path], seen: Collection[Path], known: Collection[Path]
) -> Iterator[tuple[Path, list[Path]]]:
    """The known files below each folder that are surely gone; folders without any are left out."""
    for root in (path.resolve() for path in paths):
        if root.is_dir():
            gone = [
                path
                for path in known
                if root in path.parents and path not in seen and _is_gone(path)
            ]
            if gone:
                yield root, gone


def _is_gone(path: Path) -> bool:
    """Whether the file is surely not there; one that cannot be looked at may be."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
