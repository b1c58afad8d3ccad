"""Files of the library that are gone from disk, or that are left out since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from pathlib import Path

from ingest.errors import SkipKind
from ingest.intake.report import Skipped

_BY_NAME = {SkipKind.EXCLUDED, SkipKind.HIDDEN}


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


def remaining(skipped: Collection[Skipped], seen: Set[Path], known: Set[Path]) -> list[Path]:
    """Return the known files that are left out by now, by what they are or by their folder, where
    they were not `seen`. What a run is narrowed to says nothing of the others; a hidden file was
    named when it was read.
    """
    left_out = {file.path for file in skipped if file.kind not in _BY_NAME}
    if not left_out:
        return []
    in_folder = {path for path in known - seen if not left_out.isdisjoint(path.parents)}
    return sorted(known & left_out | in_folder)


def _is_gone(path: Path) -> bool:
    """Return whether the file is surely not there; one that cannot be looked at may be."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
