"""`ragchat forget`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.intake.given import sources_at
from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.forgetting import forget_chosen
from ragchat.cli.parameter_types import NonemptyPath, day_begun
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.maintenance.forgetting import Forgetting
    from ingest.store import Store


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option(
    "--conversation",
    metavar="ID",
    shell_complete=completing.conversation,
    help="A whole conversation.",
)
@click.option(
    "--source",
    type=NonemptyPath(),
    metavar="PATH",
    help="A file, or a folder with all its files.",
)
@click.option("--before", type=day_begun, metavar="DAY", help="Everything said before this day.")
@click.option("--with-answers", is_flag=True, help="Also the answers that quote it.")
@click.option("--wait", is_flag=True, help="Wipe every file at once, however long it takes.")
@click.option("--twins", is_flag=True, help="Also the exchanges that say the same.")
@common_options
def forget(
    common: Common,
    ids: tuple[str, ...],
    conversation: str | None,
    source: Path | None,
    before: datetime | None,
    with_answers: bool,
    wait: bool,
    twins: bool,
) -> None:
    """Forget exchanges (by the IDs that `recall` prints), a conversation, files, or the past.

    They are gone from memory, the index, the library's files and later imports; `ingest --again`
    brings back what an export or a folder still holds. What only a --source brought into memory
    goes with it.

    On a terminal it asks first, and the beginning of an ID is enough; elsewhere it takes whole IDs,
    or --yes.
    """
    if not (ids or conversation is not None or source or before):
        raise UsageError("name what to forget: IDs, --conversation, --source or --before")

    def choose(forgetting: Forgetting, store: Store) -> dict[str, str]:
        from ragchat.library import choosing
        from ragchat.memory import Memory

        memory = Memory(store, common.one_collection(store))
        meant = {given: memory.exchange_place(given)[1] for given in ids}
        forgetting.choose_exchanges(meant.values())
        if conversation is not None:
            meant[conversation] = choosing.conversation(memory, conversation).id
            forgetting.choose_conversation(meant[conversation])
        if source:
            choose_sources(common, source, forgetting, store)
        if before:
            forgetting.choose_before(before)
        return meant

    forget_chosen(common, choose, with_answers=with_answers, with_twins=twins, wait=wait)


def choose_sources(common: Common, path: Path, forgetting: Forgetting, store: Store) -> None:
    """Choose a file, or all files of a folder, with what only they brought into memory. Raises
    UsageError if the library has none of it.
    """
    from ragchat.library.choosing import not_in_library, sources_named
    from ragchat.terminal.sources import seen_from

    target = path.expanduser().absolute()
    collection = store.look_up(common.one_collection(store))
    found = [source.path for source in sources_at(store, collection, path, target)]
    brought = store.imports.paths(collection, under=target)
    forgetting.choose_exchanges(store.imports.only_from(collection, brought))
    if not found and not brought:
        similar = sources_named(store, collection, path)
        here = Path.cwd()
        raise not_in_library(path, (Path(seen_from(here, str(one.path))) for one in similar))
    forgetting.choose_sources(found)
