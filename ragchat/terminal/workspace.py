"""What the parts of a session ask of the library and the conversation that it works with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.records.conversations import ConversationEntry
    from ingest.search.scope import Scope
    from ragchat.chat import Chat
    from ragchat.request.user_message import UserMessage
    from ragchat.retrieval.retriever import Retriever
    from ragchat.terminal.greeting import Holdings
    from ragchat.terminal.parts import LinePart


class Current(Protocol):
    """What the session works with now; `/collection` changes it."""

    @property
    def chat(self) -> Chat:
        """The conversation."""

    @property
    def scope(self) -> Scope:
        """Where to search."""

    @property
    def top_k(self) -> int:
        """How many hits to show."""

    def retriever(self) -> Retriever:
        """Return the retriever, once it is loaded."""


class Completable(Protocol):
    """What there is to complete from."""

    @property
    def chat(self) -> Chat:
        """The conversation."""

    def collections(self) -> Sequence[str]:
        """Return the names of all collections."""

    def conversations(self) -> Sequence[ConversationEntry]:
        """Return the past conversations of the collection, the latest first."""


class Workspace(Current, Completable, Protocol):
    """The library and the conversation of a session."""

    def status(self) -> Sequence[LinePart]:
        """Return the line under the prompt."""

    def holdings(self) -> Holdings:
        """Return how much the collection holds."""

    @property
    def narrowed(self) -> str:
        """The paths and tags that the documents are narrowed to; empty for all of them."""

    def use_collection(self, name: str) -> None:
        """Go on in another collection, with a new conversation."""

    def narrow(self, globs: tuple[str, ...] | None, tags: tuple[str, ...] | None) -> int:
        """Search only documents of these paths, or with all of these tags, from now on; an empty
        tuple lifts that, None leaves it. Returns how many there are; with none nothing changes.
        """

    def find_conversation(self, wanted: str) -> Conversation:
        """Return a conversation by its id or title. Raises UsageError."""

    def attach(self, question: str) -> UserMessage:
        """Return a typed line with the files and pastes that belong to it."""

    def forget(self, exchange: str, *, ask: bool) -> bool:
        """Forget an exchange for good, after asking. Returns whether it did."""
