"""The objects of one `ragchat ask`, for a single question or an interactive session."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from ingest.text.amounts import counted, listed
from ragchat.claude.capabilities import Effort, effort_notice
from ragchat.claude.catalog import model_of_settings
from ragchat.claude.endpoint import is_anthropic
from ragchat.cli.common import Common
from ragchat.cli.loading import Loading
from ragchat.cli.narrowing import without_documents
from ragchat.cli.wiring import open_library
from ragchat.errors import UsageError
from ragchat.settings import Settings
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.search.scope import Scope
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.chat import Chat
    from ragchat.cli.offline import OfflineAnswer
    from ragchat.library.chat_options import ChatOptions
    from ragchat.library.chats import Chats
    from ragchat.request.composer import Request
    from ragchat.request.user_message import QuestionLimit, UserMessage
    from ragchat.retrieval.retriever import Retriever

MOST_NAMED = 3
"""Sources that have changed and are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is: the collections that are read, of which the first is written to, and
    what their documents are narrowed to.
    """

    collections: tuple[str, ...]
    globs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def collection(self) -> str:
        """The collection in use."""
        return self.collections[0]


class Session:
    """The objects of one `ragchat ask`.

    Only what the prompt needs is imported and made at once. The chat, and with it most modules, is
    made at its first use: by the thread that loads the model, behind the prompt.
    """

    def __init__(
        self, common: Common, settings: Settings, screen: Screen, options: ChatOptions
    ) -> None:
        self.screen = screen
        self._settings = settings
        self._common = common
        self._options = options
        anthropic = is_anthropic()
        model = model_of_settings(settings.model, is_anthropic=anthropic)
        notice = effort_notice(model, cast("Effort", settings.effort), is_anthropic=anthropic)
        if notice:
            screen.note(notice)
        self._making = threading.RLock()
        self._made: Chats | None = None
        self._chat: Chat | None = None
        self._wanted: str | bool = options.conversation
        self._loading = Loading(self._load, self._preload)
        self._library = open_library(common, screen, settings)
        self._store = self._library.store
        try:
            self._place = Place(self._collections(settings.collection))
        except BaseException:
            self._library.close()
            raise

    @property
    def _chats(self) -> Chats:
        from ragchat.library.chats import Chats

        with self._making:
            if self._made is None:
                self._made = Chats(self._store, self._settings, self._options, self.retriever)
            return self._made

    @property
    def chat(self) -> Chat:
        """The chat in the collection in use."""
        with self._making:
            if self._chat is None:
                self._chat = self._chats.chat(self._place.collections, self._wanted)
            return self._chat

    @property
    def scope(self) -> Scope:
        """Where passages are looked for."""
        return self._within(self._place.globs, self._place.tags)

    def _within(self, globs: tuple[str, ...], tags: tuple[str, ...]) -> Scope:
        from ragchat.library.filters import in_documents

        return in_documents(self._chats.scope(self._place.collections), globs, tags=tags)

    def _load(self) -> Retriever:
        """Load what answers a question, in a thread behind the prompt."""
        _ = self.chat
        retriever = self._library.models.retriever()
        retriever.embedder.preload()
        return retriever

    def _preload(self) -> None:
        self._chats.claude.preload()

    def _collections(self, own: str) -> tuple[str, ...]:
        """Return the names of the collections to read, the one that is to be used first."""
        existing = self._store.collections()
        if own == self._settings.collection:
            if self._options.save:
                self._common.new_collection(self._store)
            else:
                self._common.collections(self._store)
        elif own not in existing:
            self.screen.note(f"{own!r} is a new collection; the library has {', '.join(existing)}")
        others = existing if self._common.everywhere else []
        return (own, *(name for name in others if name != own))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that is still loading uses the store; the process ends, with nothing unwritten.
        if not self._loading.runs:
            if self._made is not None:
                self._made.claude.close()
            self._store.close()

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema of the answer, if it has one."""
        return self._options.shape.schema

    def retriever(self) -> Retriever:
        """Return the retriever, once it is loaded."""
        return self._loading.retriever()

    def note_changed_sources(self) -> None:
        """Say which sources of the continued conversation have changed since."""
        changed, of = self.chat.memory.changed_sources(self.chat.conversation)
        if changed:
            named = listed(changed, MOST_NAMED)
            self.screen.note(f"{len(changed)} of {counted(of, 'source')} changed since: {named}")

    def require_documents(self) -> None:
        """Raise UsageError if the options leave no document to search, before anything is paid."""
        within = self._options.within
        if within is None:
            return
        within = replace(within, collections=self._place.collections)
        if problem := without_documents(self._store, within):
            raise UsageError(problem)

    def sources_command(self, answered: CheckedAnswer) -> str:
        """Return the command that shows all sources of an answer, if it was stored."""
        key = answered.exchange.conversation
        return f"`ragchat conversations show {key}`" if self._options.save else ""

    def index(self) -> None:
        """Index the exchange, so that it can be recalled."""
        self.chat.index(self._loading.retriever().embedder)

    @property
    def _question_limit(self) -> QuestionLimit:
        from ragchat.request.user_message import QuestionLimit

        return QuestionLimit(self._settings.question_tokens, self._chats.claude.model.tokens)

    def bring(
        self,
        question: str | None,
        files: Sequence[Path],
        stream: BinaryIO | None,
        *,
        whole: bool = False,
    ) -> UserMessage:
        """Return the question with what belongs to it, of which `whole` sends all. Raises
        UsageError where there is none.
        """
        from ragchat.cli.piped import announce, waiting_for_pipe
        from ragchat.request.attachment import missing_files
        from ragchat.request.user_message import piped, typed

        self._loading.start()
        limit = self._question_limit
        message = typed(question or "", Path.cwd(), limit, files, whole=whole)
        for name in missing_files(question or "", Path.cwd()):
            self.screen.note(f"@{name} is not a file here, and is sent as text")
        if stream is None:
            return message
        with waiting_for_pipe(self.screen):
            with_pipe = piped(message, stream, limit)
        announce(self.screen, message, with_pipe)
        return with_pipe

    def request_body(self, request: Request, stop: Sequence[str]) -> dict[str, Any]:
        """Return the request as it would be sent."""
        return self._chats.claude.request_body(
            request.prompt, max_tokens=self._settings.max_tokens, stop_sequences=stop
        )

    def offline(self, question: str) -> OfflineAnswer:
        """Return what answers a question without a model."""
        from ragchat.cli.offline import offline_answer

        top_k = self._settings.top_k
        return offline_answer(self._loading.retriever(), self.scope, top_k, question)
