"""The progress of an ingestion while it runs, and its report at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.errors import SkipKind


class Progress(Protocol):
    """Receives the progress of a run."""

    def found(self, files: int, size: int = 0) -> None:
        """`files` are to be read, of `size` bytes together."""

    def start(self, path: Path, size: int = 0) -> None:
        """This file, of `size` bytes, is being read."""

    def chunks(self, total: int) -> None:
        """`total` chunks are known so far."""

    def advance(self, count: int) -> None:
        """`count` more chunks are embedded."""

    def read(self, done: int, of: int) -> None:
        """`done` bytes of the file in hand have been read, of `of`."""


class Silent:
    """Progress that is not shown."""

    def found(self, files: int, size: int = 0) -> None:
        """Show nothing."""

    def start(self, path: Path, size: int = 0) -> None:
        """Show nothing."""

    def chunks(self, total: int) -> None:
        """Show nothing."""

    def advance(self, count: int) -> None:
        """Show nothing."""

    def read(self, done: int, of: int) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or a whole folder that is left out, and why: a sentence and what it counts as."""

    path: Path
    reason: str
    kind: SkipKind = SkipKind.OTHER


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that could not be read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Partly:
    """A file that was read in part, and the parts left out."""

    path: Path
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """A file in which secrets were masked, with their number by kind."""

    path: Path
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LooksLike:
    """A file that looks like conversations of a format but was not asked for."""

    path: Path
    format: str


@dataclass(slots=True)
class Imported:
    """What importing has changed: messages that were added, whose words changed, and that are gone
    since they are on abandoned branches now; and those that stayed forgotten. `masked` counts the
    secrets of each kind that were masked.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    forgotten: int = 0
    masked: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Imported) -> Imported:
        self.added += other.added
        self.changed += other.changed
        self.removed += other.removed
        self.forgotten += other.forgotten
        self.masked.update(other.masked)
        return self


@dataclass(slots=True)
class FileImport:
    """A file of conversations: what it holds, and what that changed.

    `keys` are the origins and ids of its conversations, which may be in another file, too;
    `remarks` counts what its reader left out or guessed.
    """

    path: Path
    format: str
    turns: int = 0
    keys: set[tuple[str, str]] = field(default_factory=set)
    imported: Imported = field(default_factory=Imported)
    remarks: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Report:
    """The result of a run. Paths are absolute; reasons are one line for the user.

    `kept` are gone from disk and stay in the library, `remaining` are there, are left out by now,
    and stay, too. Of `without_turns`, files of conversations that were named and have not changed,
    no turn is left.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    turns: int = 0
    turns_changed: int = 0
    turns_removed: int = 0
    forgotten: int = 0
    left_alone: int = 0
    seconds: float = 0.0
    skipped: list[Skipped] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    remaining: list[Path] = field(default_factory=list)
    masked: list[Masked] = field(default_factory=list)
    partly: list[Partly] = field(default_factory=list)
    conversations: list[FileImport] = field(default_factory=list)
    unasked: list[LooksLike] = field(default_factory=list)
    without_turns: list[Path] = field(default_factory=list)
    stopped: bool = False

    @property
    def found_nothing(self) -> bool:
        """Whether there was no file at all, neither read nor left out."""
        counts = (self.added, self.updated, self.unchanged, self.removed, self.left_alone)
        others = (self.skipped, self.failed, self.kept, self.remaining, self.unasked)
        return not any((*counts, *others, self.stopped))

    def add(self, other: Report) -> None:
        """Add what a further run did, over files that were not asked for in this one."""
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.chunks += other.chunks
        self.seconds += other.seconds
        self.turns += other.turns
        self.turns_changed += other.turns_changed
        self.turns_removed += other.turns_removed
        self.forgotten += other.forgotten
        self.skipped += other.skipped
        self.failed += other.failed
        self.masked += other.masked
        self.partly += other.partly
        self.conversations += other.conversations
        self.unasked = other.unasked
        self.without_turns += other.without_turns
        self.stopped = self.stopped or other.stopped

    def add_imported(self, path: Path, imported: Imported) -> None:
        """Count what importing a file has changed."""
        self.turns += imported.added
        self.turns_changed += imported.changed
        self.turns_removed += imported.removed
        self.forgotten += imported.forgotten
        self.add_masked(path, imported.masked)

    def add_masked(self, path: Path, kinds: Mapping[str, int]) -> None:
        """Add the number of secrets by kind that were masked in a file, if there were any."""
        if kinds:
            self.masked.append(Masked(path, kinds))
