"""`ragchat ingest`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.text.amounts import counted
from ragchat.cli.common import Common, common_options, download_option
from ragchat.cli.imports import (
    conversation_fields,
    conversation_options,
    question,
    show_conversations,
    tool_folders,
)
from ragchat.cli.output import print_json
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.intake.report import Failed, LooksLike, Report, Skipped
    from ingest.intake.selection import Selection
    from ragchat.terminal.progress import IngestProgress
    from ragchat.terminal.screen import Screen

MOST_NAMED = 20
"""Skipped files that are named one by one; the rest is counted."""


def selection_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that choose files, and hand them to the command as its `selection`."""

    @wraps(command)
    def chosen(
        *args: object,
        include: tuple[str, ...],
        exclude: tuple[str, ...],
        hidden: bool,
        **others: object,
    ) -> int:
        from ingest.intake.selection import Selection

        return command(*args, selection=Selection(include, exclude, hidden), **others)

    for option in (
        click.option("--hidden", is_flag=True, help="Read hidden files and folders, too."),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Leave matching files out."),
        click.option("--include", multiple=True, metavar="GLOB", help="Read matching files alone."),
    ):
        chosen = option(chosen)
    return chosen


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option("--again", is_flag=True, help="Read everything again, and what was forgotten.")
@click.option("--prune", is_flag=True, help="Forget what vanished, even most of a folder.")
@conversation_options
@selection_options
@download_option
@common_options
def ingest(
    common: Common,
    paths: tuple[Path, ...],
    dry_run: bool,
    again: bool,
    prune: bool,
    selection: Selection,
    download: bool,
    conversations: bool,
    **tools: bool,
) -> int:
    """Read files and folders into the library. Run it again and again: only what changed is read.

    Markdown, text, code, HTML, PDF, .docx, .xlsx, .pptx, .epub, notebooks and mail are read;
    .gitignore is honoured; files that hold secrets are left out, secrets in a text are masked.
    Past conversations go into memory: of a file that is named, of PATHs with --conversations, and
    of the tools' own folders. In other folders they are named and left alone.
    """
    from ingest.pipeline import Ingestion
    from ragchat.cli.wiring import finish_wholly, load_embedder, open_store
    from ragchat.interrupts import stop_asked
    from ragchat.terminal.progress import IngestProgress
    from ragchat.terminal.screen import Screen

    screen = Screen()
    paths = (*paths, *tool_folders(tools))
    if not paths:
        raise UsageError("nothing to ingest: give files or folders")
    settings, collection = common.settings(), common.one_collection()
    store = open_store(common, screen)
    with screen.status("loading the embedding model …"):
        embedder = load_embedder(common, settings, store, download=download)
    with store, stop_asked() as stop, IngestProgress() as progress:
        prune_most = _prune_most(common, screen, progress, dry_run=dry_run, prune=prune)

        make = partial(Ingestion, store, embedder, collection=collection, again=again)
        make = partial(make, selection=selection, prune=prune_most, stop=stop, progress=progress)

        def run(wanted: Sequence[Path], *, only_conversations: bool) -> Report:
            ingestion = make(conversations=only_conversations)
            return ingestion.plan(wanted) if dry_run else ingestion.run(wanted)

        report = run(paths, only_conversations=conversations)
        asks = screen.can_ask and not (common.yes or dry_run or common.json or report.stopped)
        if asks and _wants(report.unasked, screen, progress):
            report.add(run([looks.path for looks in report.unasked], only_conversations=True))
        if not (dry_run or report.stopped):
            finish_wholly(common, store, screen, progress.paused)
    return _ended(common, screen, report, dry_run=dry_run)


def _ended(common: Common, screen: Screen, report: Report, *, dry_run: bool) -> int:
    if common.json:
        print_json(_fields(report))
    else:
        _show(screen, report, dry_run=dry_run)
    return 130 if report.stopped else int(bool(report.failed))


def _prune_most(
    common: Common, screen: Screen, progress: IngestProgress, *, dry_run: bool, prune: bool
) -> Callable[[Path, Sequence[Path]], bool]:
    """Whether to forget what is gone, where it was most of a folder: asks on a terminal."""

    def prune_most(root: Path, gone: Sequence[Path]) -> bool:
        if prune or common.yes or dry_run or not screen.can_ask:
            return prune or common.yes
        with progress.paused():
            return screen.confirm(f"{_gone(gone)} from {root}: forget what is gone?")

    return prune_most


def _wants(unasked: Sequence[LooksLike], screen: Screen, progress: IngestProgress) -> bool:
    """Ask once about the files that look like conversations, if there are any."""
    if not unasked:
        return False
    with progress.paused():
        return screen.confirm(question(unasked))


def _fields(report: Report) -> dict[str, Any]:
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "kept": [str(each) for each in report.kept],
        "chunks": report.chunks,
        "turns": report.turns,
        **conversation_fields(report),
        "forgotten": report.forgotten,
        "skipped": _reasons(report.skipped),
        "failed": _reasons(report.failed),
        "partly": [
            {"path": str(file.path), "left_out": list(file.left_out)} for file in report.partly
        ],
        "masked": [{"path": str(each.path), "kinds": dict(each.kinds)} for each in report.masked],
        "seconds": round(report.seconds, 3),
    }


def _reasons(files: Sequence[Skipped | Failed]) -> list[dict[str, str]]:
    return [{"path": str(each.path), "reason": each.reason} for each in files]


def _show(screen: Screen, report: Report, *, dry_run: bool) -> None:
    for each in report.skipped[:MOST_NAMED]:
        screen.note(f"left out {each.path}: {each.reason}")
    if len(report.skipped) > MOST_NAMED:
        screen.note(f"left out {len(report.skipped) - MOST_NAMED} more (--json names them all)")
    for failed in report.failed:
        screen.note(f"failed {failed.path}: {failed.reason}")
    _show_parts(screen, report)
    if report.kept:
        kept = "would keep" if dry_run else "kept"
        screen.note(
            f"{kept} {_gone(report.kept)} from disk, most of a folder: "
            "`--prune` forgets what is gone"
        )
    show_conversations(screen, report)
    if report.forgotten:
        screen.note(
            f"{counted(report.forgotten, 'turn')} still forgotten: --again brings back what is read"
        )
    verb = "would add" if dry_run else "added"
    screen.result(
        f"{verb} {report.added}, updated {report.updated}, unchanged {report.unchanged}, "
        f"removed {report.removed}; {_written(report)} in {report.seconds:.1f} s"
    )
    if report.stopped:
        screen.note("stopped: what is listed has landed, the next run goes on from here")


def _show_parts(screen: Screen, report: Report) -> None:
    """Show what was left out of files that were read, and what was masked in them."""
    for partly in report.partly[:MOST_NAMED]:
        screen.note(f"not read in {partly.path}: {'; '.join(partly.left_out)}")
    if len(report.partly) > MOST_NAMED:
        screen.note(f"not all read of {len(report.partly) - MOST_NAMED} more (--json names them)")
    for masked in report.masked[:MOST_NAMED]:
        screen.note(f"masked in {masked.path}: {_kinds(masked.kinds)}")
    if len(report.masked) > MOST_NAMED:
        screen.note(f"masked in {len(report.masked) - MOST_NAMED} more (--json names them all)")


def _gone(files: Sequence[Path]) -> str:
    return f"{counted(len(files), 'file')} gone"


def _kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(counted(number, kind) for kind, number in kinds.items())


def _written(report: Report) -> str:
    turns = f", {counted(report.turns, 'turn')}" if report.turns else ""
    return f"{counted(report.chunks, 'chunk')}{turns}"
