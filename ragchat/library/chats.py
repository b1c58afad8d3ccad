"""Chats with Claude about one library, made from its settings."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ingest.search.scope import Scope
from ragchat.chat import Chat, ChatEvent
from ragchat.claude.capabilities import Effort
from ragchat.claude.catalog import model_of_settings
from ragchat.claude.client import Claude
from ragchat.claude.endpoint import is_anthropic
from ragchat.claude.spending_limit import SpendingLimit
from ragchat.claude.tokens import ChatModel
from ragchat.errors import RagchatError, UsageError
from ragchat.library import choosing
from ragchat.library.chat_options import ChatOptions
from ragchat.library.from_settings import budgets, limits, native_citations
from ragchat.memory import Memory, UnsavedMemory
from ragchat.request.composer import Composer
from ragchat.request.prompt import Instructions
from ragchat.request.summarizer import Summarizer
from ragchat.request.user_message import QuestionLimit, typed

if TYPE_CHECKING:
    from ingest.store import Store
    from ragchat.retrieval.retriever import Retriever
    from ragchat.settings import Settings


class Chats:
    """Makes the chats of one process: they share a connection, a model and a spending limit.

    `retriever` is called when the first passage is needed.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        options: ChatOptions,
        retriever: Callable[[], Retriever],
    ) -> None:
        self._store = store
        self._settings = settings
        self._options = options
        self._retriever = retriever
        memory = self._memory(settings.collection)
        self._spending = SpendingLimit(
            options.max_cost,
            budgets(settings, memory.spent_since),
            record=memory.spend if options.save else None,
        )
        model = model_of_settings(settings.model, is_anthropic=is_anthropic())
        self.claude = self._client(ChatModel(model, memory.scale(model)))

    def scope(self, collections: Sequence[str]) -> Scope:
        """Return where passages are looked for."""
        within, as_of = self._options.within or Scope(), self._options.as_of
        until = as_of.timestamp() if as_of else within.until
        kinds, tags = self._options.kinds, self._options.tags or within.tags
        return replace(within, collections=tuple(collections), kinds=kinds, until=until, tags=tags)

    def chat(self, collections: Sequence[str], wanted: str | bool) -> Chat:
        """Return a chat that remembers in the first of these collections and reads them all.

        `wanted` is the conversation to continue, as in `ChatOptions`. Raises UsageError where it
        does not exist.
        """
        memory = self._memory(collections[0])
        summarizer = self._summarizer() if self._settings.history == "summary" else None
        return Chat(
            self.claude,
            memory,
            self._composer(self.scope(collections)),
            limits(self._settings),
            conversation=choosing.resumed(memory, wanted, self._options.as_of),
            summarizer=summarizer,
            spending=self._spending,
        )

    def stream(
        self, question: str, collections: Sequence[str], files: Sequence[Path] = ()
    ) -> Generator[ChatEvent, None, None]:
        """Ask one question in the conversation of the options, and yield what happens.

        Closing the generator early ends the answer as Ctrl-C does: what came is kept.
        """
        if not question.strip():
            raise UsageError("the question is empty: write what to ask")
        chat = self.chat(collections, self._options.conversation)
        limit = QuestionLimit(self._settings.question_tokens, chat.model.tokens)
        events = chat.ask(typed(question, None, limit, files))
        try:
            yield from _kept_when_closed(events)
        finally:
            self.claude.close()
            if self._options.save and chat.last is not None:
                chat.index(self._retriever().embedder)

    def _memory(self, collection: str) -> Memory:
        return (Memory if self._options.save else UnsavedMemory)(self._store, collection)

    def _composer(self, scope: Scope) -> Composer:
        kinds, settings = self._options.kinds, self._settings
        native = native_citations(settings) and self._options.shape.schema is None
        return Composer(
            self.claude.model,
            self._retriever if kinds else None,
            scope,
            Instructions(
                settings.system, "native" if native else "text", docs_only=kinds == ("document",)
            ),
            shape=self._options.shape,
        )

    def _client(self, model: ChatModel) -> Claude:
        timeout = float(self._settings.timeout) or None
        effort = cast("Effort", self._settings.effort)
        return Claude(model, effort=effort, timeout=timeout, max_retries=self._settings.retries)

    def _summarizer(self) -> Summarizer:
        return Summarizer(self._client(ChatModel(self._settings.summary_model)), self._spending)


def _kept_when_closed(events: Generator[ChatEvent, None, None]) -> Generator[ChatEvent, None, None]:
    try:
        for event in events:  # noqa: UP028 - `yield from` would close them, too
            yield event
    except GeneratorExit:
        with suppress(KeyboardInterrupt, RagchatError, StopIteration):
            events.throw(KeyboardInterrupt())
            for _ in events:
                pass
        raise
