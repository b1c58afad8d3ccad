"""Forgetting: gone from SQLite, the words index, Chroma, the files on disk, and later imports.

What a DELETE leaves behind is known (measured, see ARCHITECTURE.md): FTS5 keeps deleted words in
its segments until `optimize`, SQLite keeps them in free pages until VACUUM and in the write-ahead
log until it is truncated, and Chroma keeps vectors, from which text can be guessed, in its files.
So a forgetting ends by merging, rewriting and remaking them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.records.conversations import split_id
from ingest.records.database import Row
from ingest.records.documents import CONVERSATION_ID, KINDS
from ingest.records.schema import words_table
from ingest.records.tombstones import bury, forgotten_content, forgotten_message

if TYPE_CHECKING:
    from ingest.store import Store

UNTITLED = "(untitled)"
ANONYMOUS = '{"source": "(forgotten)"}'
"""What is kept of a source that was forgotten: that there was one."""

_REFERENCES = (
    f"SELECT a.turn_id, a.n, a.cited, t.exchange, {CONVERSATION_ID} AS conversation,"
    " coalesce((SELECT u.text FROM turns u WHERE u.exchange = t.exchange"
    " AND u.conversation_id = t.conversation_id AND u.role = 'user' LIMIT 1), '') AS question"
    " FROM answer_sources a JOIN turns t ON t.id = a.turn_id"
    " JOIN conversations k ON k.id = t.conversation_id WHERE k.collection_id = ?"
)


@dataclass(frozen=True, slots=True)
class Quoting:
    """An exchange whose answer quotes something that was forgotten."""

    exchange: str
    conversation: str
    question: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten. `questions` are its words, for whoever else keeps them; `in_use` says
    that another process reads the library, so that its log could not be emptied.
    """

    exchanges: int
    conversations: int
    sources: int
    quoting: tuple[Quoting, ...]
    questions: tuple[str, ...]
    in_use: bool


@dataclass(slots=True)
class Selection:
    """What is to be forgotten: rows of turns and paths of sources."""

    turns: dict[int, Row] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)

    @property
    def exchanges(self) -> set[str]:
        """The ids of its exchanges."""
        return {row["exchange"] for row in self.turns.values()}

    @property
    def conversations(self) -> dict[str, str]:
        """The titles of the conversations that they stand in, by id."""
        return {row["conversation"]: row["title"] for row in self.turns.values()}


