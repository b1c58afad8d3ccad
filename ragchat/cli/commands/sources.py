"""`ragchat sources`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.intake.given import sources_at
from ingest.text.amounts import counted
from ragchat.cli.commands.forget import choose_sources
from ragchat.cli.common import Common, common_options
from ragchat.cli.forgetting import forget_chosen
from ragchat.cli.output import iso, print_json
from ragchat.cli.parameter_types import NonemptyPath
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.maintenance.forgetting import Forgetting
    from ingest.records.sources import Source
    from ingest.store import Store
    from ragchat.terminal.screen import Screen


@click.group()
def sources() -> None:
    """List the files of the library, or forget some."""


@sources.command("list", short_help="List the files of the library.")
@click.argument("pattern", required=False)
@click.option(
    "--sort", type=click.Choice(["path", "chunks", "read"]), default="path", help="The order."
)
@common_options
def list_sources(common: Common, pattern: str | None, sort: str) -> None:
    """List the files of the library: all, or those with PATTERN in their path or title.

    A PATTERN with * or ? must match the whole path, seen from here, or the file's name. The last
    line has the totals.
    """
    from ragchat.cli.wiring import open_store
    from ragchat.library.choosing import fits
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.sources import seen_from

    screen = Screen()
    with open_store(common, screen) as store:
        found = [
            (source, seen_from(Path.cwd(), str(source.path)), collection)
            for collection in common.collections(store)
            for source in store.documents.sources(store.look_up(collection))
        ]
    chosen = [row for row in found if fits(pattern, row[1], *_names(row[0]))]
    if sort == "chunks":
        chosen.sort(key=lambda row: row[0].chunks, reverse=True)
    elif sort == "read":
        chosen.sort(key=lambda row: row[0].read_at, reverse=True)
    if common.json:
        print_json([_fields(source, collection) for source, _, collection in chosen])
    elif chosen:
        screen.paged(lambda on: _show(on, chosen))
    elif found:
        raise UsageError(f"no file matches {pattern!r}: the library has {len(found):,}")
    else:
        screen.note("no documents yet: `ragchat ingest FOLDER` reads some")


def _names(source: Source) -> tuple[str, ...]:
    return str(source.path), Path(source.path).name, source.title


def _own_title(source: Source) -> str:
    """Return the title of a file; "" where it is the file's name again."""
    return "" if source.title == Path(source.path).name else source.title


def _show(screen: Screen, chosen: Sequence[tuple[Source, str, str]]) -> None:
    rows = [(path, source.chunks, _own_title(source)) for source, path, _ in chosen]
    screen.table(rows, ("file", "chunks", "title"))
    chunks = sum(source.chunks for source, _, _ in chosen)
    screen.line(f"{counted(len(chosen), 'file')}, {counted(chunks, 'chunk')}")


def _fields(source: Source, collection: str) -> dict[str, Any]:
    return {
        "path": str(source.path),
        "title": source.title,
        "chunks": source.chunks,
        "read": iso(datetime.fromtimestamp(source.read_at, UTC)),
        "collection": collection,
    }


@sources.command("show", short_help="Show how a file was read.")
@click.argument("path", type=NonemptyPath())
@common_options
def show_source(common: Common, path: Path) -> None:
    """Show how a file was read: format, encoding, pages, chunks, and what was left out."""
    from ragchat.cli.wiring import open_store
    from ragchat.library.choosing import not_in_library, sources_named
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.sources import seen_from

    screen = Screen()
    with open_store(common, screen) as store:
        names = [(store.look_up(name), name) for name in common.collections(store)]
        found = [
            (source, name)
            for row, name in names
            for source in sources_at(store, row, path, path.resolve())
        ]
        if not found:
            found = [
                (source, name) for row, name in names for source in sources_named(store, row, path)
            ]
            if len(found) != 1:
                here = Path.cwd()
                similar = [Path(seen_from(here, str(source.path))) for source, _ in found]
                raise not_in_library(path, similar)
    if common.json:
        print_json([_shown(source, collection) for source, collection in found])
        return
    for source, collection in found:
        rows = [
            (name.replace("_", " "), "; ".join(value) if isinstance(value, list) else str(value))
            for name, value in {**_shown(source, collection), "read": _local(source)}.items()
            if value
        ]
        screen.table(rows, ("", "as read"))


def _local(source: Source) -> str:
    return f"{datetime.fromtimestamp(source.read_at, UTC).astimezone():%Y-%m-%d %H:%M}"


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


@sources.command("remove", short_help="Forget a file, or a folder with all its files.")
@click.argument("path", type=NonemptyPath())
@click.option("--with-answers", is_flag=True, help="Also the answers that quote it.")
@click.option("--wait", is_flag=True, help="Wipe every file at once, however long it takes.")
@common_options
def remove_source(common: Common, path: Path, with_answers: bool, wait: bool) -> None:
    """Forget a file, or a folder with all its files, like `ragchat forget --source`.

    Conversations that were imported from it alone go with it.
    """

    def choose(forgetting: Forgetting, store: Store) -> dict[str, str]:
        choose_sources(common, path, forgetting, store)
        return {}

    forget_chosen(common, choose, with_answers=with_answers, wait=wait)
