"""The queue of exchanges to index: new ones, those a killed process left behind, and those whose
indexed text has changed. Triggers fill it (`migrations.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.conversation import Exchange, Role, Turn
from ingest.records.database import Database, Row
from ingest.records.ids import CollectionId, ConversationRow, TurnId
from ingest.records.public_ids import CONVERSATION_ID
from ingest.records.turns import read_exchanges, read_turns


@dataclass(frozen=True, slots=True)
class Unindexed:
    """An exchange that is not indexed yet; `turns` are the rows of its sides.

    `title` is that of its conversation, "" where it only repeats the first question; `before` is
    the turn right before it.
    """

    collection: CollectionId
    conversation: ConversationRow
    title: str
    before: Turn | None
    exchange: Exchange
    turns: Mapping[Role, TurnId]


class ExchangeQueue:
    """Rows of `unindexed`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        """Count the exchanges that are not indexed yet."""
        return int(self._database.scalar("SELECT count(*) FROM unindexed"))

    def next(self, limit: int) -> list[Unindexed]:
        """Return the first exchanges of the queue, at most `limit`, in the order of writing."""
        queued = self._database.rows(
            "SELECT conversation_id, exchange FROM unindexed ORDER BY id LIMIT ?",
            (limit,),
        )
        return [
            _unindexed(self._database, row["conversation_id"], row["exchange"]) for row in queued
        ]

    def settle(self, done: Iterable[Unindexed]) -> None:
        """Take exchanges out of the queue, in the transaction that wrote their chunks."""
        self._database.execute_many(
            "DELETE FROM unindexed WHERE conversation_id = ? AND exchange = ?",
            [(found.conversation, found.exchange.id) for found in done],
        )


def _unindexed(database: Database, conversation: ConversationRow, exchange: str) -> Unindexed:
    rows = database.rows(
        f"SELECT t.*, {CONVERSATION_ID} AS conversation, k.title, k.collection_id,"
        " (SELECT text FROM turns WHERE conversation_id = k.id AND role = 'user'"
        " ORDER BY position LIMIT 1) AS first"
        " FROM turns t JOIN conversations k ON k.id = t.conversation_id"
        " WHERE t.conversation_id = ? AND t.exchange = ? ORDER BY t.position",
        (conversation, exchange),
    )
    (read,) = read_exchanges(database, rows[0]["conversation"], rows)
    return Unindexed(
        collection=rows[0]["collection_id"],
        conversation=rows[0]["conversation_id"],
        title=_title_given(rows[0]["title"], rows[0]["first"] or ""),
        before=_before(database, rows[0]),
        exchange=read,
        turns={row["role"]: row["id"] for row in rows},
    )


def _before(database: Database, turn: Row) -> Turn | None:
    rows = database.rows(
        "SELECT * FROM turns WHERE conversation_id = ? AND position < ?"
        " ORDER BY position DESC LIMIT 1",
        (turn["conversation_id"], turn["position"]),
    )
    return next(iter(read_turns(database, rows)), None)


def _title_given(title: str, first: str) -> str:
    """Return a title that a user chose; "" for one that only repeats the first question."""
    return "" if " ".join(first.split()).startswith(title.rstrip(" …")) else title
