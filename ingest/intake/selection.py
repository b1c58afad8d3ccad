"""Which files of a folder a user wants: globs to include and to exclude, hidden files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user asked for beside the paths; patterns are those of `.gitignore`.

    With `include`, only files that match are taken, even those that are left out otherwise:
    ignored, or written by programs. `hidden` takes hidden files and folders.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hidden: bool = False

    def excludes(self, path: Path, root: Path, *, is_folder: bool) -> bool:
        """Return whether a path is excluded, or is a file that is not included."""
        if _matches(self.exclude, path, root, is_folder):
            return True
        return bool(self.include) and not is_folder and not self.includes(path, root)

    def includes(self, path: Path, root: Path) -> bool:
        """Return whether a file is included by a pattern."""
        return _matches(self.include, path, root, is_folder=False)


def _matches(patterns: Sequence[str], path: Path, root: Path, is_folder: bool) -> bool:
    if not patterns:
        return False
    name = path.relative_to(root).as_posix() if path != root else path.name
    return GitIgnoreSpec.from_lines(patterns).match_file(name + "/" * is_folder)
