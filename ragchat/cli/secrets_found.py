"""Secrets that are stored already, as `doctor --secrets` shows them, and how to remove them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.maintenance.secret_search import stored_secrets
from ingest.records.texts import StoredText
from ingest.text.cleaning import mask
from ragchat.terminal.input_history import InputHistory

REMEDIES = {
    "document": "`ragchat forget --source PATH`, then `ragchat ingest --again PATH`",
    "path": "rename the file, then `ragchat sources remove` the old path",
    "turn": "`ragchat forget ID` forgets the exchange",
    "conversation": "`ragchat conversations delete ID` forgets it",
    "title": "`ragchat conversations rename ID NAME` replaces it",
    "summary": "`ragchat forget` of an exchange of it drops the summary",
    "history": "delete the file, or the line in it",
}
"""How to remove a secret, by where it is."""


def secrets_found(texts: Iterable[StoredText], history: Path) -> list[dict[str, str]]:
    """Return the secrets of a library and of its history of questions as JSON has them: `kind`,
    `where`, `place`, `collection` and `remedy`, never the secrets themselves.
    """
    typed = {kind for line in InputHistory(history).newest_first() for kind in mask(line).secrets}
    found = stored_secrets(texts)
    return [
        *(_fields(secret.kind, secret.where, secret.place, secret.collection) for secret in found),
        *(_fields(kind, "history", str(history), "") for kind in sorted(typed)),
    ]


def described(secret: dict[str, str]) -> str:
    """Return a secret in a line of text."""
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
