"""`ragchat doctor`: problems of the library, with what to do."""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.errors import StoreError
from ingest.records.home import is_library
from ingest.text.amounts import counted
from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json

if TYPE_CHECKING:
    from ingest.maintenance.doctor import Finding
    from ragchat.terminal.screen import Screen

DAMAGED, IMPERFECT = 5, 1

CPU_BUILD = "ragchat never uses them: `ragchat help installation` has the lines for a CPU build"


@click.command()
@click.option("--secrets", is_flag=True, help="Also look for keys that are stored already.")
@click.option("--quick", is_flag=True, help="Compare numbers instead of reading every record.")
@click.option("--fix", is_flag=True, help="First wipe forgotten text from every file.")
@click.option(
    "--trust",
    is_flag=True,
    help="Agree to connect to the Chroma server in the settings of this library.",
)
@common_options
def doctor(common: Common, secrets: bool, quick: bool, fix: bool, trust: bool) -> int:
    """Check the library from top to bottom; without --fix, nothing is changed.

    Exit code 0: it is sound; 1: something should be fixed; 5: something is damaged.
    """
    from ragchat.terminal.screen import Screen

    screen = Screen()
    _agree(common, screen, agreed=trust)
    if fix and is_library(common.home):
        _fix(common, screen)
    with screen.status("checking …") as status:
        found, waiting = _examine(common, screen, status.update, quick=quick)
        damaged = any(finding.damage for finding in found)
        readable = is_library(common.home) and not damaged
        stored = _secrets(common, screen) if secrets and readable else []
        unused = unused_bytes()
    if common.json:
        print_json(
            {
                "sound": not found,
                "findings": [asdict(finding) for finding in found],
                "unindexed": waiting,
                "unused_library_bytes": unused,
            }
            | ({"secrets": stored} if secrets else {})
        )
    else:
        _show(screen, common, found, waiting)
        if unused:
            size = f"{unused / 1e9:.1f} GB of libraries for graphics cards are installed"
            screen.note(f"{size}; {CPU_BUILD}")
        _show_secrets(screen, stored)
    return DAMAGED if damaged else IMPERFECT if found or stored else 0


def _agree(common: Common, screen: Screen, *, agreed: bool) -> None:
    """Ask about the address in a library from elsewhere before anything else is on the screen."""
    from ragchat.cli.wiring import open_store

    if is_library(common.home):
        with contextlib.suppress(StoreError):  # which the verification reports
            open_store(common, screen, finish=False, agreed=agreed).close()


def _fix(common: Common, screen: Screen) -> None:
    from ragchat.cli.wiring import finish_wholly, open_store

    with open_store(common, screen, finish=False) as store:
        finish_wholly(common, store, screen)


def _secrets(common: Common, screen: Screen) -> list[dict[str, str]]:
    from ragchat.cli.secrets_found import secrets_found
    from ragchat.cli.wiring import open_store

    with open_store(common, screen, finish=False) as store:
        return secrets_found(store.texts(), common.home / "history")


def _show_secrets(screen: Screen, stored: list[dict[str, str]]) -> None:
    from ragchat.cli.secrets_found import described

    for secret in stored:
        screen.say(described(secret))


def _examine(
    common: Common, screen: Screen, say: Callable[[str], None], *, quick: bool
) -> tuple[list[Finding], int]:
    """Return the findings, and how many records are not indexed yet."""
    from ingest.maintenance.doctor import Finding, damaged_records, findings, loose_files
    from ragchat.cli.wiring import open_store

    if not is_library(common.home):
        line = f"there is no library in {common.home}: `ragchat ingest` makes one, or use --home"
        return [Finding(line, damage=False)], 0
    say("checking the records …")
    found = [*loose_files(common.home), *damaged_records(common.home, quick=quick)]
    if any(finding.damage for finding in found):
        return found, 0  # nothing that depends on it can be read
    with open_store(common, screen, finish=False) as store:
        found += findings(store, say, quick=quick)
        model = store.model()
        return found, store.queue.count(model.id) if model else 0


def _show(screen: Screen, common: Common, found: list[Finding], waiting: int) -> None:
    for finding in found:
        screen.say(finding.line)
    if not found:
        screen.say(f"the library in {common.home} is sound")
    if waiting:
        screen.note(
            f"{counted(waiting, 'record')} not indexed yet: the next search or ingest does it"
        )


def unused_bytes(distributions: Iterable[importlib.metadata.Distribution] | None = None) -> int:
    """Return the size of the installed CUDA libraries, which embedding here never loads."""
    found = importlib.metadata.distributions() if distributions is None else distributions
    return sum(size for distribution in found for size in _sizes(distribution))


def _sizes(distribution: importlib.metadata.Distribution) -> Iterator[int]:
    name = (distribution.metadata["Name"] or "").lower().replace("_", "-")
    if not name.startswith(("nvidia-", "cuda-")) and name != "triton":
        return
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if path.is_file():
            yield path.stat().st_size
