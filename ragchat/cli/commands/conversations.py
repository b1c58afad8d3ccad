"""`ragchat conversations`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.origins import tool_name
from ingest.text.amounts import counted
from ragchat.cli import completing
from ragchat.cli.common import Common, common_options
from ragchat.cli.conversation_list import listed_fields, show_list
from ragchat.cli.conversation_place import memory_with, placed
from ragchat.cli.forgetting import forget_chosen
from ragchat.cli.output import conversation_fields, print_json
from ragchat.cli.parameter_types import RegularFile
from ragchat.errors import UsageError
from ragchat.library import choosing

if TYPE_CHECKING:
    from ingest.conversation import Conversation, Exchange
    from ingest.maintenance.forgetting import Forgetting
    from ingest.store import Store
    from ragchat.terminal.screen import Screen

_of_conversation = click.argument(
    "conversation_id", metavar="ID", shell_complete=completing.conversation
)


@click.group()
def conversations() -> None:
    """List, show, export, rename and delete past conversations."""


@conversations.command("list", short_help="List conversations, the latest first.")
@click.argument("pattern", required=False)
@common_options
def list_conversations(common: Common, pattern: str | None) -> None:
    """List conversations, the latest first: all, or those with PATTERN in their id or title."""
    from ragchat.cli.wiring import open_store
    from ragchat.library.choosing import fits
    from ragchat.memory import Memory
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        found = [
            (listed, name)
            for name in common.collections(store)
            for listed in Memory(store, name).entries()
        ]
    chosen = [pair for pair in found if fits(pattern, pair[0].id, pair[0].title)]
    chosen.sort(key=lambda pair: pair[0].last, reverse=True)
    if common.json:
        print_json([listed_fields(listed, name) for listed, name in chosen])
    elif chosen:
        screen.paged(lambda on: show_list(on, chosen, everywhere=common.everywhere))
    elif found:
        raise UsageError(f"no conversation matches {pattern!r}: there are {len(found):,}")
    else:
        screen.note("no conversations yet: `ragchat ask` starts one")


@conversations.command("show")
@click.argument("place", metavar="ID", shell_complete=completing.conversation)
@click.option(
    "--around",
    type=click.IntRange(min=0),
    metavar="N",
    help="Exchanges on each side, 2 if not given.",
)
@common_options
def show_conversation(common: Common, place: str, around: int | None) -> None:
    """Show a conversation with the sources of each answer.

    ID is the id of a conversation, the beginning of one or a part of its title; or the id of an
    exchange, as `recall` prints it, which is shown with its neighbours.
    """
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen

    screen = Screen()
    with open_store(common, screen) as store:
        found = placed(memory_with(common, store, place), place, around)
    if common.json:
        print_json(conversation_fields(found))
        return
    screen.paged(lambda on: _show(on, found))


def _show(screen: Screen, found: Conversation) -> None:
    held = [tool_name(found.id), found.project, found.branch]
    parts = [found.id, f"{found.started.astimezone():%Y-%m-%d %H:%M}", *filter(None, held)]
    screen.result(f"{found.title}  ({', '.join(parts)})")
    for exchange in found.exchanges:
        _show_exchange(screen, exchange)


def _show_exchange(screen: Screen, exchange: Exchange) -> None:
    for turn in exchange.turns:
        screen.turn(turn)
    if exchange.answer.text and exchange.answer.status != "done":
        screen.result(f"({exchange.answer.status})")
    if exchange.answer.sources:
        screen.result("")
        screen.sources(exchange.answer.sources)


@conversations.command("export")
@click.argument("conversation_id", metavar="ID|FOLDER", shell_complete=completing.conversation)
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    help="Markdown, or JSON lines that `ragchat ingest` can read back.",
)
@common_options
def export_conversation(common: Common, conversation_id: str, form: str) -> None:
    """Print a conversation as Markdown, or as JSON, one line a turn.

    With --all, write every conversation of every collection into a FOLDER, in both formats.
    """
    from ragchat.cli.export import as_json_lines, write_all
    from ragchat.cli.wiring import open_store
    from ragchat.terminal.screen import Screen
    from ragchat.terminal.transcript import as_markdown

    if common.everywhere and not conversation_id.strip():
        raise UsageError("the folder is empty: name one after --all")
    screen = Screen()
    with open_store(common, screen) as store:
        if common.everywhere and not _is_known(common, store, conversation_id):
            count = write_all(store, common.collections(store), Path(conversation_id))
            screen.say(f"wrote {counted(count, 'conversation')} to {conversation_id}")
            return
        memory = memory_with(common, store, conversation_id)
        found = choosing.conversation(memory, conversation_id)
    lines = as_json_lines(found) if common.json or form == "json" else as_markdown(found)
    for line in lines:
        screen.result(line)


def _is_known(common: Common, store: Store, wanted: str) -> bool:
    """Return whether a conversation of some collection has this id, or one that begins with it."""
    try:
        memory_with(common, store, wanted).conversation(wanted)
    except UsageError:
        return False
    return True


@conversations.command("rename")
@_of_conversation
@click.argument("name")
@common_options
def rename_conversation(common: Common, conversation_id: str, name: str) -> None:
    """Rename a conversation."""
    from ingest.intake.exchange_index import index_turns
    from ragchat.cli.wiring import open_store, wipe_replaced
    from ragchat.library.opening import load_embedder
    from ragchat.memory import Memory
    from ragchat.terminal.screen import Screen

    title = " ".join(name.split())
    if not title:
        raise UsageError("the title is empty: write one after the ID")
    screen = Screen()
    settings = common.settings()
    # No other process opens the library in between, which would wipe the old title.
    with open_store(common, screen) as store, store.exclusive(), screen.status("renaming …"):
        memory = Memory(store, common.one_collection(store))
        found = memory.rename(choosing.conversation(memory, conversation_id).id, title)
        with screen.done_so_far(
            f"{found.id} is renamed; the next command finds it by its new title, and wipes the old"
        ):
            index_turns(store, load_embedder(common.home, settings, store))
            wipe_replaced(store, screen)
    if common.json:
        print_json({"id": found.id, "title": found.title})
    else:
        screen.say(f"{found.id} is now called {found.title}")


@conversations.command("merge")
@click.argument("paths", nargs=-1, required=True, type=RegularFile(exists=True, or_folder=True))
@common_options
def merge_conversations(common: Common, paths: tuple[Path, ...]) -> None:
    """Merge the conversations of another library of yours into this one.

    PATHS are backups (`ragchat backup`) and exports (`ragchat conversations export`), or folders of
    these. Nothing is doubled, and what was forgotten here stays forgotten.
    """
    from ingest.intake.exchange_index import index_turns
    from ingest.merging import merge
    from ragchat.cli.wiring import open_store
    from ragchat.library.opening import load_embedder
    from ragchat.terminal.screen import Screen

    screen = Screen()
    settings = common.settings()
    common.forbid_all()
    with open_store(common, screen) as store:
        done = merge(store, common.new_collection(store), paths)
        if done.added:
            index_turns(store, load_embedder(common.home, settings, store))
    if common.json:
        print_json({"added": done.added, "forgotten": done.forgotten})
    else:
        still = f", {counted(done.forgotten, 'turn')} still forgotten" if done.forgotten else ""
        screen.result(f"merged {counted(done.added, 'turn')}{still}")


@conversations.command("delete", short_help="Forget a conversation for good.")
@_of_conversation
@click.option("--with-answers", is_flag=True, help="Also the answers elsewhere that quote it.")
@click.option("--wait", is_flag=True, help="Wipe every file at once, however long it takes.")
@common_options
def delete_conversation(
    common: Common, conversation_id: str, with_answers: bool, wait: bool
) -> None:
    """Forget a conversation for good, like `ragchat forget --conversation`.

    A part of an ID or a title is enough on a terminal, which asks; elsewhere it needs --yes.
    """
    from ragchat.memory import Memory

    def choose(forgetting: Forgetting, store: Store) -> dict[str, str]:
        memory = Memory(store, common.one_collection(store))
        found = choosing.conversation(memory, conversation_id)
        forgetting.choose_conversation(found.id)
        return {conversation_id: found.id}

    forget_chosen(common, choose, with_answers=with_answers, wait=wait)
