"""Forgetting: gone from the records, the full-text index, the vector index, the files on disk, and
from later imports.

The wiping that is owed is recorded with the deletion (`records/owed.py`): if it is stopped after
that, the next command that opens the library finishes it (`wiping.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.conversation import UNNAMED
from ingest.errors import StoreError
from ingest.maintenance.wiping import wipe_index, wipe_records
from ingest.records.deletion import ChosenTurn, Reference
from ingest.records.ids import CollectionId, ConversationRow, DocumentId, TurnId
from ingest.records.owed import Owed, Phrase
from ingest.records.public_ids import OWN, split_id
from ingest.records.tombstones import forgotten_content, forgotten_message, forgotten_words

if TYPE_CHECKING:
    from ingest.store import Store

Questions = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quoting:
    """An exchange whose answer quotes something that was forgotten."""

    exchange: str
    conversation: str
    question: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The result of forgetting.

    - `owed`: the wiping that is still to be done.
    - `problem`: why it could not be done, "" where only the size of the library delays it.
    - `waiting`: the number of records that a Chroma server still holds.
    """

    exchanges: int
    conversations: int
    sources: int
    quoting: tuple[Quoting, ...]
    owed: Owed
    problem: str = ""
    waiting: int = 0

    @property
    def in_use(self) -> bool:
        """Whether another process reads the library, so that its log could not be emptied."""
        return "words" in self.owed.what and not self.problem


@dataclass(slots=True)
class Choice:
    """The turns and the paths of sources to forget."""

    turns: dict[TurnId, ChosenTurn] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)

    @property
    def exchanges(self) -> set[str]:
        """The ids of its exchanges."""
        return {turn.exchange for turn in self.turns.values()}

    @property
    def conversations(self) -> dict[str, str]:
        """The titles of the conversations that its turns are in, by id."""
        return {turn.conversation: turn.title for turn in self.turns.values()}

    @property
    def since(self) -> float | None:
        """When the first of its turns was said; None where an earlier backup may hold it, too: with
        files, of which it may hold other versions, and with imports, which came in at any time.
        """
        turns = self.turns.values()
        own = all(split_id(turn.conversation)[0] == OWN for turn in turns)
        return min(turn.time for turn in turns) if turns and own and not self.paths else None

    @property
    def questions(self) -> Questions:
        """The texts that a user may have typed."""
        return tuple(turn.text for turn in self.turns.values() if turn.role == "user")


