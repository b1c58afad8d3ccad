"""Exchanges that say what others say: to forget one and to keep its twin is to forget nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.records.database import Database

_TELLING = 20
"""Characters of a question that say enough by themselves; "ok" is said often, and is not a twin."""


def twins_of(database: Database, collection: int, exchanges: Collection[str]) -> list[str]:
    """The other exchanges of a collection in which the same was said, word for word but for case
    and spaces: both sides, or a question that is long enough to tell.
    """
    sides: dict[str, dict[str, str]] = {}
    for row in database.stream(
        "SELECT t.exchange, t.role, t.text FROM turns t JOIN conversations k"
        " ON k.id = t.conversation_id WHERE k.collection_id = ?",
        (collection,),
    ):
        said = " ".join(row["text"].casefold().split())
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
