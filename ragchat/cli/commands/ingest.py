"""`ragchat ingest`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragchat.cli.common import Common, common_options, download_option
from ragchat.cli.conversation_options import conversation_options, tool_folders
from ragchat.cli.garbage import started
from ragchat.cli.output import print_json
from ragchat.cli.parameter_types import NonemptyPath
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.intake.report import LooksLike, Report
    from ingest.intake.selection import Selection
    from ragchat.library.library import Library
    from ragchat.terminal.progress import IngestProgress
    from ragchat.terminal.screen import Screen


STDIN = Path("-")
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def detail_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options for how much is reported, handed on as `detail`; the last one wins."""
    for names, value, said in (
        (("-q", "--quiet"), "quiet", "Say nothing unless a file fails; for cron."),
        (("-v", "--verbose"), "verbose", "Name every file that is left out."),
    ):
        option = click.option(*names, "detail", flag_value=value, default="", help=said)
        command = option(command)
    return command


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
        click.option("--include", multiple=True, metavar="GLOB", help="Read only matching files."),
    ):
        chosen = option(chosen)
    return chosen


@click.command()
@click.argument("paths", nargs=-1, type=NonemptyPath())
@click.option("--dry-run", is_flag=True, help="Show what would happen and write nothing.")
@click.option("--again", is_flag=True, help="Read everything again, also forgotten files.")
@click.option("--prune", is_flag=True, help="Forget vanished files, even most of a folder.")
@click.option("--name", default="", metavar="NAME", help="What `-` (a pipe) is called.")
@detail_options
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
    detail: str,
    name: str,
    download: bool,
    conversations: bool,
    **tools: bool,
) -> int:
    """Read files and folders into the library. Run it again at any time: it reads only changes.

    It reads Markdown, text, code, HTML, PDF, office files old and new, .rtf, .epub, notebooks and
    mail, follows .gitignore, leaves out files that hold secrets and masks secrets in a text.
    `-` reads a document from a pipe: `cat notes.txt | ragchat ingest - --name notes`.
    Past conversations become memory when their file is named, with --conversations, or from the
    tools' own folders; elsewhere they are reported and left alone.

    Exit code 1: a file that should have been read failed.
    """
    from ragchat.cli.wiring import finish_wholly, open_library
    from ragchat.interrupts import stop_asked
    from ragchat.terminal.progress import IngestProgress
    from ragchat.terminal.screen import Screen

    screen = Screen()
    common.forbid_all()
    documents = _stdin_document(paths, name)
    wanted = _wanted(paths, tools, with_documents=bool(documents))
    progress = IngestProgress(quiet=detail == "quiet")
    decide = _prune(screen, progress, always=prune or common.yes, never=dry_run)
    with open_library(common, screen, common.settings(), on_wait=progress.note) as library:
        common.new_collection(library.store)
        _load_model(library, screen, download=download)
        with stop_asked(progress.stopping) as stop, progress:
            run = partial(library.ingest, dry_run=dry_run, again=again, selection=selection)
            run = partial(run, prune=decide, stop=stop, progress=progress, wipe=False)
            report = run(wanted, conversations=conversations, documents=documents)
            asks = not (common.yes or dry_run or common.json or detail == "quiet" or report.stopped)
            if asks and _wants(report.unasked, screen, progress):
                report.add(run([looks.path for looks in report.unasked], conversations=True))
            if not (dry_run or report.stopped):
                finish_wholly(common, library.store, screen, progress.paused)
        notice = library.language_notice() if report.added else None
    named = [*paths, *_given(common.home, documents)]
    return _ended(common, screen, report, named, notice, dry_run=dry_run, detail=detail)


def _load_model(library: Library, screen: Screen, *, download: bool) -> None:
    """Load the embedding model, the last of what is imported; a long run begins then."""
    with screen.status("loading the embedding model …"):
        library.models.embedder(download=download)
    started()


def _wanted(paths: Sequence[Path], tools: dict[str, bool], *, with_documents: bool) -> list[Path]:
    """Return the files and folders to read. Raises UsageError if there is nothing at all."""
    wanted = [*(path for path in paths if path != STDIN), *tool_folders(tools)]
    if not wanted and not with_documents:
        raise UsageError("nothing to ingest: name files or folders")
    return wanted


def _ended(
    common: Common,
    screen: Screen,
    report: Report,
    paths: Sequence[Path],
    notice: str | None,
    *,
    dry_run: bool,
    detail: str,
) -> int:
    from ragchat.cli.ingest_report import report_fields, show_failures, show_report

    if common.json:
        print_json(report_fields(report))
    elif detail == "quiet":
        show_failures(screen, report)
    else:
        show_report(screen, report, paths, dry_run=dry_run, verbose=detail == "verbose")
    if notice and not (dry_run or detail == "quiet"):
        screen.note(notice)
    return 130 if report.stopped else int(bool(report.failed))


def _prune(
    screen: Screen, progress: IngestProgress, *, always: bool, never: bool
) -> Callable[[Path, Sequence[Path]], bool]:
    """Return what decides whether to forget most of a folder: it asks where a user can answer."""
    from ragchat.cli.ingest_report import gone

    def prune(root: Path, files: Sequence[Path]) -> bool:
        if always or never or not screen.can_ask:
            return always
        with progress.paused():
            return screen.confirm(f"{gone(files)} from {root}: forget them?")

    return prune


def _wants(unasked: Sequence[LooksLike], screen: Screen, progress: IngestProgress) -> bool:
    """Ask once about the files that look like conversations, if there are any."""
    from ragchat.cli.conversation_report import question

    if not unasked or not screen.can_ask:
        return False
    with progress.paused():
        return screen.confirm(question(unasked))


def _given(home: Path, documents: Iterable[str]) -> list[Path]:
    """Return the paths by which the documents from a pipe are known."""
    from ingest.intake.given import given_path

    return [given_path(home, name) for name in documents]


def _stdin_document(paths: Sequence[Path], name: str) -> dict[str, bytes]:
    """Return what comes through standard input under its name, if `-` is among the paths."""
    from ingest.intake.discovery import MAX_BYTES
    from ingest.text.cleaning import masked

    if STDIN not in paths:
        if name:
            raise UsageError("--name is for what comes through a pipe: add - to the paths")
        return {}
    if not name:
        raise UsageError("a document from a pipe needs a name: `ragchat ingest - --name NAME`")
    if not _NAME.fullmatch(name) or name.startswith(".") or masked(name) != name:
        raise UsageError("--name: give a name as for a file, such as notes.md, without a folder")
    if sys.stdin is None:
        raise UsageError("standard input is closed: pipe a text into it")
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        most = f"{MAX_BYTES // 2**20} MB"
        raise UsageError(f"more than {most} came through the pipe: save parts of it")
    if not raw.strip():
        raise UsageError("nothing came through the pipe: check the command before it")
    return {name: raw}
