"""`ragchat backup` and `ragchat restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.text.amounts import counted
from ragchat.cli.common import Common, RegularFile, common_options
from ragchat.cli.output import print_json
from ragchat.errors import UsageError


@click.command()
@click.argument("file", type=RegularFile())
@common_options
def backup(common: Common, file: Path) -> None:
    """Write the whole library into one FILE, while others may go on using it.

    The index is not in it: `ragchat restore FILE` makes it anew from the vectors that are.
    """
    from ingest.maintenance.backups import back_up
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    target = file.expanduser().absolute()
    if target.exists() and not common.yes:
        if not screen.can_ask:
            raise UsageError(f"{target} is there already: --yes replaces it")
        if not screen.confirm(f"replace {target}?"):
            return
    with open_store(common, screen) as store, screen.status("backing up …"):
        back_up(store.database, target, datetime.now(UTC))
    size = target.stat().st_size
    if common.json:
        print_json({"backup": str(target), "bytes": size})
    else:
        screen.result(f"wrote {target} ({size / 1e6:,.1f} MB)")


@click.command()
@click.argument("file", type=RegularFile(exists=True))
@common_options
def restore(common: Common, file: Path) -> None:
    """Put the library of a backup FILE in the place of this one, which is kept beside it.

    FILE is checked first, and stays as it is.
    """
    from ingest.maintenance import backups
    from ingest.records.lock import WriterLock
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    question = f"put {file} in the place of the library in {common.home}?"
    if not common.yes and not screen.confirm(question):
        return
    with screen.status("restoring …"):
        lock = WriterLock(common.home / "lock", on_wait=screen.note)
        kept = backups.restore(common.home, file, lock, datetime.now(UTC))
        with open_store(common, screen) as store:
            records = store.remake()
    if common.json:
        print_json({"restored": str(file), "kept": str(kept) if kept else None, "records": records})
        return
    screen.result(f"restored {file}; the index has {counted(records, 'record')}")
    if kept:
        screen.note(f"what was there is kept in {kept}")
