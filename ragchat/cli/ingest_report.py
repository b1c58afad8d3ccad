"""The report of an ingestion: one screen for the user, or JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import SkipKind
from ingest.text.amounts import counted, first_lines, listed
from ragchat.cli.conversation_report import import_fields, show_conversations
from ragchat.terminal.sources import seen_from

if TYPE_CHECKING:
    from ingest.intake.report import Failed, Report, Skipped
    from ragchat.terminal.screen import Screen

MOST_NAMED = 5
"""Files of one kind that are named without --verbose."""

_MORE = " (--verbose names them)"
_TAKE_OUT = "`ragchat sources remove PATH` takes one out"

NAMED_KINDS = (
    SkipKind.SECRET,
    SkipKind.ENCRYPTED,
    SkipKind.NO_TEXT,
    SkipKind.FORGOTTEN,
    SkipKind.CONVERSATIONS,
)
"""Kinds whose files are named: the user may want to do something about them."""

_LABELS: Mapping[SkipKind, tuple[str, str]] = {
    SkipKind.SECRET: ("secret", "secrets"),
    SkipKind.ENCRYPTED: ("encrypted", "encrypted"),
    SkipKind.NO_TEXT: ("without text", "without text"),
    SkipKind.TOO_LARGE: ("over the limit", "over the limit"),
    SkipKind.FORGOTTEN: ("forgotten", "forgotten"),
    SkipKind.HIDDEN: ("hidden", "hidden"),
    SkipKind.EXCLUDED: ("excluded", "excluded"),
    SkipKind.IGNORED: ("ignored by .gitignore", "ignored by .gitignore"),
    SkipKind.DEPENDENCIES: ("folder of dependencies", "folders of dependencies"),
    SkipKind.LINK: ("link", "links"),
    SkipKind.IMAGE: ("image", "images"),
    SkipKind.MEDIA: ("media file", "media files"),
    SkipKind.LOCK_FILE: ("lock file", "lock files"),
    SkipKind.GENERATED: ("generated", "generated"),
    SkipKind.BINARY: ("binary", "binary"),
    SkipKind.UNKNOWN_FORMAT: ("of another format", "of other formats"),
    SkipKind.UNREADABLE: ("unreadable", "unreadable"),
    SkipKind.CONVERSATIONS: ("chat file that is not read", "chat files that are not read"),
    SkipKind.OTHER: ("other", "others"),
}


def show_report(
    screen: Screen, report: Report, named: Sequence[Path] = (), *, dry_run: bool, verbose: bool
) -> None:
    """Write what the run did: failures and secrets first, the other files counted by kind. `named`
    are the files and folders that it was given.
    """
    for line in _lines(report, {path.absolute() for path in named}, verbose=verbose):
        screen.note(line)
    _show_kept(screen, report, "would keep" if dry_run else "kept")
    if report.remaining:
        files = listed([_shown(path) for path in report.remaining], MOST_NAMED)
        screen.note(f"left out now, but still in the library: {files}; {_TAKE_OUT}")
    show_conversations(screen, report, dry_run=dry_run)
    if report.forgotten:
        screen.note(
            f"left out {counted(report.forgotten, 'turn')} that you forgot: --again brings back"
            " what was forgotten"
        )
    for path in report.without_turns:
        screen.note(f"no turn of {_shown(path)} is in memory: --again brings back forgotten ones")
    if report.found_nothing and named:
        screen.note(f"no files to read in {listed([_shown(path) for path in named], MOST_NAMED)}")
    verb = "would add" if dry_run else "added"
    screen.say(
        f"{verb} {report.added:,}, updated {report.updated:,}, unchanged {report.unchanged:,}, "
        f"removed {report.removed:,}; {_written(report)} in {report.seconds:.1f} s"
    )
    if report.stopped:
        stored = "nothing was written" if dry_run else "the files counted above are stored"
        screen.note(f"stopped: {stored}; run it again to go on")


def show_failures(screen: Screen, report: Report) -> None:
    """Write what failed, and what waits for the user to decide; nothing where all went well."""
    for line in _failures(report, MOST_NAMED):
        screen.note(line)
    _show_kept(screen, report, "kept")


def report_fields(report: Report) -> dict[str, Any]:
    """Return the report as `ingest --json` prints it."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "kept": [str(path) for path in report.kept],
        "remaining": [str(path) for path in report.remaining],
        "chunks": report.chunks,
        "turns": report.turns,
        **import_fields(report),
        "forgotten": report.forgotten,
        "skipped": [_reason(file) | {"kind": file.kind.value} for file in report.skipped],
        "failed": [_reason(file) for file in report.failed],
        "partly": [
            {"path": str(file.path), "left_out": list(file.left_out)} for file in report.partly
        ],
        "masked": [{"path": str(file.path), "kinds": dict(file.kinds)} for file in report.masked],
        "seconds": round(report.seconds, 3),
    }


