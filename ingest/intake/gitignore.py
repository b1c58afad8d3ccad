"""The rules of `.gitignore` files: which paths they leave out."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns of one `.gitignore`; names are matched relative to its folder."""

    folder: str
    spec: GitIgnoreSpec

    def ignore(self, path: str, is_folder: bool) -> bool | None:
        """Return whether they leave the path out; None when no pattern speaks of it."""
        name = path[len(self.folder) :].lstrip("/")
        return self.spec.check_file(name + "/" if is_folder else name).include


def rules_in(path: str, entries: Sequence[os.DirEntry[str]]) -> tuple[IgnoreRules, ...]:
    """The rules of a folder, given its entries."""
    for entry in entries:
        if entry.name == ".gitignore" and entry.is_file(follow_symlinks=False):
            return _read(path, Path(entry.path))
    return ()


def rules_above(root: Path) -> tuple[IgnoreRules, ...]:
    """The rules of the folders around the root, up to its repository's top.

    None if they ignore the root itself: who names a folder wants it.
    """
    top = next((folder for folder in root.parents if (folder / ".git").exists()), None)
    if top is None or (root / ".git").exists():
        return ()
    around = [folder for folder in reversed(root.parents) if folder.is_relative_to(top)]
    rules = tuple(
        rule
        for folder in around
        if (folder / ".gitignore").is_file()
        for rule in _read(str(folder), folder / ".gitignore")
    )
    return () if any(rule.ignore(str(root), is_folder=True) for rule in rules) else rules


def _read(folder: str, path: Path) -> tuple[IgnoreRules, ...]:
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ()
    return (IgnoreRules(folder, GitIgnoreSpec.from_lines(filter(_is_pattern, lines))),)


def _is_pattern(line: str) -> bool:
    """Return whether pathspec can read the line; what it cannot, git ignores too."""
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