class Forgetting:
    """Forgets in one collection. Nothing happens before `run`."""

    def __init__(self, store: Store, collection: int) -> None:
        self._store = store
        self._database = store.database
        self._collection = collection
        self.selection = Selection()

    def choose_exchanges(self, ids: Iterable[str]) -> None:
        """These exchanges."""
        self._choose("t.exchange IN ({})", list(ids))

    def choose_conversation(self, known_as: str) -> None:
        """All of a conversation."""
        origin, key = split_id(known_as)
        self._choose("k.origin = ? AND k.key IN ({})", [key], (origin,))

    def choose_before(self, time: datetime) -> None:
        """Every exchange whose question was asked before this time."""
        rows = self._database.rows(
            "SELECT DISTINCT t.exchange FROM turns t JOIN conversations k"
            " ON k.id = t.conversation_id WHERE k.collection_id = ? GROUP BY t.exchange"
            " HAVING min(t.time) < ?",
            (self._collection, time.timestamp()),
        )
        self.choose_exchanges(row["exchange"] for row in rows)

    def choose_sources(self, paths: Sequence[Path]) -> None:
        """These files, with the documents that only they point to."""
        self.selection.paths += paths

    def choose_answers(self) -> None:
        """The exchanges whose answers quote what is chosen, and those that quote them."""
        while quoting := self.quoting():
            self.choose_exchanges(each.exchange for each in quoting)

    def count_chunks(self) -> int:
        """How many chunks go with the chosen files: none of what other files hold, too."""
        return len(self._chunks())

    def quoting(self) -> list[Quoting]:
        """The other exchanges whose answers quote what is chosen."""
        own = self.selection.exchanges
        found = (
            Quoting(row["exchange"], row["conversation"], row["question"])
            for row in self._references()
            if row["cited"] and row["exchange"] not in own
        )
        return list(dict.fromkeys(found))

    def run(self, *, with_answers: bool, index: Callable[[], object]) -> Forgotten:
        """Forget what is chosen; `with_answers`, the answers that quote it, too.

        `index` makes findable again what stays and was found under a title that is forgotten.
        """
        if with_answers:
            self.choose_answers()
        quoting = self.quoting()
        selection = self.selection
        conversations = {row["conversation_id"] for row in selection.turns.values()}
        before = self._database.scalar("SELECT count(*) FROM conversations")
        with self._database.transaction():
            references = self._references()
            self._bury()
            self._delete(references, conversations)
        after = self._database.scalar("SELECT count(*) FROM conversations")
        index()
        return Forgotten(
            exchanges=len(selection.exchanges),
            conversations=before - after,
            sources=len(selection.paths),
            quoting=tuple(quoting),
            questions=tuple(
                row["text"] for row in selection.turns.values() if row["role"] == "user"
            ),
            in_use=not self._wipe(),
        )

    def _choose(self, where: str, values: Sequence[str], before: tuple[object, ...] = ()) -> None:
        rows = self._database.rows_among(
            f"SELECT t.id, t.key, t.exchange, t.role, t.text, t.conversation_id, t.position,"
            f" {CONVERSATION_ID} AS conversation, k.title FROM turns t JOIN conversations k"
            f" ON k.id = t.conversation_id WHERE k.collection_id = ? AND {where}",
            values,
            (self._collection, *before),
        )
        self.selection.turns.update({row["id"]: row for row in rows})

    def _references(self) -> list[Row]:
        """Where answers of this collection have what is chosen among their sources: by its ids,
        and files by their paths, too, since what they held before has other ids.
        """
        paths = [str(each).encode(errors="replace").decode() for each in self.selection.paths]
        return [
            row
            for where, values in (
                ("a.passage IN ({})", sorted(self.selection.exchanges | self._chunks())),
                ("a.kind = 'document' AND json_extract(a.place, '$.source') IN ({})", paths),
            )
            for row in self._database.rows_among(
                f"{_REFERENCES} AND {where}", values, (self._collection,)
            )
        ]

    def _chunks(self) -> set[str]:
        """The ids of the chunks of the documents that only chosen files point to."""
        rows = self._database.rows_among(
            "SELECT key FROM chunks WHERE document_id IN ({})", sorted(self._orphans())
        )
        return {row["key"] for row in rows}

    def _orphans(self) -> dict[int, str]:
        """The documents that only chosen files point to, with the hashes of their bytes."""
        chosen = set(self.selection.paths)
        pointed: dict[int, set[Path]] = {}
        for source in self._store.records.sources(self._collection):
            pointed.setdefault(source.document, set()).add(source.path)
        only = [document for document, paths in pointed.items() if paths <= chosen]
        rows = self._database.rows_among("SELECT id, hash FROM documents WHERE id IN ({})", only)
        return {row["id"]: row["hash"] for row in rows}

    def _bury(self) -> None:
        contents = [forgotten_content(each) for each in self._orphans().values()]
        messages = [
            forgotten_message(row["conversation"], row["key"])
            for row in self.selection.turns.values()
        ]
        bury(self._database, self._collection, [*contents, *messages])

    def _delete(self, references: Iterable[Row], conversations: Iterable[int]) -> None:
        database, records = self._database, self._store.records
        database.execute_many(
            "UPDATE answer_sources SET place = ?, hash = '' WHERE turn_id = ? AND n = ?",
            [(ANONYMOUS, each["turn_id"], each["n"]) for each in references],
        )
        database.execute_many(
            "DELETE FROM turns WHERE id = ?", [(row,) for row in self.selection.turns]
        )
        for each in conversations:
            self._tidy(each)
        records.remove_sources(self._collection, self.selection.paths)
        records.drop_orphans(self._collection)
        records.drop_unused_vectors()

    def _tidy(self, conversation: int) -> None:
        """What a conversation still says of the turns that it lost: its summary and its title."""
        database = self._database
        database.execute("DELETE FROM summaries WHERE conversation_id = ?", (conversation,))
        if not database.scalar(
            "SELECT count(*) FROM turns WHERE conversation_id = ?", (conversation,)
        ):
            database.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
            return
        lost = [r for r in self.selection.turns.values() if r["conversation_id"] == conversation]
        # What was said right after is indexed with a hint of what it followed.
        database.execute_many(
            "DELETE FROM chunks WHERE turn_id ="
            " (SELECT id FROM turns WHERE conversation_id = ? AND position > ?"
            " ORDER BY position LIMIT 1)",
            [(conversation, row["position"]) for row in lost],
        )
        title = lost[0]["title"].rstrip(" …")
        if any(title in " ".join(row["text"].split()) for row in lost):
            self._store.conversations.rename(conversation, UNTITLED)
            # Answers elsewhere that were given other turns of it keep its title beside them.
            database.execute(
                "UPDATE answer_sources SET place = json_set(place, '$.source', ?)"
                " WHERE json_extract(place, '$.conversation') = ? AND turn_id IN (SELECT t.id"
                " FROM turns t JOIN conversations k ON k.id = t.conversation_id"
                " WHERE k.collection_id = ?)",
                (UNTITLED, lost[0]["conversation"], self._collection),
            )

    def _wipe(self) -> bool:
        """Leave nothing in the files; False where the log is still read by another process."""
        for name in self._store.collections():
            for kind in KINDS:
                table = words_table(self._store.collection(name), kind)
                self._database.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        try:
            self._store.empty_index()
        finally:  # a server that is away is told later; the file here is emptied at once
            emptied = self._database.rewrite()
        return emptied