def by_kind(skipped: Sequence[Skipped]) -> str:
    """Return `left out 251: 231 images, 15 hidden, 1 secret`, the most frequent kind first."""
    numbers = Counter(file.kind for file in skipped)
    parts = [f"{number:,} {_LABELS[kind][number > 1]}" for kind, number in numbers.most_common()]
    return f"left out {len(skipped):,}: {', '.join(parts)}"


def gone(files: Sequence[Path]) -> str:
    """Return `3 files gone`."""
    return f"{counted(len(files), 'file')} gone"


def _lines(report: Report, named: Set[Path], *, verbose: bool) -> Iterator[str]:
    most = sys.maxsize if verbose else MOST_NAMED
    yield from _failures(report, most)
    masked = [f"masked in {_shown(file.path)}: {_kinds(file.kinds)}" for file in report.masked]
    yield from first_lines(masked, most, f"with masked secrets{_MORE}")
    parts = [f"{_shown(file.path)}: {'; '.join(file.left_out)}" for file in report.partly]
    lines = [f"not read in {part}" for part in parts]
    yield from first_lines(lines, most, f"not read whole{_MORE}")
    yield from _advice(report.skipped)
    shown = 0
    for kind in SkipKind:
        files = [file for file in report.skipped if file.kind is kind]
        if not verbose and kind not in NAMED_KINDS:
            files = [file for file in files if file.path.absolute() in named]
        lines = [f"left out {_file(file)}" for file in files]
        yield from first_lines(lines, most, _LABELS[kind][len(lines) != most + 1])
        shown += min(len(lines), most)
    if report.skipped and (verbose or shown < len(report.skipped)):
        hint = "" if verbose else _MORE
        yield f"{by_kind(report.skipped)}{hint}"


def _failures(report: Report, most: int) -> Sequence[str]:
    failed = [f"failed {_file(file)}" for file in report.failed]
    return first_lines(failed, most, f"failed{_MORE}")


def _show_kept(screen: Screen, report: Report, kept: str) -> None:
    if report.kept:
        screen.note(
            f"{kept} {gone(report.kept)} from disk, most of a folder: --prune forgets what is gone"
        )


def _advice(skipped: Sequence[Skipped]) -> Iterator[str]:
    """Yield `12 .odt: not read yet: save it as .docx or PDF` for formats without a reader."""
    unread = Counter(
        (file.path.suffix.lower(), file.reason)
        for file in skipped
        if file.kind is SkipKind.UNKNOWN_FORMAT and file.reason.startswith("not read yet")
    )
    for (suffix, reason), number in unread.most_common():
        yield f"{number:,} {suffix}: {reason}"


def _file(file: Skipped | Failed) -> str:
    return f"{_shown(file.path)}: {file.reason}"


def _shown(path: Path) -> str:
    return seen_from(Path.cwd(), str(path))


def _reason(file: Skipped | Failed) -> dict[str, str]:
    return {"path": str(file.path), "reason": file.reason}


def _kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(counted(number, kind) for kind, number in kinds.items())


def _written(report: Report) -> str:
    turns = f", {counted(report.turns, 'turn')}" if report.turns else ""
    return f"{counted(report.chunks, 'chunk')}{turns}"
