"""A list of conversations, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ingest.origins import tool_name
from ingest.text.amounts import counted
from ragchat.cli.output import iso

if TYPE_CHECKING:
    from ingest.records.conversations import ConversationEntry
    from ragchat.terminal.screen import Screen


def _place(listed: ConversationEntry) -> str:
    """Return where a conversation was held, if the tool says so: `  [shop, main]`."""
    parts = (listed.project.rstrip("/").rpartition("/")[2], listed.branch)
    shown = ", ".join(filter(None, parts))
    return f"  [{shown}]" if shown else ""


def show_list(
    screen: Screen, chosen: Sequence[tuple[ConversationEntry, str]], *, everywhere: bool
) -> None:
    """Write a table of conversations; `everywhere` adds their collections."""
    where = ("collection",) if everywhere else ()
    rows = [
        (listed.id, f"{listed.last.astimezone():%Y-%m-%d %H:%M}", listed.exchanges)
        + ((name,) if where else ())
        + (f"{listed.title}{_place(listed)}",)
        for listed, name in chosen
    ]
    screen.table(rows, ("id", "last", "exchanges", *where, "title"))
    exchanges = sum(listed.exchanges for listed, _ in chosen)
    screen.line(f"{counted(len(chosen), 'conversation')}, {counted(exchanges, 'exchange')}")


def listed_fields(listed: ConversationEntry, collection: str) -> dict[str, Any]:
    """Return a conversation as `conversations list --json` prints it."""
    return {
        "id": listed.id,
        "title": listed.title,
        "started": iso(listed.started),
        "last": iso(listed.last),
        "exchanges": listed.exchanges,
        "from": tool_name(listed.id),
        "project": listed.project,
        "branch": listed.branch,
        "collection": collection,
    }
