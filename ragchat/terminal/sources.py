"""Where an answer comes from, as lines for a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from ingest.document import Passage
from ragchat.cleaning import one_line


class SourceLine(Protocol):
    """What is read of a source; it may also have the `text` that the answer was given."""

    @property
    def n(self) -> int:
        """Its number in the answer."""

    @property
    def kind(self) -> str:
        """`document` or `memory`."""

    @property
    def source(self) -> str:
        """The path of a document, or the title of a conversation."""

    @property
    def start_line(self) -> int | None:
        """Its first line, from 1."""

    @property
    def end_line(self) -> int | None:
        """Its last line."""

    @property
    def conversation(self) -> str | None:
        """The id of the conversation it was said in."""

    @property
    def time(self) -> datetime | None:
        """When it was said."""

    @property
    def score(self) -> float:
        """Higher is nearer."""

    @property
    def cited(self) -> bool:
        """Whether the answer refers to it."""


def place(source: SourceLine | Passage, folder: Path) -> str:
    """`docs/a.md:12-40`, as seen from `folder`, or `[you, 2026-03-04, “title”]` in local time."""
    if source.kind == "memory":
        day = f"{source.time.astimezone():%Y-%m-%d}, " if source.time else ""
        return f"[you, {day}“{one_line(source.source or source.conversation or '')}”]"
    shown = seen_from(folder, source.source)
    if page := getattr(source, "page", None):
        return f"{shown}, page {page}"
    if source.start_line is None:
        return shown
    if source.end_line in (None, source.start_line):
        return f"{shown}:{source.start_line}"
    return f"{shown}:{source.start_line}-{source.end_line}"


def seen_from(folder: Path, path: str) -> str:
    """A path as short as it can be said in `folder`, on one line."""
    whole = Path(path)
    return one_line(str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole))


def source_line(n: int, source: SourceLine | Passage, folder: Path) -> str:
    """`[1] docs/a.md:12-40  0.83  heading`; without a heading, how the text begins."""
    heading = one_line(getattr(source, "heading", "")) or _beginning(getattr(source, "text", ""))
    return f"[{n}] {place(source, folder)}  {source.score:.2f}  {heading}".rstrip()


def _beginning(text: str) -> str:
    return next(filter(None, (one_line(line).lstrip("# ") for line in text.split("\n"))), "")
