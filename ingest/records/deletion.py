"""Rows that `forget` reads and deletes: turns, files, and the answers that quote them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.records.conversations import Conversations
from ingest.records.database import Database
from ingest.records.ids import CollectionId, ConversationRow, DocumentId, TurnId
from ingest.records.public_ids import CONVERSATION_ID, split_id
from ingest.records.twins import twins_of
from ingest.text.language import telling_words, words_apart

UNTITLED = "(untitled)"
ANONYMOUS = '{"source": "(forgotten)"}'
"""The place of a source that was forgotten: only that there was one is kept."""

_TURNS = (
    "SELECT t.id, t.key, t.exchange, t.role, t.text, t.conversation_id, t.position,"
    f" {CONVERSATION_ID} AS conversation, k.title, t.time FROM turns t JOIN conversations k"
    " ON k.id = t.conversation_id WHERE k.collection_id = ?"
)
_REFERENCES = (
    f"SELECT a.turn_id, a.n, a.cited, t.exchange, {CONVERSATION_ID} AS conversation,"
    " coalesce((SELECT u.text FROM turns u WHERE u.exchange = t.exchange"
    " AND u.conversation_id = t.conversation_id AND u.role = 'user' LIMIT 1), '') AS question"
    " FROM answer_sources a JOIN turns t ON t.id = a.turn_id"
    " JOIN conversations k ON k.id = t.conversation_id WHERE k.collection_id = ?"
)


@dataclass(frozen=True, slots=True)
class ChosenTurn:
    """A turn to be forgotten; `row` is that of its conversation."""

    id: TurnId
    key: str
    exchange: str
    role: str
    text: str
    row: ConversationRow
    position: int
    conversation: str
    title: str
    time: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A source of an answer, with the question that was answered."""

    turn: TurnId
    n: int
    cited: bool
    exchange: str
    conversation: str
    question: str


