"""What `doctor --secrets` tells: secrets that are stored already, and how they go."""

from __future__ import annotations

from pathlib import Path

from ingest.maintenance.secret_search import stored_secrets
from ingest.records.database import Database
from ingest.text.cleaning import mask
from ragchat.terminal.input_history import Typed

REMEDIES = {
    "document": "`ragchat forget --source PATH`, then `ragchat ingest --again PATH`",
    "path": "rename the file, then `ragchat sources remove` the old path",
    "turn": "`ragchat forget ID` forgets the exchange",
    "conversation": "`ragchat conversations delete ID` forgets it",
    "title": "`ragchat conversations rename ID NAME` replaces it",
    "summary": "`ragchat forget` of an exchange of it drops the summary",
    "history": "delete the file, or the line in it",
}
"""How a secret goes, by where it stands."""


def secrets_found(database: Database, history: Path) -> list[dict[str, str]]:
    """The secrets of a library and of the file of what was typed, as JSON has them: `kind`,
    `where`, `place`, `collection` and `remedy`; never what they are.
    """
    typed = {kind for line in Typed(history).newest_first() for kind in mask(line).secrets}
    found = stored_secrets(database)
    return [
        *(_fields(each.kind, each.where, each.place, each.collection) for each in found),
        *(_fields(kind, "history", str(history), "") for kind in sorted(typed)),
    ]


def told(secret: dict[str, str]) -> str:
    """One of them in a line."""
    return f"{secret['kind']} in {secret['where']} {secret['place']}: {secret['remedy']}"


def _fields(kind: str, where: str, place: str, collection: str) -> dict[str, str]:
    remedy = REMEDIES[where]
    return {
        "kind": kind,
        "where": where,
        "place": place,
        "collection": collection,
        "remedy": remedy,
    }