class Forgetting:
    """Forgets in one collection. Nothing happens before `run`; `committed` says that it did."""

    def __init__(self, store: Store, collection: CollectionId) -> None:
        self._store = store
        self._collection = collection
        self._rows = store.deletion(collection)
        self.choice = Choice()
        self.committed = False

    def choose_exchanges(self, ids: Iterable[str]) -> None:
        """Choose exchanges."""
        self._choose(self._rows.of_exchanges(ids))

    def choose_conversation(self, public_id: str) -> None:
        """Choose a whole conversation."""
        self._choose(self._rows.of_conversation(public_id))

    def choose_before(self, time: datetime) -> None:
        """Choose every exchange whose question was asked before a time."""
        self.choose_exchanges(self._rows.before(time))

    def choose_sources(self, paths: Sequence[Path]) -> None:
        """Choose files, with the documents that only they point to."""
        self.choice.paths += paths

    def choose_answers(self) -> int:
        """Choose the exchanges whose answers quote what is chosen, and those that quote them.

        Returns how many exchanges that adds.
        """
        before = len(self.choice.exchanges)
        while quoting := self.quoting():
            self.choose_exchanges(found.exchange for found in quoting)
        return len(self.choice.exchanges) - before

    def count_chunks(self) -> int:
        """Count the chunks that go with the selected files; those shared with other files stay."""
        return len(self._chunks())

    def quoting(self) -> list[Quoting]:
        """Return the other exchanges whose answers quote what is chosen."""
        own = self.choice.exchanges
        found = (
            Quoting(reference.exchange, reference.conversation, reference.question)
            for reference in self._references()
            if reference.cited and reference.exchange not in own
        )
        return list(dict.fromkeys(found))

    def twins(self) -> list[str]:
        """Return the other exchanges with the same words."""
        return self._rows.twins(self.choice.exchanges)

    def run(
        self,
        *,
        with_answers: bool,
        index: Callable[[], object],
        forget_typed: Callable[[Questions], bool] = lambda questions: True,
        fully: bool = False,
    ) -> Forgotten:
        """Forget what is chosen; `with_answers`, the answers that quote it, too.

        `index` indexes again what stays and was indexed under a forgotten title. `forget_typed`
        removes questions from the line editor's history, before anything else, and returns whether
        it could. With `fully`, wiping takes as long as it takes, and raises StoreError where it
        cannot be done.
        """
        if with_answers:
            self.choose_answers()
        quoting = self.quoting()
        # No other process opens the library in between, which would finish this work.
        with self._store.exclusive():
            typed = forget_typed(self.choice.questions)
            gone = self._commit(typed=typed)
            problem = self._wipe(index, fully=fully)
        owed, waiting = self._store.owed(), self._store.sync.count_pending_deletions()
        return Forgotten(
            exchanges=len(self.choice.exchanges),
            conversations=gone,
            sources=len(self.choice.paths),
            quoting=tuple(quoting),
            owed=owed,
            problem=problem,
            waiting=waiting,
        )

    def _commit(self, *, typed: bool) -> int:
        """Delete, and record the wiping owed; return how many conversations were deleted."""
        phrases = [] if typed else [Phrase.of(text) for text in self.choice.questions]
        with self._store.transaction():
            references = self._references()
            self._keep_from_returning()
            self._store.owe(("words", "file", "index"), phrases)
            gone = self._delete(references)
        self.committed = True
        return gone

    def _wipe(self, index: Callable[[], object], *, fully: bool) -> str:
        """Wipe the files, the local ones first; return the problem, "" if there was none."""
        try:
            wipe_records(self._store, fully=fully)
            index()
            wipe_index(self._store, fully=fully)
        except StoreError as error:
            if fully:
                raise
            return str(error)
        return ""

    def _choose(self, turns: Iterable[ChosenTurn]) -> None:
        self.choice.turns.update({turn.id: turn for turn in turns})

    def _references(self) -> list[Reference]:
        passages = self.choice.exchanges | self._chunks()
        return self._rows.references(passages, self.choice.paths)

    def _chunks(self) -> set[str]:
        """The ids of the chunks of the documents that only chosen files point to."""
        return self._rows.chunk_keys(self._orphans())

    def _orphans(self) -> dict[DocumentId, str]:
        return self._rows.documents_only_in(set(self.choice.paths))

    def _keep_from_returning(self) -> None:
        contents = [forgotten_content(content) for content in self._orphans().values()]
        messages = [
            forgotten_message(turn.conversation, turn.key) for turn in self.choice.turns.values()
        ]
        # Of a message that has no id where it comes from, the key is made of its words.
        messages += [
            forgotten_words(turn.conversation.partition(":")[0], turn.key)
            for turn in self.choice.turns.values()
            if turn.key.startswith(UNNAMED)
        ]
        self._store.tombstones.add(self._collection, [*contents, *messages])

    def _delete(self, references: Iterable[Reference]) -> int:
        self._rows.make_anonymous(references)
        self._rows.delete_turns(self.choice.turns)
        lost: dict[ConversationRow, list[ChosenTurn]] = {}
        for turn in self.choice.turns.values():
            lost.setdefault(turn.row, []).append(turn)
        gone = sum(self._rows.tidy(row, turns) for row, turns in lost.items())
        self._store.documents.remove_sources(self._collection, self.choice.paths)
        self._store.documents.drop_orphans(self._collection)
        self._store.vectors.drop_unused()
        return gone
