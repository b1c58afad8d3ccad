"""Conversations in SQLite: every turn word for word, with its secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.conversation import Conversation, Exchange, Turn
from ingest.records.database import Database, Row
from ingest.records.ids import CollectionId, ConversationRow
from ingest.records.public_ids import CONVERSATION_ID, OWN, split_id
from ingest.records.turns import exchange_of, place_of, read_exchanges, read_turns, time_of
from ingest.text.cleaning import masked, masked_turn

LAST = "\U0010ffff"
"""Text that begins with a prefix sorts before the prefix and this character."""


@dataclass(frozen=True, slots=True)
class ConversationEntry:
    """A conversation as a list shows it.

    `here` is the time of its last turn that was not imported, in seconds since the epoch, 0 for
    none; `project` and `branch` are those of the tool it was imported from.
    """

    id: str
    title: str
    started: datetime
    last: datetime
    exchanges: int
    here: float = 0.0
    project: str = ""
    branch: str = ""


class Conversations:
    """Rows of conversations and turns. Secrets are masked. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def put(self, collection: CollectionId, conversation: Conversation) -> ConversationRow:
        """Create the conversation unless it exists; return its row. `add` writes its exchanges."""
        origin, key = split_id(conversation.id)
        self.database.execute(
            "INSERT INTO conversations (collection_id, origin, key, title, started)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection_id, origin, key) DO NOTHING",
            (collection, origin, key, masked(conversation.title), conversation.started.timestamp()),
        )
        return self.row(collection, conversation.id)

    def add(self, collection: CollectionId, exchange: Exchange) -> None:
        """Append an exchange to its conversation."""
        row = self.row(collection, exchange.conversation)
        self.add_turn(row, exchange.id, exchange.question)
        self.add_turn(row, exchange.id, exchange.answer)

    def rename(self, row: ConversationRow, title: str, *, for_good: bool = True) -> None:
        """Rename the conversation in this row; with `for_good`, no later import renames it."""
        self.database.execute(
            "UPDATE conversations SET title = ?, renamed = max(renamed, ?) WHERE id = ?",
            (masked(title), int(for_good), row),
        )
        # The title is indexed with each turn: its chunks are made again.
        of_turns = "FROM chunks WHERE turn_id IN (SELECT id FROM turns WHERE conversation_id = ?)"
        hashes = self.database.rows(f"SELECT DISTINCT hash {of_turns}", (row,))
        self.database.execute(f"DELETE {of_turns}", (row,))
        self.database.execute_many(
            "DELETE FROM vectors WHERE hash = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM chunks WHERE hash = ?1)",
            [(found["hash"],) for found in hashes],
        )

    def rename_in_sources(self, collection: CollectionId, public_id: str, title: str) -> None:
        """Rename a conversation where answers of others name it as a source; this reads all."""
        self.database.execute(
            "UPDATE answer_sources SET place = json_set(place, '$.source', ?)"
            " WHERE json_extract(place, '$.conversation') = ? AND turn_id IN (SELECT t.id"
            " FROM turns t JOIN conversations k ON k.id = t.conversation_id"
            " WHERE k.collection_id = ?)",
            (masked(title), public_id, collection),
        )

    def places(self, collection: CollectionId, exchange: str) -> list[tuple[str, str]]:
        """Return the (conversation, exchange) ids of the exchanges whose ids have this prefix."""
        rows = self.database.rows(
            f"SELECT DISTINCT {CONVERSATION_ID} AS id, t.exchange FROM turns t"
            " JOIN conversations k ON k.id = t.conversation_id"
            " WHERE k.collection_id = ? AND t.exchange >= ? AND t.exchange < ?",
            (collection, exchange, exchange + LAST),
        )
        return [(row["id"], row["exchange"]) for row in rows]

    def find(self, collection: CollectionId, prefix: str) -> list[str]:
        """Return the ids of the conversations with this prefix, or with this id in another program;
        an id that equals it comes alone. An empty prefix finds none.
        """
        if not prefix:
            return []
        origin, key = split_id(prefix)
        rows = self.database.rows(
            f"SELECT {CONVERSATION_ID} AS id FROM conversations k WHERE k.collection_id = ?1"
            " AND ((k.origin = ?2 AND k.key >= ?3 AND k.key < ?3 || ?5)"
            " OR (k.origin <> ?6 AND (k.key = ?4 OR k.origin >= ?4 AND k.origin < ?4 || ?5)))"
            " AND EXISTS (SELECT 1 FROM turns t WHERE t.conversation_id = k.id)",
            # With a colon, the origin is whole; without one, it may itself be cut short.
            (collection, origin, key, prefix, LAST, OWN),
        )
        ids = [
            row["id"]
            for row in rows
            if row["id"].startswith(prefix) or split_id(row["id"])[1] == prefix
        ]
        return [prefix] if prefix in ids else ids

    def entries(self, collection: CollectionId) -> list[ConversationEntry]:
        """Return all conversations that have turns, the latest first."""
        rows = self.database.rows(
            f"SELECT {CONVERSATION_ID} AS id, k.title, k.started, max(t.time) AS last,"
            " count(DISTINCT t.exchange) AS exchanges, max(iif(t.here, t.time, 0)) AS here,"
            " k.project, k.branch FROM conversations k"
            " JOIN turns t ON t.conversation_id = k.id WHERE k.collection_id = ?"
            " GROUP BY k.id ORDER BY last DESC, k.id DESC",
            (collection,),
        )
        return [
            ConversationEntry(
                row["id"], row["title"], time_of(row["started"]), time_of(row["last"]), *row[4:]
            )
            for row in rows
        ]

    def conversation(self, collection: CollectionId, public_id: str) -> Conversation | None:
        """Return a conversation with all its exchanges, or None."""
        origin, key = split_id(public_id)
        row = self.database.row(
            "SELECT id, title, started, project, branch FROM conversations"
            " WHERE collection_id = ? AND origin = ? AND key = ?",
            (collection, origin, key),
        )
        if row is None:
            return None
        turns = self.database.rows(
            "SELECT * FROM turns WHERE conversation_id = ? ORDER BY position", (row["id"],)
        )
        return Conversation(
            id=public_id,
            title=row["title"],
            started=time_of(row["started"]),
            origin=origin,
            project=row["project"],
            branch=row["branch"],
            exchanges=tuple(read_exchanges(self.database, public_id, turns)),
        )

    def held(self, collection: CollectionId, public_id: str) -> tuple[str, set[str]]:
        """Return the title of a conversation and the ids of its exchanges; of one that does not
        exist, "" and none.
        """
        origin, key = split_id(public_id)
        rows = self.database.rows(
            "SELECT DISTINCT k.title, t.exchange FROM conversations k"
            " JOIN turns t ON t.conversation_id = k.id"
            " WHERE k.collection_id = ? AND k.origin = ? AND k.key = ?",
            (collection, origin, key),
        )
        return (rows[0]["title"] if rows else ""), {row["exchange"] for row in rows}

    def exchanges(self, turns: Iterable[int]) -> dict[int, tuple[Exchange, str]]:
        """Return the exchanges of turns, with the titles of their conversations, by the row of the
        turn: ids are unique within a collection alone.
        """
        wanted = list(dict.fromkeys(turns))
        rows = self.database.rows_among(
            f"SELECT t.*, one.id AS wanted, {CONVERSATION_ID} AS conversation, k.title, k.project"
            " FROM turns one JOIN turns t ON t.exchange = one.exchange"
            " AND t.conversation_id = one.conversation_id"
            " JOIN conversations k ON k.id = t.conversation_id WHERE one.id IN ({})",
            wanted,
        )
        sides: dict[int, list[tuple[Row, Turn]]] = {}
        for row, turn in zip(rows, read_turns(self.database, rows), strict=True):
            sides.setdefault(row["wanted"], []).append((row, turn))
        return {turn: _titled(sides[turn]) for turn in wanted if turn in sides}

    def count(self, collection: CollectionId) -> tuple[int, int]:
        """Return how many conversations and exchanges a collection remembers."""
        (row,) = self.database.rows(
            "SELECT count(*), coalesce(sum(exchanges), 0) FROM conversations"
            " WHERE collection_id = ? AND exchanges > 0",
            (collection,),
        )
        return row[0], row[1]

    def latest(self, collection: CollectionId) -> str | None:
        """Return the id of the conversation in which something was said here last, or None."""
        found: str | None = self.database.scalar(
            # CROSS JOIN: SQLite is to walk the turns from the newest, not to sort all of them.
            f"SELECT {CONVERSATION_ID} FROM turns t CROSS JOIN conversations k"
            " ON k.id = t.conversation_id WHERE t.here AND k.collection_id = ?"
            " ORDER BY t.time DESC, t.id DESC LIMIT 1",
            (collection,),
        )
        return found

    def row(self, collection: CollectionId, public_id: str) -> ConversationRow:
        """Return the row of a conversation that exists; LookupError for another."""
        found = self.find_row(collection, public_id)
        if found is None:
            raise LookupError(public_id)
        return found

    def find_row(self, collection: CollectionId, public_id: str) -> ConversationRow | None:
        """Return the row of a conversation, or None."""
        origin, key = split_id(public_id)
        found: ConversationRow | None = self.database.scalar(
            "SELECT id FROM conversations WHERE collection_id = ? AND origin = ? AND key = ?",
            (collection, origin, key),
        )
        return found

    def add_turn(self, conversation: ConversationRow, exchange: str, turn: Turn) -> None:
        """Append a turn to the conversation in this row."""
        turn = masked_turn(turn)
        row = self.database.execute(
            "INSERT INTO turns (conversation_id, key, exchange, role, speaker, text, time, status,"
            " model, stop_reason, usage, echo, assistant, narration, here, position)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " (SELECT coalesce(max(position), 0) + 1 FROM turns WHERE conversation_id = ?))",
            (conversation, turn.id, exchange, turn.role, turn.speaker, turn.text)
            + (turn.time.timestamp(), turn.status, turn.model, turn.stop_reason)
            + (json.dumps(dict(turn.usage)), int(turn.echo))
            + (turn.assistant, turn.narration, int(turn.here), conversation),
        )
        self.database.execute_many(
            "INSERT INTO answer_sources (turn_id, n, kind, passage, hash, place, score, cited)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row, ref.n, ref.kind, ref.id, ref.hash, place_of(ref), ref.score, int(ref.cited))
                for ref in turn.sources
            ],
        )


def _titled(sides: Sequence[tuple[Row, Turn]]) -> tuple[Exchange, str]:
    row, _ = sides[0]
    by_role = {turn.role: turn for _, turn in sides}
    exchange = exchange_of(row["exchange"], row["conversation"], by_role)
    return replace(exchange, project=row["project"]), row["title"]
