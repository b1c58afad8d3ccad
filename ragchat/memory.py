"""Memory: exchanges stored word for word, and found in any later conversation."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Exchange, Turn
from ingest.intake.exchange_index import index_turns
from ingest.records.conversations import ConversationEntry
from ingest.records.ids import CollectionId
from ingest.records.public_ids import exchange_id
from ingest.text.cleaning import masked, masked_turn
from ragchat.claude.tokens import Scale
from ragchat.errors import UsageError
from ragchat.request.attachment import ATTACHED
from ragchat.request.history import Summary, sendable_exchanges

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

TITLE_CHARACTERS = 60
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"


def new_conversation(now: datetime) -> Conversation:
    """Return an empty conversation with a new id; it is stored with its first exchange."""
    return Conversation(
        id="".join(secrets.choice(_ALPHABET) for _ in range(8)), title="", started=now
    )


def title_of(question: str) -> str:
    """Return a title without asking a model: the first question, cut at a word, without the notes
    on what was attached to it.
    """
    text = " ".join(question.partition("\n\n[attached: ")[0].split())
    if len(text) <= TITLE_CHARACTERS:
        return text
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"


class Memory:
    """The conversations of one collection, which is created with the first of them."""

    def __init__(self, store: Store, collection: str) -> None:
        self._store = store
        self._name = collection
        self._unsaved: set[str] = set()  # exchanges that are in no file
        self._compared: Conversation | None = None  # with what is stored, at this count
        self._gone = 0
        store.look_up(collection)  # refuses what cannot be a name before anything is asked

    @property
    def _collection(self) -> CollectionId:
        """The row of the collection, looked up each time: another process may have created it."""
        return self._store.look_up(self._name)

    def remember(
        self, conversation: Conversation, question: Turn, answer: Turn
    ) -> tuple[Conversation, Exchange]:
        """Store an exchange and return it as it is stored, with its secrets masked. It is on disk
        when this returns, and found once `index` has run.
        """
        with self._store.transaction():
            collection = self._store.collection(self._name)
            conversation = self.held(conversation)
            conversation, exchange = _with_exchange(conversation, question, answer)
            self._store.conversations.put(collection, conversation)
            self._store.conversations.add(collection, exchange)
        return self._extended(conversation, exchange), exchange

    def held(self, conversation: Conversation) -> Conversation:
        """Return a conversation without what another process has forgotten of it since, which must
        be neither sent nor stored again; where nothing is left, a new conversation. What is stored
        is read again only after something was forgotten: a turn is to cost the same at any length.
        """
        gone = self._store.facts.exchanges_gone  # before the rows: what goes meanwhile is seen next
        if conversation is not self._compared or gone != self._gone:
            self._compared, self._gone = self._without_forgotten(conversation), gone
        return self._compared

    def _without_forgotten(self, conversation: Conversation) -> Conversation:
        title, stored = self._store.conversations.held(self._collection, conversation.id)
        kept = stored | self._unsaved
        left = tuple(exchange for exchange in conversation.exchanges if exchange.id in kept)
        if len(left) == len(conversation.exchanges):
            return conversation
        if not left:
            return new_conversation(now_utc())
        return replace(conversation, exchanges=left, title=title)

    def _extended(self, conversation: Conversation, exchange: Exchange) -> Conversation:
        """Return the conversation that `held` returned, with an exchange that was just said."""
        self._compared = replace(conversation, exchanges=(*conversation.exchanges, exchange))
        return self._compared

    def index(self, embedder: Embedder) -> None:
        """Index every exchange that is not indexed yet."""
        index_turns(self._store, embedder)
        self._store.sync.look_for_unreachable()

    def rename(self, id_prefix: str, title: str) -> Conversation:
        """Rename a conversation; the wiping of its old title is owed. Raises UsageError as
        `conversation` does.
        """
        found, title = self.conversation(id_prefix), masked(title)
        with self._store.transaction():
            row = self._store.conversations.row(self._collection, found.id)
            self._store.conversations.rename(row, title)
            self._store.conversations.rename_in_sources(self._collection, found.id, title)
            self._store.owe(("words",))  # the old title may have held a secret
            self._store.owe_at_once()
        return replace(found, title=title)

    def exchange_place(self, prefix: str) -> tuple[Conversation, str]:
        """Return the conversation and the id of the only exchange whose id has this prefix.

        Raises UsageError if none has it, or more than one.
        """
        places = self._store.conversations.places(self._collection, prefix) if prefix else []
        if len(places) != 1:
            problem = "several exchanges begin with" if places else "there is no exchange"
            raise UsageError(f"{problem} {prefix!r}: `ragchat recall` shows the ids")
        return self.conversation(places[0][0]), places[0][1]

    # What earlier requests have shown

    def summary(self, conversation: Conversation) -> Summary | None:
        """Return the running summary of a conversation, if one was written."""
        kept = self._kept_summary(conversation)
        ids = _sendable_ids(conversation)
        if kept is None or kept[1] not in ids:
            return None
        text, last = kept
        return Summary(text, ids.index(last) + 1)

    def _kept_summary(self, conversation: Conversation) -> tuple[str, str] | None:
        """Return a summary and the id of the last exchange that it covers."""
        row = self._store.conversations.find_row(self._collection, conversation.id)
        return self._store.summaries.find(row) if row is not None else None

    def keep_summary(self, conversation: Conversation, summary: Summary) -> None:
        """Store the summary for later turns."""
        last = _sendable_ids(conversation)[summary.covers - 1]
        with self._store.transaction():
            row = self._store.conversations.row(self._collection, conversation.id)
            self._store.summaries.put(row, summary.text, last)

    def scale(self, model: str) -> Scale:
        """Return the correction of estimated tokens for a model."""
        stored = self._store.facts.token_scale(model)
        return Scale(*stored) if stored else Scale()

    def keep_scale(self, model: str, scale: Scale) -> None:
        """Store the correction."""
        self._store.facts.put_token_scale(model, scale.factor, scale.seen)

    def spend(self, model: str, usd: float, full_history_usd: float) -> None:
        """Count the cost of a request towards this month."""
        self._store.spending.add(now_utc(), model, usd, full_history_usd)

    def spent_since(self, time: datetime) -> float:
        """Return the US dollars that requests have cost since a time."""
        return self._store.spending.since(time)

    def changed_sources(self, conversation: Conversation) -> tuple[list[str], int]:
        """Return the document sources of a conversation's answers that have changed since, and the
        number of all.
        """
        refs = {
            (ref.id, ref.hash): ref.source
            for exchange in conversation.exchanges
            for ref in exchange.answer.sources
            if ref.kind == "document" and ref.cited and not ref.id.startswith(ATTACHED)
        }
        texts = self._store.chunks.shown_texts(self._collection, {key for key, _ in refs})
        changed = {
            source
            for (key, was), source in refs.items()
            if hashlib.sha256(texts.get(key, "").encode()).hexdigest() != was
        }
        return sorted(changed), len(set(refs.values()))

    def entries(self) -> list[ConversationEntry]:
        """Return all conversations, the latest first."""
        return self._store.conversations.entries(self._collection)

    def latest(self) -> Conversation:
        """Return the latest conversation: an imported one only if it was continued here. Raises
        UsageError if there is none.
        """
        last = self._store.conversations.latest(self._collection)
        if last is None:
            raise UsageError("there is no conversation to continue yet: remove --continue")
        return self.conversation(last)

    def conversation(self, id_prefix: str) -> Conversation:
        """Return a conversation by its id or a prefix of it.

        Raises UsageError if none has the prefix, or more than one.
        """
        found_id = full_id(self._store, [self._collection], id_prefix)
        found = self._store.conversations.conversation(self._collection, found_id)
        if found is None:  # another process has forgotten it since
            raise _not_one(id_prefix, [])
        return found


class UnsavedMemory(Memory):
    """Memory that can be read and resumed but stores nothing: `--no-save`."""

    def __init__(self, store: Store, collection: str) -> None:
        super().__init__(store, collection)
        self._summaries: dict[str, tuple[str, str]] = {}

    def remember(
        self, conversation: Conversation, question: Turn, answer: Turn
    ) -> tuple[Conversation, Exchange]:
        """Append an exchange to the conversation alone, with its secrets masked."""
        conversation, exchange = _with_exchange(self.held(conversation), question, answer)
        self._unsaved.add(exchange.id)
        return self._extended(conversation, exchange), exchange

    def index(self, embedder: Embedder) -> None:
        """Do nothing: nothing was stored."""

    def keep_summary(self, conversation: Conversation, summary: Summary) -> None:
        """Keep the summary for as long as the session lasts."""
        last = _sendable_ids(conversation)[summary.covers - 1]
        self._summaries[conversation.id] = summary.text, last

    def _kept_summary(self, conversation: Conversation) -> tuple[str, str] | None:
        return self._summaries.get(conversation.id) or super()._kept_summary(conversation)

    def keep_scale(self, model: str, scale: Scale) -> None:
        """Do nothing: a correction lasts as long as the session."""


def _with_exchange(
    conversation: Conversation, question: Turn, answer: Turn
) -> tuple[Conversation, Exchange]:
    """Return the conversation, titled if this begins it, and the exchange without secrets."""
    question, answer = masked_turn(question), masked_turn(answer)
    if not conversation.exchanges and not conversation.title:
        conversation = replace(conversation, title=title_of(question.text))
    return conversation, Exchange(
        id=exchange_id(conversation.id, question.id),
        conversation=conversation.id,
        question=question,
        answer=answer,
    )


def _sendable_ids(conversation: Conversation) -> list[str]:
    return [exchange.id for exchange in sendable_exchanges(conversation.exchanges)]


def full_id(store: Store, collections: Iterable[CollectionId], prefix: str) -> str:
    """Return the id of the only conversation in these collections with this id or prefix.

    Raises UsageError if none has it, or more than one.
    """
    ids = {id_ for row in collections for id_ in store.conversations.find(row, prefix)}
    if prefix in ids:
        return prefix
    if len(ids) != 1:
        raise _not_one(prefix, ids)
    return ids.pop()


def now_utc() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def _not_one(prefix: str, ids: Collection[str]) -> UsageError:
    problem = "several conversations begin with" if ids else "there is no conversation"
    return UsageError(f"{problem} {prefix!r}: `ragchat conversations list` shows them")
