"""What was imported: the state in which each conversation was last read, and which file brought
which turn. Callers open the transactions.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.conversation import Role, Turn
from ingest.records.ids import CollectionId, ConversationRow, TurnId
from ingest.records.turn_order import insert_in_order, put_in_order
from ingest.text.cleaning import masked_turn

if TYPE_CHECKING:
    from ingest.records.database import Database


@dataclass(frozen=True, slots=True)
class State:
    """How far a conversation is known: when it last changed where it comes from, and when the file
    was written that said so, in seconds since the epoch. `renamed` says that its title was given
    here.
    """

    title: str
    updated: float
    written: float
    renamed: bool


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as it is stored."""

    row: TurnId
    key: str
    role: Role
    speaker: str
    text: str
    exchange: str
    assistant: str
    narration: int
    model: str
    here: int


class Imports:
    """Rows of imported turns."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # A conversation

    def state(self, conversation: ConversationRow) -> State:
        """Return how far the conversation in this row is known."""
        row = self.database.row(
            "SELECT title, updated, written, renamed FROM conversations WHERE id = ?",
            (conversation,),
        )
        if row is None:
            raise LookupError(conversation)
        return State(row["title"], row["updated"], row["written"], bool(row["renamed"]))

    def put_state(
        self,
        conversation: ConversationRow,
        updated: float,
        written: float,
        project: str,
        branch: str,
    ) -> None:
        """Note what the newest reading says of the conversation."""
        self.database.execute(
            "UPDATE conversations SET updated = ?, written = ?,"
            " project = iif(? = '', project, ?), branch = iif(? = '', branch, ?) WHERE id = ?",
            (updated, written, project, project, branch, branch, conversation),
        )

    def turns(self, conversation: ConversationRow) -> list[StoredTurn]:
        """Its turns, in the order they were said."""
        rows = self.database.rows(
            "SELECT id, key, role, speaker, text, exchange, assistant, narration, model, here"
            " FROM turns WHERE conversation_id = ? ORDER BY position",
            (conversation,),
        )
        return [StoredTurn(*row) for row in rows]

    def superseded(self, conversation: ConversationRow) -> set[str]:
        """The ids of messages that the newest reading knows to be on abandoned branches."""
        rows = self.database.rows(
            "SELECT key FROM superseded WHERE conversation_id = ?", (conversation,)
        )
        return {row["key"] for row in rows}

    def supersede(
        self, conversation: ConversationRow, gone: Iterable[str], back: Iterable[str]
    ) -> None:
        """Note the messages that are now on abandoned branches, and those that came back."""
        self.database.execute_many(
            "INSERT OR IGNORE INTO superseded (conversation_id, key) VALUES (?, ?)",
            [(conversation, key) for key in gone],
        )
        self.database.execute_many(
            "DELETE FROM superseded WHERE conversation_id = ? AND key = ?",
            [(conversation, key) for key in back],
        )

    def drop_empty(self, conversation: ConversationRow) -> None:
        """Forget a conversation of which nothing is known."""
        self.database.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    # Turns

    def replace(self, known: StoredTurn, turn: Turn) -> None:
        """Write what a turn says now in place of what it said. It is to be indexed again."""
        turn = masked_turn(turn)
        self.database.execute(
            "UPDATE turns SET role = ?, speaker = ?, text = ?, assistant = ?, narration = ?,"
            " model = ?, status = ? WHERE id = ?",
            (turn.role, turn.speaker, turn.text, turn.assistant, turn.narration)
            + (turn.model, turn.status, known.row),
        )
        self._unindex([known.row])

    def remove(self, conversation: ConversationRow, turns: Sequence[StoredTurn]) -> None:
        """Remove turns, and the hints of them that what followed is indexed with."""
        self.unindex_following(conversation, [known.row for known in turns])
        self.database.execute_many(
            "DELETE FROM turns WHERE id = ?", [(known.row,) for known in turns]
        )

    def move(self, turns: Iterable[tuple[TurnId, str]]) -> None:
        """Put turns, by their rows, into other exchanges. They are to be indexed again."""
        moved = list(turns)
        self.database.execute_many(
            "UPDATE turns SET exchange = ? WHERE id = ?", [(to, row) for row, to in moved]
        )
        self._unindex([row for row, _ in moved])

    def unindex_following(self, conversation: ConversationRow, rows: Iterable[TurnId]) -> None:
        """Have the turns right after these indexed again, without a hint of them."""
        self.database.execute_many(
            "DELETE FROM chunks WHERE turn_id = (SELECT id FROM turns WHERE conversation_id = ?"
            " AND position > (SELECT position FROM turns WHERE id = ?) ORDER BY position LIMIT 1)",
            [(conversation, row) for row in rows],
        )
        self.database.execute("DELETE FROM summaries WHERE conversation_id = ?", (conversation,))

    def _unindex(self, rows: Iterable[TurnId]) -> None:
        self.database.execute_many("DELETE FROM chunks WHERE turn_id = ?", [(row,) for row in rows])

    def said_elsewhere(
        self,
        collection: CollectionId,
        origin: str,
        conversation: ConversationRow,
        keys: Collection[str],
    ) -> dict[str, str]:
        """The texts of messages with these ids in other conversations of the same tool."""
        rows = self.database.rows_among(
            "SELECT t.key, t.text FROM turns t JOIN conversations k ON k.id = t.conversation_id"
            " WHERE k.collection_id = ? AND k.origin = ? AND k.id <> ? AND t.key IN ({})",
            sorted(keys),
            (collection, origin, conversation),
        )
        return {row["key"]: row["text"] for row in rows}

    def holding(
        self, collection: CollectionId, origin: str, keys: Collection[str]
    ) -> list[tuple[ConversationRow, str]]:
        """The conversations of a tool, row and key, that have a message with one of these ids."""
        rows = self.database.rows_among(
            "SELECT DISTINCT k.id, k.key FROM turns t JOIN conversations k"
            " ON k.id = t.conversation_id"
            " WHERE k.collection_id = ? AND k.origin = ? AND t.key IN ({})",
            sorted(keys),
            (collection, origin),
        )
        return [(row["id"], row["key"]) for row in rows]

    # Files

    def bring(
        self,
        collection: CollectionId,
        path: Path,
        conversation: ConversationRow,
        keys: Iterable[str],
    ) -> None:
        """Note that a file holds these messages of a conversation."""
        name = os.fsencode(path)
        self.database.execute(
            "INSERT OR IGNORE INTO imports (collection_id, path) VALUES (?, ?)", (collection, name)
        )
        row = self.database.scalar(
            "SELECT id FROM imports WHERE collection_id = ? AND path = ?", (collection, name)
        )
        self.database.execute_many(
            "INSERT OR IGNORE INTO imported_turns (turn_id, import_id)"
            " SELECT id, ? FROM turns WHERE conversation_id = ? AND key = ? AND NOT here",
            [(row, conversation, key) for key in keys],
        )

    def order(self, conversation: ConversationRow, said: Sequence[str], *, newest: bool) -> None:
        """Order a conversation as a transcript has it, whose message ids are `said`; see
        `turn_order`. Of an older transcript, only what it has added moves.
        """
        if newest:
            put_in_order(self.database, conversation, said)
        else:
            insert_in_order(self.database, conversation, said)

    def paths(self, collection: CollectionId, under: Path) -> list[Path]:
        """The files that brought turns: this one, or those below this folder."""
        rows = self.database.rows(
            "SELECT path FROM imports i WHERE collection_id = ? AND EXISTS"
            " (SELECT 1 FROM imported_turns WHERE import_id = i.id)",
            (collection,),
        )
        found = [Path(os.fsdecode(row["path"])) for row in rows]
        return [path for path in found if path == under or under in path.parents]

    def without_turns(self, collection: CollectionId, path: Path) -> bool:
        """Return whether a file brought turns, and none is left: forgotten, or taken back."""
        found = self.database.scalar(
            "SELECT NOT EXISTS (SELECT 1 FROM imported_turns WHERE import_id = i.id)"
            " FROM imports i WHERE collection_id = ? AND path = ?",
            (collection, os.fsencode(path)),
        )
        return bool(found)

    def only_from(self, collection: CollectionId, paths: Iterable[Path]) -> list[str]:
        """The exchanges of which every turn was brought by these files and by no other."""
        names = [os.fsencode(path) for path in paths]
        rows = self.database.rows_among(
            "SELECT id FROM imports WHERE collection_id = ? AND path IN ({})", names, (collection,)
        )
        chosen = [row["id"] for row in rows]
        turns = self.database.rows_among(
            "SELECT t.id, t.conversation_id, t.exchange FROM imported_turns b JOIN turns t"
            " ON t.id = b.turn_id WHERE b.import_id IN ({})",
            chosen,
        )
        others = self.database.rows_among(
            "SELECT turn_id, import_id FROM imported_turns WHERE turn_id IN ({})",
            [row["id"] for row in turns],
        )
        kept = {row["turn_id"] for row in others if row["import_id"] not in set(chosen)}
        shared = {(row["conversation_id"], row["exchange"]) for row in turns if row["id"] in kept}
        found = ((row["conversation_id"], row["exchange"]) for row in turns)
        return list(dict.fromkeys(place[1] for place in found if place not in shared))
