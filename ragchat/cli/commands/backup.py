"""`ragchat backup` and `ragchat restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.text.amounts import counted
from ragchat.cli.common import Common, common_options
from ragchat.cli.output import print_json
from ragchat.cli.parameter_types import RegularFile


@click.command()
@click.argument("file", type=RegularFile())
@common_options
def backup(common: Common, file: Path) -> None:
    """Write the whole library into one FILE; it may be in use meanwhile.

    FILE does not contain the index: `ragchat restore FILE` rebuilds it from the vectors.
    """
    from ingest.maintenance.backups import back_up
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    target = file.expanduser().absolute()
    refused = f"{target} exists already: --yes replaces it"
    if target.exists() and not common.agrees(screen, f"replace {target}?", unasked=refused):
        screen.note("nothing was written")
        return
    with open_store(common, screen) as store, screen.status("backing up …"):
        back_up(store, target, datetime.now(UTC))
    size = target.stat().st_size
    if common.json:
        print_json({"backup": str(target), "bytes": size})
    else:
        screen.say(f"wrote {target} ({size / 1e6:,.1f} MB)")


@click.command()
@click.argument("file", type=RegularFile(exists=True))
@common_options
def restore(common: Common, file: Path) -> None:
    """Replace the library with that of a backup FILE; the old one is kept beside it.

    FILE is checked first and is not changed.
    """
    from ingest.maintenance import backups
    from ingest.records.lock import WriterLock
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    if not common.agrees(screen, f"replace the library in {common.home} with {file}?"):
        screen.note("nothing was replaced")
        return
    with screen.status("restoring …"):
        lock = WriterLock(common.home / "lock", on_wait=screen.note)
        kept = backups.restore(common.home, file, lock, datetime.now(UTC))
        beside = f"; the old library is kept in {kept}" if kept else ""
        done = f"{file} is restored{beside}; the next search rebuilds its index"
        with screen.done_so_far(done), open_store(common, screen) as store:
            records = store.sync.remake()
    if common.json:
        print_json({"restored": str(file), "kept": str(kept) if kept else None, "records": records})
        return
    screen.say(f"restored {file}; the index has {counted(records, 'record')}")
    if kept:
        screen.note(f"the old library is kept in {kept}")
