"""The report of an ingestion on conversations: what was imported, and what might be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ingest.text.amounts import counted, first_lines

if TYPE_CHECKING:
    from ingest.intake.report import FileImport, LooksLike, Report
    from ragchat.terminal.screen import Screen

MOST_NAMED = 5
"""Files that are named one by one; the rest is counted."""


def question(unasked: Sequence[LooksLike]) -> str:
    """Return the question about files that look like conversations."""
    return f"{_looks_like(unasked)}: take them into memory?"


def show_conversations(screen: Screen, report: Report, *, dry_run: bool) -> None:
    """Report the imported conversations, the changes, and files that look like conversations. A dry
    run does not know which of them are new.
    """
    for name in dict.fromkeys(brought.format for brought in report.conversations):
        files = [brought for brought in report.conversations if brought.format == name]
        screen.result(_summary(name, files, compared=not dry_run))
    remarks = [
        _remark(brought.path, *remark)
        for brought in report.conversations
        for remark in brought.remarks.items()
    ]
    for line in first_lines(remarks, MOST_NAMED, "remarks: see --json"):
        screen.note(line)
    foreign = [
        b.path for b in report.conversations if b.imported.added and "another library" in b.format
    ]
    if foreign:
        screen.note(
            "they came in as another library's: "
            f"`ragchat conversations merge {_named(foreign)}` makes them your own"
        )
    if report.unasked:
        paths = _named([looks.path for looks in report.unasked])
        screen.note(f"{_looks_like(report.unasked)}: ragchat ingest --conversations {paths}")
    if report.left_alone:
        screen.note(
            f"left {counted(report.left_alone, 'other file')} alone: only conversations were wanted"
        )


def import_fields(report: Report) -> dict[str, Any]:
    """Return the report on conversations as `ingest --json` prints it."""
    return {
        "turns_changed": report.turns_changed,
        "turns_removed": report.turns_removed,
        "conversations": [
            {
                "path": str(brought.path),
                "format": brought.format,
                "conversations": len(brought.keys),
                "turns": brought.turns,
                "added": brought.imported.added,
                "changed": brought.imported.changed,
                "removed": brought.imported.removed,
                "remarks": dict(brought.remarks),
            }
            for brought in report.conversations
        ],
        "looks_like_conversations": [
            {"path": str(looks.path), "format": looks.format} for looks in report.unasked
        ],
        "left_alone": report.left_alone,
    }


def _summary(name: str, files: Sequence[FileImport], *, compared: bool) -> str:
    """`Claude Code: 2 conversations, 48 turns`, and the number of new ones if not all are."""
    turns = sum(brought.turns for brought in files)
    added = sum(brought.imported.added for brought in files)
    changed = sum(brought.imported.changed for brought in files)
    removed = sum(brought.imported.removed for brought in files)
    parts = [f"{added:,} new"] if compared and added != turns else []
    parts += [f"{changed:,} changed"] if changed else []
    parts += [f"{removed:,} no longer in it"] if removed else []
    keys = set().union(*(brought.keys for brought in files))
    conversations = counted(len(keys), "conversation")
    news = f" ({', '.join(parts)})" if parts else ""
    return f"{name}: {conversations}, {counted(turns, 'turn')}{news}"


def _remark(path: Path, remark: str, number: int) -> str:
    """Return `conversations.json: told not to remember it (2)`."""
    times = f" ({number:,})" if number > 1 else ""
    return f"{path.name}: {remark}{times}"


def _looks_like(unasked: Sequence[LooksLike]) -> str:
    formats = ", ".join(dict.fromkeys(looks.format for looks in unasked))
    seems = "seems" if len(unasked) == 1 else "seem"
    return f"{counted(len(unasked), 'file')} {seems} to hold past conversations ({formats})"


def _named(paths: Sequence[Path]) -> str:
    """The paths as a shell takes them, short where they are in the current folder; of many, the
    folders that they are in, the outermost, and of many of those the one that all are in, unless
    that is the home folder or holds it.
    """
    shown = list(dict.fromkeys(paths))
    if len(shown) > MOST_NAMED:
        folders = {path.parent for path in shown}
        shown = sorted(folder for folder in folders if folders.isdisjoint(folder.parents))
    if len(shown) > MOST_NAMED and not Path.home().is_relative_to(os.path.commonpath(shown)):
        shown = [Path(os.path.commonpath(shown))]
    more = " …" if len(shown) > MOST_NAMED else ""
    return " ".join(quote(_from_here(path)) for path in shown[:MOST_NAMED]) + more


def _from_here(path: Path) -> str:
    """Return a path, short if it is in the current folder; a shell takes "-x" for an option."""
    here = Path.cwd()
    if path == here or not path.is_relative_to(here):
        return str(path)
    short = str(path.relative_to(here))
    return f"./{short}" if short.startswith("-") else short