class Deletion:
    """Reads and deletes in one collection. Callers open the transactions."""

    def __init__(self, database: Database, collection: CollectionId) -> None:
        self._database = database
        self._collection = collection

    def of_exchanges(self, ids: Iterable[str]) -> list[ChosenTurn]:
        """Return the turns of exchanges."""
        return self._turns("t.exchange IN ({})", list(ids))

    def of_conversation(self, public_id: str) -> list[ChosenTurn]:
        """Return all turns of a conversation."""
        origin, key = split_id(public_id)
        return self._turns("k.origin = ? AND k.key IN ({})", [key], (origin,))

    def before(self, time: datetime) -> list[str]:
        """Return the exchanges that began before a time."""
        rows = self._database.rows(
            "SELECT t.exchange FROM turns t JOIN conversations k ON k.id = t.conversation_id"
            " WHERE k.collection_id = ? GROUP BY t.exchange HAVING min(t.time) < ?",
            (self._collection, time.timestamp()),
        )
        return [row["exchange"] for row in rows]

    def twins(self, exchanges: Collection[str]) -> list[str]:
        """Return the other exchanges of the collection in which the same was said."""
        return twins_of(self._database, self._collection, exchanges)

    def references(self, passages: Collection[str], paths: Sequence[Path]) -> list[Reference]:
        """Return where answers have these passages among their sources, or earlier versions of
        these files, whose passages had other ids.
        """
        named = [str(path).encode(errors="replace").decode() for path in paths]
        return [
            Reference(
                row["turn_id"],
                row["n"],
                bool(row["cited"]),
                row["exchange"],
                row["conversation"],
                row["question"],
            )
            for where, values in (
                ("a.passage IN ({})", sorted(passages)),
                ("a.kind = 'document' AND json_extract(a.place, '$.source') IN ({})", named),
            )
            for row in self._database.rows_among(
                f"{_REFERENCES} AND {where}", values, (self._collection,)
            )
        ]

    def documents_only_in(self, paths: Collection[Path]) -> dict[DocumentId, str]:
        """Return the documents that no other file points to, with the hashes of their bytes."""
        rows = self._database.rows_among(
            "SELECT document_id FROM sources WHERE collection_id = ? AND path IN ({})",
            [os.fsencode(path) for path in paths],
            (self._collection,),
        )
        named = sorted({row["document_id"] for row in rows})
        kept = {
            row["document_id"]
            for row in self._database.rows_among(
                "SELECT document_id, path FROM sources WHERE document_id IN ({})", named
            )
            if Path(os.fsdecode(row["path"])) not in paths
        }
        rows = self._database.rows_among(
            "SELECT id, hash FROM documents WHERE id IN ({})",
            [document for document in named if document not in kept],
        )
        return {row["id"]: row["hash"] for row in rows}

    def chunk_keys(self, documents: Iterable[DocumentId]) -> set[str]:
        """Return the ids of the chunks of documents."""
        rows = self._database.rows_among(
            "SELECT key FROM chunks WHERE document_id IN ({})", sorted(documents)
        )
        return {row["key"] for row in rows}

    def make_anonymous(self, references: Iterable[Reference]) -> None:
        """Remove everything about sources of answers but that they existed."""
        self._database.execute_many(
            "UPDATE answer_sources SET place = ?, hash = '' WHERE turn_id = ? AND n = ?",
            [(ANONYMOUS, reference.turn, reference.n) for reference in references],
        )

    def delete_turns(self, turns: Iterable[TurnId]) -> None:
        """Delete turns; their chunks go with them."""
        self._database.execute_many("DELETE FROM turns WHERE id = ?", [(turn,) for turn in turns])

    def tidy(self, row: ConversationRow, lost: Sequence[ChosenTurn]) -> bool:
        """Remove the traces of deleted turns from their conversation: its summary, a title that
        quotes them or that a tool made of their words, and the conversation itself if it has no
        turns left. Return whether it is gone.
        """
        database = self._database
        database.execute("DELETE FROM summaries WHERE conversation_id = ?", (row,))
        if database.scalar("SELECT 1 FROM turns WHERE conversation_id = ? LIMIT 1", (row,)) is None:
            database.execute("DELETE FROM conversations WHERE id = ?", (row,))
            return True
        # The turn right after is indexed with a hint of what it followed.
        database.execute_many(
            "DELETE FROM chunks WHERE turn_id ="
            " (SELECT id FROM turns WHERE conversation_id = ? AND position > ?"
            " ORDER BY position LIMIT 1)",
            [(row, turn.position) for turn in lost],
        )
        if self._title_tells(row, lost):
            self._take_title(row, lost[0].conversation)
        return False

    def _title_tells(self, row: ConversationRow, lost: Sequence[ChosenTurn]) -> bool:
        """Return whether the title quotes deleted turns, or has a word that only they had. A title
        that the user gave, or the name of a chat of people, may have such a word.
        """
        title = lost[0].title.rstrip(" …")
        rows = self._database.rows(
            "SELECT t.text, t.speaker, k.renamed FROM turns t JOIN conversations k"
            " ON k.id = t.conversation_id WHERE k.id = ?",
            (row,),
        )
        gone, kept = [turn.text for turn in lost], [turn["text"] for turn in rows]
        if _holds(title, gone) and not _holds(title, kept):
            return True
        is_made = not any(turn["renamed"] or turn["speaker"] for turn in rows)
        only_deleted = _words(gone) - _words(kept)
        return is_made and any(word in only_deleted for word in telling_words(title))

    def _take_title(self, row: ConversationRow, conversation: str) -> None:
        conversations = Conversations(self._database)
        conversations.rename(row, UNTITLED)
        # Answers elsewhere that were given other turns of it keep its title beside them.
        conversations.rename_in_sources(self._collection, conversation, UNTITLED)

    def _turns(
        self, where: str, values: Sequence[str], before: tuple[object, ...] = ()
    ) -> list[ChosenTurn]:
        rows = self._database.rows_among(
            f"{_TURNS} AND {where}", values, (self._collection, *before)
        )
        return [ChosenTurn(*row) for row in rows]


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in words_apart(text)}


def _holds(title: str, texts: Iterable[str]) -> bool:
    return any(title in " ".join(text.split()) for text in texts)
