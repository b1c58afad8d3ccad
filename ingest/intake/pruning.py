"""Which files of a folder have vanished since they were read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path


def vanished(
    paths: Sequence[Path],
    seen: Collection[Path],
    known: Collection[Path],
    prune_most: Callable[[Path, Sequence[Path]], bool],
) -> Iterator[tuple[list[Path], bool]]:
    """The known files below each folder that are surely gone, and whether to forget them; those of
    a folder within a folder come with the outer one, and folders without any are left out.

    Where they are more than half of a folder it may be a disk that is not mounted: `prune_most`
    decides then, given the folder and the files.
    """
    left = set(known)
    for root in sorted({path.resolve() for path in paths}):
        under = [path for path in left if root in path.parents]
        gone = sorted(path for path in under if path not in seen and _is_gone(path))
        if root.is_dir() and gone:
            left.difference_update(gone)
            yield gone, 2 * len(gone) <= len(under) or prune_most(root, gone)


def _is_gone(path: Path) -> bool:
    """Return whether the file is surely not there; one that cannot be looked at may be."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
