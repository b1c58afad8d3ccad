"""Exchanges with the same words: a user who forgets one probably wants to forget its twins, too."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from ingest.records.ids import CollectionId

if TYPE_CHECKING:
    from ingest.records.database import Database

_TELLING = 20
"""Characters from which on equal questions make twins: "ok" alone is said often."""
_WORD = re.compile(r"[^\W_]+")


def twins_of(database: Database, collection: CollectionId, exchanges: Collection[str]) -> list[str]:
    """Return the other exchanges of a collection with the same words, on both sides, or of a
    question that is long enough. Case, spaces and punctuation do not count; a single other word
    does, since it may be another number, or "not".
    """
    sides: dict[str, dict[str, str]] = {}
    for row in database.stream(
        "SELECT t.exchange, t.role, t.text FROM turns t JOIN conversations k"
        " ON k.id = t.conversation_id WHERE k.collection_id = ?",
        (collection,),
    ):
        said = " ".join(_WORD.findall(row["text"].casefold()))
        sides.setdefault(row["exchange"], {})[row["role"]] = said
    chosen = [sides[exchange] for exchange in exchanges if exchange in sides]
    whole = {(said.get("user", ""), said.get("assistant", "")) for said in chosen}
    questions = {asked for asked, _ in whole if len(asked) >= _TELLING}
    return [
        exchange
        for exchange, said in sides.items()
        if exchange not in exchanges
        and (
            (said.get("user", ""), said.get("assistant", "")) in whole
            or said.get("user") in questions
        )
    ]
