"""Past conversations from elsewhere, brought into memory: each message once, as it was last said.

A message is known by (origin, conversation, message id), since ids repeat across conversations. Of
several readings of a conversation the newest decides, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Turn
from ingest.intake.exchange_grouping import grouped, moves
from ingest.intake.report import Imported
from ingest.intake.retellings import forgotten_elsewhere, retold
from ingest.intake.sides import on_known_sides
from ingest.intake.unnamed_turns import with_known_ids
from ingest.records.ids import CollectionId, ConversationRow
from ingest.records.imports import State, StoredTurn
from ingest.records.public_ids import conversation_id
from ingest.records.tombstones import forgotten_message
from ingest.text.cleaning import mask, masked

if TYPE_CHECKING:
    from ingest.store import Store
    from ingest.transcripts import Transcript

_GLOBAL_ID = 32
"""Characters of ids that are never equal by chance: such a message elsewhere is a copy."""


@dataclass(frozen=True, slots=True)
class File:
    """The file that a transcript was read from, and when it was written."""

    path: Path
    written: datetime


def add_transcript(
    store: Store,
    collection: CollectionId,
    transcript: Transcript,
    file: File,
    *,
    again: bool = False,
) -> Imported:
    """Write new and changed messages. Forgotten ones stay forgotten, unless read `again`.

    Messages of a ragchat export are matched by content with those that are here already; those
    that were forgotten here count as one's own; all others belong to the other library. The caller
    opens the transaction.
    """
    done = Imported()
    if transcript.claimed:
        back, transcript = _own(store, collection, transcript)
        done += _Import(store, collection, back, file, again=again).run()
    done += _Import(store, collection, transcript, file, again=again).run()
    return done


def merge_transcript(
    store: Store, collection: CollectionId, transcript: Transcript, file: File
) -> Imported:
    """Write the new messages of a conversation from another library of the same user. The caller
    opens the transaction.
    """
    return _Import(store, collection, transcript, file, again=False, own=True).run()


def _own(
    store: Store, collection: CollectionId, transcript: Transcript
) -> tuple[Transcript, Transcript]:
    """Split a ragchat export: messages forgotten here, in the conversation that they were in; and
    messages that are new here.
    """
    claimed, key = transcript.claimed, transcript.key.removeprefix(f"{transcript.claimed}:")
    public = conversation_id(claimed, key)
    row = store.conversations.find_row(collection, public)
    said = {turn.key: turn.text for turn in store.imports.turns(row)} if row is not None else {}
    back, foreign = [], []
    for turn in transcript.messages:
        if store.tombstones.has(collection, forgotten_message(public, turn.id)):
            back.append(turn)
        elif said.get(turn.id) != masked(turn.text):
            foreign.append(turn)
    return (
        replace(transcript, origin=claimed, key=key, messages=tuple(back), claimed=""),
        replace(transcript, messages=tuple(foreign)),
    )


class _Import:
    """One transcript on its way into one collection."""

    def __init__(
        self,
        store: Store,
        collection: CollectionId,
        transcript: Transcript,
        file: File,
        *,
        again: bool,
        own: bool = False,
    ) -> None:
        self._is_own = own
        self._store = store
        self._imports = store.imports
        self._collection = collection
        self._transcript = transcript
        self._file = file
        self._again = again
        self._key = masked(transcript.key)
        self._public = conversation_id(transcript.origin, self._key)
        self._done = Imported()

    def run(self) -> Imported:
        """Write the transcript, and return the changes."""
        row = self._find_row()
        if row is None and self._transcript.of_file:
            self._key = retold(self._store, self._collection, self._transcript)
            self._public = conversation_id(self._transcript.origin, self._key)
            row = self._find_row()
        said = self._transcript.messages
        if row is None and not said:
            return self._done
        if row is None:
            row = self._new_row()
        known = self._imports.turns(row)
        said = on_known_sides(said, known)
        said = with_known_ids(said, self._transcript.unnamed, known)
        kept = self._without_forgotten(said)
        if not kept and not known:
            self._imports.drop_empty(row)
            return self._done
        state = self._imports.state(row)
        updated, written = self._transcript.updated.timestamp(), self._file.written.timestamp()
        newest = (updated, written) >= (state.updated, state.written)
        gone = self._abandoned(row, known) if newest else []
        kept = self._write(row, said, kept, known, newest=newest)
        self._imports.order(row, [turn.id for turn in kept], newest=newest)
        if newest:
            transcript = self._transcript
            self._imports.put_state(row, updated, written, transcript.project, transcript.branch)
            self._retitle(row, state, gone)
        self._imports.bring(self._collection, self._file.path, row, (turn.id for turn in kept))
        return self._done

    def _find_row(self) -> ConversationRow | None:
        return self._store.conversations.find_row(self._collection, self._public)

    def _new_row(self) -> ConversationRow:
        title, started = self._transcript.title, self._transcript.started
        return self._store.conversations.put(
            self._collection,
            Conversation(self._public, title, started, self._transcript.origin),
        )

    def _without_forgotten(self, said: Sequence[Turn]) -> list[Turn]:
        forgotten, collection = self._store.tombstones, self._collection
        tombstones = {turn.id: forgotten_message(self._public, turn.id) for turn in said}
        if self._again:
            forgotten.remove(collection, tombstones.values())
        gone = {id_ for id_, key in tombstones.items() if forgotten.has(collection, key)}
        if self._transcript.of_file and not self._again:
            gone |= forgotten_elsewhere(self._store, collection, self._transcript, said)
        self._done.forgotten += len(gone)
        return [turn for turn in said if turn.id not in gone]

    def _abandoned(self, row: ConversationRow, known: Sequence[StoredTurn]) -> list[StoredTurn]:
        """Remove messages that are now on abandoned branches or part of another message."""
        dropped, absorbed = self._transcript.dropped, self._transcript.absorbed
        gone = [turn for turn in known if not turn.here and turn.key in dropped]
        parts = [turn for turn in known if not turn.here and turn.key in absorbed]
        self._imports.remove(row, [*gone, *parts])
        self._imports.supersede(row, dropped, (turn.id for turn in self._transcript.messages))
        self._done.removed += len(gone)
        return gone

    def _write(
        self,
        row: ConversationRow,
        said: Sequence[Turn],
        kept: Sequence[Turn],
        known: Sequence[StoredTurn],
        *,
        newest: bool,
    ) -> list[Turn]:
        """Write new and changed messages; return the messages that are in the library now."""
        stored = {turn.key: turn for turn in known}
        superseded = set() if newest else self._imports.superseded(row)
        copied = self._copied(row, [turn for turn in kept if turn.id not in stored])
        exchanges = grouped(self._public, said)
        first = stored.get(said[0].id) if said and said[0].role == "assistant" else None
        if first and not self._transcript.dropped:  # what it answers was in an older file
            exchanges[first.key] = first.exchange
        written: list[Turn] = []
        for turn in kept:
            before = stored.get(turn.id)
            if before is None and (turn.id in superseded or turn.id in copied):
                continue
            written.append(turn)
            if before is None:
                imported = replace(turn, here=self._is_own and turn.here)
                self._store.conversations.add_turn(row, exchanges[turn.id], imported)
                self._done.masked.update(mask(turn.text).secrets)
                self._done.added += 1
            elif newest and not before.here:
                self._update(row, before, turn)
        kept_ids = {turn.id for turn in written}
        now = self._imports.turns(row)
        self._imports.move(moves(self._public, now, exchanges, kept_ids).items())
        return written

    def _update(self, row: ConversationRow, before: StoredTurn, turn: Turn) -> None:
        said = (masked(turn.text), turn.speaker, turn.role)
        if said != (before.text, before.speaker, before.role):
            self._done.changed += 1
            self._done.masked.update(mask(turn.text).secrets)
            self._imports.replace(before, turn)
            self._imports.unindex_following(row, [before.row])
        elif (turn.assistant, turn.model, bool(turn.narration)) != (
            before.assistant,
            before.model,
            bool(before.narration),
        ):
            self._imports.replace(before, turn)

    def _copied(self, row: ConversationRow, new: Sequence[Turn]) -> set[str]:
        """The ids of messages that another conversation of the same tool has word for word: it was
        branched from that one, or that one from it.
        """
        ids = {turn.id: masked(turn.text) for turn in new if len(turn.id) >= _GLOBAL_ID}
        origin = self._transcript.origin
        elsewhere = self._imports.said_elsewhere(self._collection, origin, row, ids)
        return {id_ for id_, text in elsewhere.items() if ids[id_] == text}

    def _retitle(self, row: ConversationRow, state: State, gone: Sequence[StoredTurn]) -> None:
        """Take over a title that was given, and one made of words that are still said."""
        title = masked(self._transcript.title)
        if state.renamed or title == state.title or not title:
            return
        old = state.title.rstrip(" …")
        taken_back = any(" ".join(turn.text.split()).startswith(old) for turn in gone)
        if self._transcript.titled or taken_back:
            self._store.conversations.rename(row, title, for_good=False)
            self._store.owe_at_once()
