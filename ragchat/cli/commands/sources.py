"""`ragchat sources`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ragchat.cli.commands.forget import choose_sources
from ragchat.cli.common import Common, common_options, some_path
from ragchat.cli.forgetting import forget_chosen
from ragchat.cli.output import iso, print_json

if TYPE_CHECKING:
    from ingest.records.sources import Source


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


@sources.command("show")
@click.argument("path", type=some_path)
@common_options
def show_source(common: Common, path: Path) -> None:
    """Show how a file was read: format, encoding, pages, chunks, and what was left out."""
    from ragchat.cli.wiring import open_store
    from ragchat.errors import UsageError
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        found = [
            (source, collection)
            for collection in common.collections(store)
            for source in store.records.sources(store.look_up(collection), under=path.resolve())
        ]
    if not found:
        raise UsageError(f"{path} is not in the library: `ragchat sources list` names what is")
    if common.json:
        print_json([_shown(source, collection) for source, collection in found])
        return
    for source, collection in found:
        rows = [
            (name.replace("_", " "), "; ".join(value) if isinstance(value, list) else str(value))
            for name, value in _shown(source, collection).items()
            if value
        ]
        screen.table(rows, ("of the file", "as read"))


def _shown(source: Source, collection: str) -> dict[str, object]:
    own = source.properties
    return {
        "path": str(source.path),
        "title": source.title,
        "format": source.format,
        "encoding": source.encoding,
        "pages": source.pages,
        "chunks": source.chunks,
        "left_out": list(source.left_out),
        "date": own.date,
        "tags": list(own.tags),
        "aliases": list(own.aliases),
        "read": iso(datetime.fromtimestamp(source.read_at, UTC)),
        "collection": collection,
    }


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
