"""The truth about conversations: what was said, word for word, in SQLite."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ingest.conversation import Conversation, Exchange, SourceRef, Turn
from ingest.database import Database, Row
from ingest.records import CONVERSATION_ID

OWN = "ragchat"


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list shows it."""

    id: str
    title: str
    started: datetime
    last: datetime
    exchanges: int


def exchange_id(conversation: str, question: str) -> str:
    """The id of an exchange, the same whenever the same conversation is read: 12 hex digits."""
    return hashlib.sha256(f"{conversation}\0{question}".encode()).hexdigest()[:12]


class Conversations:
    """Rows of conversations and turns. Callers open the transactions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def put(self, collection: int, conversation: Conversation) -> int:
        """Make the conversation, or find it; gives its row. Its exchanges are added one by one."""
        origin, key = _split(conversation.id)
        self.database.execute(
            "INSERT INTO conversations (collection_id, origin, key, title, started)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection_id, origin, key) DO NOTHING",
            (collection, origin, key, conversation.title, conversation.started.timestamp()),
        )
        return self._row_id(collection, conversation.id)

    def add(self, collection: int, exchange: Exchange) -> tuple[int, int]:
        """Write an exchange at the end of its conversation; gives the rows of both turns."""
        row = self._row_id(collection, exchange.conversation)
        question = self._add_turn(row, exchange.id, exchange.question)
        answer = self._add_turn(row, exchange.id, exchange.answer)
        return question, answer

    def find(self, collection: int, prefix: str) -> list[str]:
        """The ids of the conversations that begin like this; the one that is it, if there is."""
        ids = [each.id for each in self.summaries(collection)]
        return [prefix] if prefix in ids else [each for each in ids if each.startswith(prefix)]

    def summaries(self, collection: int) -> list[Summary]:
        """All conversations that hold something, the last spoken first."""
        rows = self.database.rows(
            f"SELECT {CONVERSATION_ID} AS id, k.title, k.started, max(t.time) AS last,"
            " count(DISTINCT t.exchange) AS exchanges FROM conversations k"
            " JOIN turns t ON t.conversation_id = k.id WHERE k.collection_id = ?"
            " GROUP BY k.id ORDER BY last DESC, k.id DESC",
            (collection,),
        )
        return [
            Summary(row["id"], row["title"], _time(row["started"]), _time(row["last"]), row[4])
            for row in rows
        ]

    def conversation(self, collection: int, known_as: str) -> Conversation | None:
        """A whole conversation, or None."""
        origin, key = _split(known_as)
        row = self.database.row(
            "SELECT id, title, started FROM conversations"
            " WHERE collection_id = ? AND origin = ? AND key = ?",
            (collection, origin, key),
        )
        if row is None:
            return None
        turns = self.database.rows(
            "SELECT * FROM turns WHERE conversation_id = ? ORDER BY id", (row["id"],)
        )
        return Conversation(
            id=known_as,
            title=row["title"],
            started=_time(row["started"]),
            origin=origin,
            exchanges=tuple(self._exchanges(known_as, turns)),
        )

    def exchanges(self, ids: Iterable[str]) -> dict[str, tuple[Exchange, str]]:
        """Exchanges with the titles of their conversations, by exchange id."""
        found: dict[str, tuple[Exchange, str]] = {}
        for each in ids:
            turns = self.database.rows(
                f"SELECT t.*, {CONVERSATION_ID} AS conversation, k.title FROM turns t"
                " JOIN conversations k ON k.id = t.conversation_id WHERE t.exchange = ?"
                " ORDER BY t.id",
                (each,),
            )
            for exchange in self._exchanges(turns[0]["conversation"] if turns else "", turns):
                found[each] = (exchange, turns[0]["title"])
        return found

    def unindexed(self) -> list[tuple[int, str, tuple[int, int], Exchange]]:
        """Exchanges that cannot be found yet: collection, title, rows of both turns, exchange.

        Refused and empty answers are kept but never found: they would only be repeated.
        """
        rows = self.database.rows(
            f"SELECT t.*, {CONVERSATION_ID} AS conversation, k.title, k.collection_id"
            " FROM turns t JOIN conversations k ON k.id = t.conversation_id"
            " WHERE t.exchange IN (SELECT a.exchange FROM turns a WHERE a.role = 'assistant'"
            " AND a.status IN ('done', 'interrupted', 'cut off')) AND t.exchange NOT IN"
            " (SELECT i.exchange FROM turns i JOIN chunks c ON c.turn_id = i.id) ORDER BY t.id"
        )
        sides: dict[str, dict[str, Row]] = {}
        for row in rows:
            sides.setdefault(row["exchange"], {})[row["role"]] = row
        found = []
        for each, pair in sides.items():
            if len(pair) == len(("user", "assistant")):
                asked, answered = pair["user"], pair["assistant"]
                exchange = Exchange(
                    each, asked["conversation"], self._turn(asked), self._turn(answered)
                )
                ids = (asked["id"], answered["id"])
                found.append((asked["collection_id"], asked["title"], ids, exchange))
        return found

    def count(self, collection: int) -> tuple[int, int]:
        """How many conversations and exchanges a library remembers."""
        row = self.database.row(
            "SELECT count(DISTINCT k.id), count(DISTINCT t.exchange) FROM conversations k"
            " JOIN turns t ON t.conversation_id = k.id WHERE k.collection_id = ?",
            (collection,),
        )
        return (row[0], row[1]) if row is not None else (0, 0)

    def _row_id(self, collection: int, known_as: str) -> int:
        origin, key = _split(known_as)
        return int(
            self.database.scalar(
                "SELECT id FROM conversations WHERE collection_id = ? AND origin = ? AND key = ?",
                (collection, origin, key),
            )
        )

    def _add_turn(self, conversation: int, exchange: str, turn: Turn) -> int:
        row = self.database.execute(
            "INSERT INTO turns (conversation_id, key, exchange, role, speaker, text, time, status,"
            " model, stop_reason, usage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (conversation, turn.id, exchange, turn.role, turn.speaker, turn.text)
            + (turn.time.timestamp(), turn.status, turn.model, turn.stop_reason)
            + (json.dumps(dict(turn.usage)),),
        )
        self.database.execute_many(
            "INSERT INTO answer_sources (turn_id, n, kind, passage, hash, place, score, cited)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row, ref.n, ref.kind, ref.id, ref.hash, _place(ref), ref.score, int(ref.cited))
                for ref in turn.sources
            ],
        )
        return row

    def _exchanges(self, conversation: str, rows: Iterable[Row]) -> list[Exchange]:
        turns: dict[str, dict[str, Turn]] = {}
        for row in rows:
            turns.setdefault(row["exchange"], {})[row["role"]] = self._turn(row)
        return [
            Exchange(each, conversation, sides["user"], sides["assistant"])
            for each, sides in turns.items()
            if len(sides) == len(("user", "assistant"))
        ]

    def _turn(self, row: Row) -> Turn:
        refs = self.database.rows(
            "SELECT * FROM answer_sources WHERE turn_id = ? ORDER BY n", (row["id"],)
        )
        return Turn(
            role=row["role"],
            text=row["text"],
            time=_time(row["time"]),
            id=row["key"],
            speaker=row["speaker"],
            status=row["status"],
            model=row["model"],
            stop_reason=row["stop_reason"],
            usage=json.loads(row["usage"]),
            sources=tuple(_ref(each) for each in refs),
        )


def _split(known_as: str) -> tuple[str, str]:
    origin, separator, key = known_as.partition(":")
    return (origin, key) if separator else (OWN, known_as)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _place(ref: SourceRef) -> str:
    place: Mapping[str, Any] = {
        "source": ref.source,
        "start_line": ref.start_line,
        "end_line": ref.end_line,
        "conversation": ref.conversation,
        "time": ref.time.timestamp() if ref.time else None,
    }
    return json.dumps({name: value for name, value in place.items() if value is not None})


def _ref(row: Row) -> SourceRef:
    place = json.loads(row["place"])
    return SourceRef(
        n=row["n"],
        kind=row["kind"],
        id=row["passage"],
        source=place["source"],
        hash=row["hash"],
        score=row["score"],
        cited=bool(row["cited"]),
        start_line=place.get("start_line"),
        end_line=place.get("end_line"),
        conversation=place.get("conversation"),
        time=_time(place["time"]) if "time" in place else None,
    )
