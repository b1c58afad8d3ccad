"""Memory: exchanges remembered word for word, and found again in any later conversation."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Exchange, Turn
from ingest.intake.exchange_index import index_turns
from ingest.records.conversations import Listed, exchange_id
from ingest.text.cleaning import masked, masked_turn
from ragchat.claude.tokens import Scale
from ragchat.errors import UsageError
from ragchat.request.attachment import ATTACHED
from ragchat.request.history import Summary, sendable

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

TITLE_CHARACTERS = 60
_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"


def new_conversation(now: datetime) -> Conversation:
    """An empty conversation under a new id, which is stored with its first exchange."""
    return Conversation(
        id="".join(secrets.choice(_ALPHABET) for _ in range(8)), title="", started=now
    )


def title_of(question: str) -> str:
    """A title without a model: the first question, cut at a word."""
    text = " ".join(question.split())
    if len(text) <= TITLE_CHARACTERS:
        return text
    return text[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + " …"


class Memory:
    """The conversations of one collection, which is made with the first of them."""

    def __init__(self, store: Store, collection: str) -> None:
        self._store = store
        self._name = collection
        store.look_up(collection)  # refuses what cannot be a name before anything is asked

    @property
    def _collection(self) -> int:
        """Its row by now: another process may have made it."""
        return self._store.look_up(self._name)

    def remember(
        self, conversation: Conversation, question: Turn, answer: Turn
    ) -> tuple[Conversation, Exchange]:
        """Commit an exchange; it is on disk when this returns, and found once `index` has run.

        What is given back is what is stored: without the secrets that were said.
        """
        conversation, exchange = _with_exchange(conversation, question, answer)
        with self._store.transaction():
            collection = self._store.collection(self._name)
            self._store.conversations.put(collection, conversation)
            self._store.conversations.add(collection, exchange)
        return _extended(conversation, exchange), exchange

    def index(self, embedder: Embedder) -> None:
        """Make everything that was remembered findable."""
        index_turns(self._store, embedder)
        self._store.look_for_unreachable()

    def rename(self, known_as: str, title: str) -> Conversation:
        """Give a conversation another title. Raises UsageError as `conversation` does."""
        found, title = self.conversation(known_as), masked(title)
        with self._store.transaction():
            row = self._store.conversations.row(self._collection, found.id)
            self._store.conversations.rename(row, title)
        return replace(found, title=title)

    def exchange_place(self, prefix: str) -> tuple[Conversation, str]:
        """The conversation that holds the one exchange whose id begins like this, and its id.

        Raises UsageError when none, or more than one, begins like this.
        """
        places = self._store.conversations.places(self._collection, prefix) if prefix else []
        if len(places) != 1:
            problem = "several exchanges begin with" if places else "there is no exchange"
            raise UsageError(f"{problem} {prefix!r}: `ragchat recall --json` shows their ids")
        return self.conversation(places[0][0]), places[0][1]

    # What sending has taught

    def summary(self, conversation: Conversation) -> Summary | None:
        """The running summary of a conversation, if one was written."""
        if not conversation.exchanges:
            return None
        row = self._store.conversations.row(self._collection, conversation.id)
        kept = self._store.summaries.find(row)
        said = _sendable_ids(conversation)
        if kept is None or kept[1] not in said:
            return None
        return Summary(kept[0], said.index(kept[1]) + 1)

    def keep_summary(self, conversation: Conversation, kept: Summary) -> None:
        """Keep it for the turns to come."""
        last = _sendable_ids(conversation)[kept.covers - 1]
        with self._store.transaction():
            row = self._store.conversations.row(self._collection, conversation.id)
            self._store.summaries.put(row, kept.text, last)

    def scale(self, model: str) -> Scale:
        """How the estimate of tokens is to be corrected for a model."""
        stored = self._store.facts.token_scale(model)
        return Scale(*stored) if stored else Scale()

    def keep_scale(self, model: str, scale: Scale) -> None:
        """Keep what the last usage has taught."""
        self._store.facts.put_token_scale(model, scale.factor, scale.seen)

    def spend(self, now: datetime, model: str, usd: float, full_history_usd: float) -> None:
        """Count what a request has cost towards its month."""
        self._store.spending.add(now, model, usd, full_history_usd)

    def spent_since(self, time: datetime) -> float:
        """US dollars that requests have cost since a time."""
        return self._store.spending.since(time)

    def changed_sources(self, conversation: Conversation) -> tuple[list[str], int]:
        """Which document sources of a conversation's answers are no longer as they were then,
        and of how many.
        """
        refs = {
            (ref.id, ref.hash): ref.source
            for exchange in conversation.exchanges
            for ref in exchange.answer.sources
            if ref.kind == "document" and ref.cited and not ref.id.startswith(ATTACHED)
        }
        texts = self._store.records.texts(self._collection, {key for key, _ in refs})
        changed = {
            source
            for (key, was), source in refs.items()
            if hashlib.sha256(texts.get(key, "").encode()).hexdigest() != was
        }
        return sorted(changed), len(set(refs.values()))

    def summaries(self) -> list[Listed]:
        """All conversations, the last spoken first."""
        return self._store.conversations.summaries(self._collection)

    def latest(self) -> Conversation:
        """The conversation that was spoken in last, here: an imported one only if it went on here.
        Raises UsageError when there is none.
        """
        last = self._store.conversations.latest(self._collection)
        if last is None:
            raise UsageError("there is no conversation to continue yet: remove --continue")
        return self.conversation(last)

    def conversation(self, known_as: str) -> Conversation:
        """A conversation by its id or the beginning of it.

        Raises UsageError when none, or more than one, begins like this.
        """
        whole = whole_id(self._store, [self._collection], known_as)
        found = self._store.conversations.conversation(self._collection, whole)
        if found is None:  # another process has forgotten it since
            raise _not_one(known_as, [])
        return found


class UnsavedMemory(Memory):
    """Memory that can be read and resumed, and keeps nothing of what is said: `--no-save`."""

    def remember(
        self, conversation: Conversation, question: Turn, answer: Turn
    ) -> tuple[Conversation, Exchange]:
        """Take an exchange into the conversation alone, without the secrets that were said."""
        conversation, exchange = _with_exchange(conversation, question, answer)
        return _extended(conversation, exchange), exchange

    def index(self, embedder: Embedder) -> None:
        """Nothing was stored, so there is nothing to index."""

    def keep_summary(self, conversation: Conversation, kept: Summary) -> None:
        """Summaries live as long as the session."""

    def keep_scale(self, model: str, scale: Scale) -> None:
        """So does what usage has taught."""

    def spend(self, time: datetime, model: str, usd: float, full_history_usd: float) -> None:
        """What was paid counts towards the limits of this process alone."""


def _with_exchange(
    conversation: Conversation, question: Turn, answer: Turn
) -> tuple[Conversation, Exchange]:
    """The conversation, titled if this begins it, and the exchange without secrets."""
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
    return [exchange.id for exchange in conversation.exchanges if sendable(exchange)]


def _extended(conversation: Conversation, exchange: Exchange) -> Conversation:
    return replace(conversation, exchanges=(*conversation.exchanges, exchange))


def whole_id(store: Store, collections: Iterable[int], prefix: str) -> str:
    """The id of the one conversation in these collections that it is, or that begins like this.

    Raises UsageError when none, or more than one, begins like this.
    """
    ids = {id_ for row in collections for id_ in store.conversations.find(row, prefix)}
    if prefix in ids:
        return prefix
    if len(ids) != 1:
        raise _not_one(prefix, ids)
    return ids.pop()


def now_utc() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def _not_one(prefix: str, ids: Collection[str]) -> UsageError:
    problem = "several conversations begin with" if ids else "there is no conversation"
    return UsageError(f"{problem} {prefix!r}: `ragchat conversations list` shows them")
