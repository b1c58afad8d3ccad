"""The objects of one `ragchat ask`, for a single question or an interactive session."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ingest.text.amounts import counted
from ragchat.claude.capabilities import Effort, effort_notice
from ragchat.claude.catalog import model_of_settings
from ragchat.claude.endpoint import citations_supported, credentials_missing
from ragchat.cli.common import Common
from ragchat.cli.wiring import Loading, open_library
from ragchat.settings import Settings
from ragchat.terminal.greeting import Holdings, greet
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.records.conversations import Listed
    from ingest.search.candidates import Scope
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.chat import Chat
    from ragchat.cli.offline import OfflineAnswer
    from ragchat.library.chat_options import ChatOptions
    from ragchat.library.chats import Chats
    from ragchat.request.brought import Brought, QuestionLimit
    from ragchat.request.composer import Request
    from ragchat.retrieval.retriever import Retriever

LONG_LINE = 20_000
"""Characters of a question from which on reading it takes so long that it is said."""


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
        self._library = open_library(common, screen, settings)
        self._store = self._library.store
        self._name = settings.collection
        own = citations_supported()
        model = model_of_settings(settings.model, own=own)
        notice = effort_notice(model, cast("Effort", settings.effort), own=own)
        if notice:
            screen.note(notice)
        self._making = threading.RLock()
        self._made: Chats | None = None
        self._chat: Chat | None = None
        self._wanted: str | bool = options.conversation
        self._names = self._collections()
        self._globs: tuple[str, ...] = ()
        self._interactive = False
        self._loading = Loading(self._load, self._preload)

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
                self._chat = self._chats.chat(self._names, self._wanted)
            return self._chat

    @property
    def scope(self) -> Scope:
        """Where passages are looked for."""
        from ragchat.cli.narrowing import in_documents

        scope = self._chats.scope(self._names)
        return in_documents(scope, self._globs) if self._globs else scope

    def _load(self) -> Retriever:
        _ = self.chat
        retriever = self._library.models.retriever()
        retriever.embedder.preload()
        if self._interactive:  # a single question about a small library does without the index
            self._store.refresh()
        return retriever

    def _preload(self) -> None:
        self._chats.claude.preload()

    def _collections(self) -> tuple[str, ...]:
        """Return the names of the collections to read, the one in use first."""
        own, existing = self._name, self._store.collections()
        if self._name == self._settings.collection:
            if self._options.save:
                self._common.new_collection(self._store)
            else:
                self._common.collections(self._store)
        elif own not in existing:
            self.screen.note(f"{own!r} is a new collection; the library has {', '.join(existing)}")
        others = existing if self._common.everywhere else []
        return (own, *(name for name in others if name != own))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        # A thread that is still loading uses the store; the process ends, with nothing unwritten.
        if self._loading.done:
            self._store.close()

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema of the answer, if it has one."""
        return self._options.shape.schema

    def interact(self) -> int:
        """Run the interactive session. Return the exit code."""
        self._interactive = True
        with self.screen.quiet():  # keys typed before the first prompt are kept for it
            return self._interact()

    def _interact(self) -> int:
        from ragchat.terminal.commands import CommandSet
        from ragchat.terminal.line_editor import LineEditor
        from ragchat.terminal.repl import Repl

        commands = CommandSet()
        repl: Repl | None = None
        editor = LineEditor(
            self._common.home / "history",
            commands,
            save=self._options.save,
            status="loading …",
            complete=lambda command, start: repl.complete(command, start) if repl else (),
            shown=self._loading.start,
        )

        def loaded() -> None:
            editor.status = self.status()

        self._loading.then(loaded)
        missing = credentials_missing(os.environ)
        continued = self.chat.conversation if self._wanted is not False else None
        greet(self.screen, self._holdings(), continued, key_missing=missing)
        if continued is not None:
            self.note_changed_sources()
        repl = Repl(self, self.screen, editor, commands)
        return repl.run()

    # What the interactive session works with

    @property
    def top_k(self) -> int:
        """How many hits `/search` shows."""
        return self._settings.top_k

    def retriever(self) -> Retriever:
        """Return the retriever, once it is loaded."""
        return self._loading.retriever()

    def status(self) -> str:
        """Return the line under the prompt."""
        globs = f" · in {' '.join(self._globs)}" if self._globs else ""
        return f"{self._holdings()}{globs} · {self._chats.claude.model.name}"

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return self._store.collections()

    def look_in(self, globs: tuple[str, ...]) -> None:
        """Look into the documents of these paths alone from now on; with none, everywhere."""
        self._globs = globs
        self.chat.look_in(self.scope)

    def use_collection(self, name: str) -> None:
        """Go on in another collection, with a new conversation."""
        self._store.look_up(name)
        self._name = name
        with self._making:
            self._names, self._chat, self._wanted = self._collections(), None, False

    def conversations(self) -> list[Listed]:
        """Return the past conversations of the collection, the latest first."""
        return self.chat.memory.summaries()

    def find_conversation(self, wanted: str) -> Conversation:
        """Return a conversation by its id or title. Raises UsageError."""
        from ragchat.library import choosing

        return choosing.conversation(self.chat.memory, wanted)

    def forget(self, exchange: str, *, ask: bool) -> bool:
        """Forget an exchange for good, after asking. Returns whether it did."""
        from ragchat.cli.forgetting import forget_exchange

        conversation, whole = self.chat.memory.exchange_place(exchange)
        where = self._common, self._store, self.screen
        if not forget_exchange(*where, whole, collection=self._name, ask=ask):
            return False
        own = self.chat.conversation
        if own.id == conversation.id:
            left = tuple(exchange for exchange in own.exchanges if exchange.id != whole)
            self.chat.resume(replace(own, exchanges=left))
        return True

    def _holdings(self) -> Holdings:
        row = self._store.look_up(self._name)
        conversations, exchanges = self._store.conversations.count(row)
        files = self._store.records.count_files(row)
        return Holdings(self._name, files, exchanges, conversations)

    def note_changed_sources(self) -> None:
        """Say which sources of the continued conversation have changed since."""
        changed, of = self.chat.memory.changed_sources(self.chat.conversation)
        if changed:
            named = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
            self.screen.note(f"{len(changed)} of {counted(of, 'source')} changed since: {named}")

    def sources_command(self, answered: CheckedAnswer) -> str:
        """Return the command that shows all sources of an answer, if it was stored."""
        key = answered.exchange.conversation
        return f"`ragchat conversations show {key}`" if self._options.save else ""

    def index(self) -> None:
        """Index the exchange, so that it can be recalled."""
        self.chat.index(self._loading.retriever().embedder)

    @property
    def _question_limit(self) -> QuestionLimit:
        from ragchat.request.brought import QuestionLimit

        return QuestionLimit(self._settings.question_tokens, self._chats.claude.model.tokens)

    def bring(
        self, question: str | None, files: Sequence[Path], stream: BinaryIO | None
    ) -> Brought:
        """Return the question with what belongs to it. Raises UsageError where there is none."""
        from ragchat.cli.piped import announce, waiting_for_pipe
        from ragchat.request.brought import piped, typed

        self._loading.start()
        limit = self._question_limit
        brought = typed(question or "", Path.cwd(), limit, files)
        if stream is None:
            return brought
        with waiting_for_pipe(self.screen):
            whole = piped(brought, stream, limit)
        announce(self.screen, brought, whole)
        return whole

    def attach(self, question: str) -> Brought:
        """Return a line typed in the session with the files and pastes that belong to it."""
        if len(question) < LONG_LINE:
            brought = self.bring(question, (), None)
        else:
            with self.screen.status("reading the pasted text …"):
                brought = self.bring(question, (), None)
        for attached in brought.attachments:
            self.screen.note(f"attached: {attached.label}")
        if not all(self._question_limit.fits(attached.text) for attached in brought.attachments):
            self.screen.line("the best parts and the end are sent; /whole sends all of it")
        return brought

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
