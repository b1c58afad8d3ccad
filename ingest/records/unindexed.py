"""Exchanges that cannot be found yet: a killed process left them behind, or one just spoke them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.conversation import Exchange, Role, Turn
from ingest.records.conversations import Conversations
from ingest.records.database import Row
from ingest.records.documents import CONVERSATION_ID


@dataclass(frozen=True, slots=True)
class Unindexed:
    """An exchange that cannot be found yet; `turns` are the rows of its sides. `title` is that of
    its conversation, "" where it is merely the first question; `before` is what was said right
    before it there.
    """

    collection: int
    title: str
    before: Turn | None
    exchange: Exchange
    turns: Mapping[Role, int]


def unindexed(conversations: Conversations) -> Iterator[Unindexed]:
    """Exchanges of which a turn cannot be found yet.

    Refused and empty answers are kept but never found: they would only be repeated. Nor is an
    echo: it says nothing that its sources do not say.
    """
    wanted = conversations.database.rows(
        "SELECT DISTINCT t.conversation_id, t.exchange FROM turns t"
        " LEFT JOIN chunks c ON c.turn_id = t.id WHERE c.id IS NULL AND NOT t.echo"
        " AND NOT EXISTS (SELECT 1 FROM turns a WHERE a.exchange = t.exchange"
        " AND a.conversation_id = t.conversation_id AND a.status IN ('refused', 'empty'))"
        " ORDER BY t.id"
    )
    for each in wanted:
        rows = conversations.database.rows(
            f"SELECT t.*, {CONVERSATION_ID} AS conversation, k.title, k.collection_id,"
            " (SELECT text FROM turns WHERE conversation_id = k.id AND role = 'user'"
            " ORDER BY position LIMIT 1) AS first"
            " FROM turns t JOIN conversations k ON k.id = t.conversation_id"
            " WHERE t.conversation_id = ? AND t.exchange = ? ORDER BY t.position",
            (each["conversation_id"], each["exchange"]),
        )
        for exchange in conversations.read_exchanges(rows[0]["conversation"], rows):
            yield Unindexed(
                collection=rows[0]["collection_id"],
                title=_telling(rows[0]["title"], rows[0]["first"] or ""),
                before=_before(conversations, rows[0]),
                exchange=exchange,
                turns={row["role"]: row["id"] for row in rows},
            )


def _before(conversations: Conversations, turn: Row) -> Turn | None:
    row = conversations.database.row(
        "SELECT * FROM turns WHERE conversation_id = ? AND position < ?"
        " ORDER BY position DESC LIMIT 1",
        (turn["conversation_id"], turn["position"]),
    )
    return conversations.read_turn(row) if row is not None else None


def _telling(title: str, first: str) -> str:
    """A title that somebody gave; "" for one that is how the conversation begins."""
    return "" if " ".join(first.split()).startswith(title.rstrip(" …")) else title
