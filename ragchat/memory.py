"""Memory: exchanges remembered word for word, and found again in any later conversation."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Exchange, Turn
from ingest.conversations import Summary, exchange_id
from ingest.turn_index import index_turns
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from ingest.models import Embedder
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
    """The conversations of one collection."""

    def __init__(self, store: Store, collection: str) -> None:
        self._store = store
        self._collection = store.collection(collection)

    def remember(
        self, conversation: Conversation, question: Turn, answer: Turn
    ) -> tuple[Conversation, Exchange]:
        """Commit an exchange; it is on disk when this returns, and found once `index` has run."""
        if not conversation.exchanges and not conversation.title:
            conversation = replace(conversation, title=title_of(question.text))
        exchange = Exchange(
            id=exchange_id(conversation.id, question.id),
            conversation=conversation.id,
            question=question,
            answer=answer,
        )
        with self._store.database.transaction():
            self._store.conversations.put(self._collection, conversation)
            self._store.conversations.add(self._collection, exchange)
        return replace(conversation, exchanges=(*conversation.exchanges, exchange)), exchange

    def index(self, embedder: Embedder) -> None:
        """Make everything that was remembered findable."""
        index_turns(self._store, embedder)

    def summaries(self) -> list[Summary]:
        """All conversations, the last spoken first."""
        return self._store.conversations.summaries(self._collection)

    def latest(self) -> Conversation:
        """The conversation that was spoken in last. Raises UsageError when there is none."""
        summaries = self.summaries()
        if not summaries:
            raise UsageError("there is no conversation to continue yet: leave --continue away")
        return self.conversation(summaries[0].id)

    def conversation(self, known_as: str) -> Conversation:
        """A conversation by its id or the beginning of it.

        Raises UsageError when none, or more than one, begins like this.
        """
        ids = self._store.conversations.find(self._collection, known_as)
        found = (
            self._store.conversations.conversation(self._collection, ids[0])
            if len(ids) == 1
            else None
        )
        if found is None:
            problem = "several conversations begin with" if ids else "there is no conversation"
            raise UsageError(f"{problem} {known_as}: `ragchat conversations list` shows them")
        return found


def now_utc() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(timezone.utc)
