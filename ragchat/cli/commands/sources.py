"""`ragchat sources`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ragchat.cli.commands.forget import choose_sources
from ragchat.cli.common import Common, common_options, some_path
from ragchat.cli.forgetting import forget_chosen
from ragchat.cli.output import iso, print_json


@click.group()
def sources() -> None:
    """List the files of the library, or forget some."""


@sources.command("list")
@common_options
def list_sources(common: Common) -> None:
    """The files that were ingested, with their chunks."""
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        found = [
            (each, collection)
            for collection in common.collections(store)
            for each in store.records.sources(store.look_up(collection))
        ]
    if common.json:
        print_json(
            [
                {
                    "path": str(each.path),
                    "title": each.title,
                    "chunks": each.chunks,
                    "read": iso(datetime.fromtimestamp(each.read_at, UTC)),
                    "collection": collection,
                }
                for each, collection in found
            ]
        )
    elif found:
        rows = [(str(each.path), str(each.chunks), each.title) for each, _ in found]
        screen.table(rows, ("file", "chunks", "title"))
    else:
        screen.note("no files yet: `ragchat ingest FOLDER` reads some")


@sources.command("remove")
@click.argument("path", type=some_path)
@click.option("--with-answers", is_flag=True, help="And the answers that quote it.")
@click.option("--wait", is_flag=True, help="Wipe every file at once, however long it takes.")
@common_options
def remove_source(common: Common, path: Path, with_answers: bool, wait: bool) -> None:
    """Forget a file, or a folder with all its files: `ragchat forget --source` is the same.

    Past conversations that came out of a file stay: `conversations delete` forgets them.
    """
    forget_chosen(
        common,
        lambda forgetting, store: choose_sources(common, path, forgetting, store),
        with_answers=with_answers,
        wait=wait,
    )
