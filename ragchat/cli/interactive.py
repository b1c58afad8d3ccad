"""The interactive session of `ragchat ask`: what its commands show and change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ragchat.claude.endpoint import credentials_missing
from ragchat.cli.narrowing import without_documents
from ragchat.cli.session import Place, Session
from ragchat.errors import SESSION, UsageError
from ragchat.terminal.greeting import Holdings, greet
from ragchat.terminal.parts import LinePart
from ragchat.terminal.screen import PREPARING
from ragchat.terminal.sources import seen_from

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.records.conversations import ConversationEntry
    from ingest.search.scope import Scope
    from ragchat.cli.common import Common
    from ragchat.library.chat_options import ChatOptions
    from ragchat.request.user_message import UserMessage
    from ragchat.retrieval.retriever import Retriever
    from ragchat.settings import Settings
    from ragchat.terminal.screen import Screen

LONG_LINE = 20_000
"""Characters of a question from which on reading it takes so long that it is said."""


class InteractiveSession(Session):
    """A session at a terminal, which can change its collection, conversation and documents."""

    def __init__(
        self, common: Common, settings: Settings, screen: Screen, options: ChatOptions
    ) -> None:
        screen.surface = SESSION
        super().__init__(common, settings, screen, options)

    def interact(self, early: Sequence[str] = ()) -> int:
        """Run the interactive session, which begins with the lines that were typed early. Return
        the exit code.
        """
        from ragchat.terminal.line_editor import LineEditor
        from ragchat.terminal.repl import Repl

        repl: Repl | None = None
        editor = LineEditor(
            self._common.home / "history",
            save=self._options.save,
            status=[LinePart("loading …")],
            complete=lambda command, start: repl.complete(command, start) if repl else (),
            shown=self._loading.start,
        )
        editor.read_first(early)

        def loaded() -> None:
            editor.status = self.status()

        @contextmanager
        def preparing() -> Iterator[None]:
            editor.status = [LinePart(PREPARING)]
            with self.screen.preparing():
                yield

        self._library.models.preparing = preparing
        self._loading.then(loaded)
        missing = credentials_missing(os.environ)
        continued = self.chat.conversation if self._wanted is not False else None
        greet(self.screen, self.holdings(), continued, key_missing=missing)
        if continued is not None:
            self.note_changed_sources()
        repl = Repl(self, self.screen, editor)
        try:
            return repl.run()
        finally:
            editor.leave()

    def _load(self) -> Retriever:
        retriever = super()._load()
        self._store.sync.refresh()  # a single question about a small library does without the index
        return retriever

    # What the commands work with

    @property
    def top_k(self) -> int:
        """How many hits `/search` shows."""
        return self._settings.top_k

    def status(self) -> Sequence[LinePart]:
        """Return the line under the prompt."""
        files, said = self.holdings().parts
        narrowed = [LinePart(f"only {self.narrowed}", 3)] if self.narrowed else []
        return [
            LinePart(files, 2),
            LinePart(said, 1),
            *narrowed,
            LinePart(self._chats.claude.model.name, 4),
        ]

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return self._store.collections()

    @property
    def narrowed(self) -> str:
        """The paths and tags that the documents are narrowed to; empty for all of them."""
        place = self._place
        return " ".join([*place.globs, *(f"#{tag.lstrip('#')}" for tag in place.tags)])

    def narrow(self, globs: tuple[str, ...] | None, tags: tuple[str, ...] | None) -> int:
        """Search only documents of these paths, or with all of these tags, from now on; an empty
        tuple lifts that, None leaves it. Returns how many there are; with none nothing changes.
        """
        globs = self._place.globs if globs is None else globs
        tags = self._place.tags if tags is None else tags
        scope = self._within(globs, tags)
        rows = map(self._store.look_up, self._place.collections)
        narrowed = scope.sql_filter("document")
        found = sum(self._store.passages.count_documents(row, narrowed) for row in rows)
        if found or not (globs or tags):
            self._place = replace(self._place, globs=globs, tags=tags)
            self.chat.look_in(self.scope)
        return found

    def begin_within(self, narrowed: Scope) -> None:
        """Begin within documents of some paths and tags. Raises UsageError if there are none."""
        self.require_documents()
        globs, tags = narrowed.documents.globs, narrowed.tags
        if (globs or tags) and not self.narrow(globs, tags):
            narrowed = replace(narrowed, collections=self._place.collections)
            raise UsageError(without_documents(self._store, narrowed))

    def use_collection(self, name: str) -> None:
        """Go on in another collection, with all of its documents and a new conversation."""
        self._store.look_up(name)
        with self._making:
            self._place = Place(self._collections(name))
            self._chat, self._wanted = None, False

    def conversations(self) -> list[ConversationEntry]:
        """Return the past conversations of the collection, the latest first."""
        return self.chat.memory.entries()

    def find_conversation(self, wanted: str) -> Conversation:
        """Return a conversation by its id or title. Raises UsageError."""
        from ragchat.library import choosing

        return choosing.conversation(self.chat.memory, wanted)

    def forget(self, exchange: str, *, ask: bool) -> bool:
        """Forget an exchange for good, after asking. Returns whether it did."""
        from ragchat.cli.forgetting import forget_exchange

        if not self._options.save and self._take_back(exchange):
            self.screen.say("took back 1 exchange, which was not stored")
            return True
        _, full_id = self.chat.memory.exchange_place(exchange)
        is_forgotten = forget_exchange(
            self._common,
            self._store,
            self.screen,
            full_id,
            collection=self._place.collection,
            ask=ask,
        )
        if not is_forgotten:
            return False
        self._take_back(full_id)
        return True

    def _take_back(self, exchange: str) -> bool:
        """Remove an exchange from the conversation at hand, if it is in it. Returns whether it was.

        The title may have been its question: of what is left it is as the library now has it.
        """
        own = self.chat.conversation
        left = tuple(one for one in own.exchanges if one.id != exchange)
        if len(left) == len(own.exchanges):
            return False
        stored = left and self._options.save
        title = self.chat.memory.conversation(own.id).title if stored else ""
        self.chat.resume(replace(own, exchanges=left, title=title))
        return True

    def holdings(self) -> Holdings:
        """Return how much the collection holds."""
        row = self._store.look_up(self._place.collection)
        conversations, exchanges = self._store.conversations.count(row)
        files = self._store.documents.count_files(row)
        return Holdings(self._place.collection, files, exchanges, conversations)

    def attach(self, question: str) -> UserMessage:
        """Return a line typed in the session with the files and pastes that belong to it."""
        if len(question) < LONG_LINE:
            message = self.bring(question, (), None)
        else:
            with self.screen.status("reading the pasted text …"):
                message = self.bring(question, (), None)
        for attached in message.attachments:
            self.screen.note(f"attached: {seen_from(Path.cwd(), attached.label)}")
        if not all(self._question_limit.fits(attached.text) for attached in message.attachments):
            self.screen.line("the best parts and the end are sent; /whole sends all of it")
        return message
