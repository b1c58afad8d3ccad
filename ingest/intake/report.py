"""What a run of ingestion tells: its progress while it runs, its report when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ingest.errors import SkipKind


class Progress(Protocol):
    """What a caller may want to show."""

    def found(self, files: int) -> None:
        """So many files are to be read."""

    def start(self, path: Path) -> None:
        """This file is being read."""

    def chunks(self, total: int) -> None:
        """So many chunks are known so far."""

    def advance(self, count: int) -> None:
        """So many more chunks are embedded."""


class Silent:
    """Progress that nobody looks at."""

    def found(self, files: int) -> None:
        """Say nothing."""

    def start(self, path: Path) -> None:
        """Say nothing."""

    def chunks(self, total: int) -> None:
        """Say nothing."""

    def advance(self, count: int) -> None:
        """Say nothing."""


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
class Masked:
    """A file in which secrets were masked, and how many of each kind."""

    path: Path
    kinds: Mapping[str, int]


@dataclass(slots=True)
class Report:
    """What a run did. Paths are absolute; reasons are for people."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    turns: int = 0
    forgotten: int = 0
    seconds: float = 0.0
    skipped: list[Skipped] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    masked: list[Masked] = field(default_factory=list)
    stopped: bool = False

    def add_masked(self, path: Path, kinds: Mapping[str, int]) -> None:
        """Note how many secrets of each kind were masked in a file, if there were any."""
        if kinds:
            self.masked.append(Masked(path, kinds))
