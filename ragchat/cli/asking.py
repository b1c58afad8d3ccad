"""Everything that `ragchat ask` is built from, and its two ways: one question, or a talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ingest.candidates import Scope
from ragchat.chat import Chat, Limits
from ragchat.claude import Claude, citations_supported
from ragchat.cli.common import Common
from ragchat.cli.wiring import Loading, load_embedder, open_store
from ragchat.memory import Memory
from ragchat.quotes import Quote, quotes
from ragchat.retriever import Retriever
from ragchat.settings import Settings
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.document import Kind
    from ragchat.chat import Prepared


class Asking:
    """The objects of one `ragchat ask`, wired; slow libraries load behind it from the start."""

    def __init__(
        self,
        common: Common,
        settings: Settings,
        screen: Screen,
        *,
        kinds: tuple[Kind, ...],
        conversation: str | bool,
        save: bool,
    ) -> None:
        self.screen = screen
        self._settings = settings
        self._common = common
        self._store = open_store(common, screen)
        memory = Memory(self._store, settings.collection)
        names = self._store.collections() if common.everywhere else [settings.collection]
        self._scope = Scope(collections=tuple(names), kinds=kinds)
        self._claude = Claude(settings.model)
        self._loading = Loading(self._load, self._claude.preload)
        self.chat = Chat(
            self._claude,
            memory,
            self._loading.retriever if kinds else None,
            self._scope,
            _limits(settings),
            conversation=_resumed(memory, conversation),
            system=settings.system,
            style="native" if _native(settings) else "text",
            docs_only=kinds == ("document",),
            save=save,
        )
        self._save = save

    def __enter__(self) -> Asking:
        self._loading.start()
        return self

    def __exit__(self, *_: object) -> None:
        # What still loads uses the store; the process is about to end, and nothing is unwritten.
        if self._loading.done:
            self._store.close()

    def talk(self) -> int:
        """The interactive session. Gives the exit code."""
        from ragchat.terminal.session import LineEditor
        from ragchat.terminal.talk import Talk
        from ragchat.terminal.words import Words

        words = Words()
        editor = LineEditor(
            self._common.home / "history", words, save=self._save, status="loading …"
        )

        def loaded() -> None:
            editor.status = self._status()

        self._loading.then(loaded)
        Talk(
            self.chat,
            self.screen,
            editor,
            words,
            retriever=self._loading.retriever,
            scope=self._scope,
            top_k=self._settings.top_k,
            status=self._status,
        ).run()
        return 0

    def index(self) -> None:
        """Make what was said findable."""
        if self._save:
            self.chat.memory.index(self._loading.retriever().embedder)

    def request_body(self, prepared: Prepared, stop: Sequence[str]) -> dict[str, Any]:
        """The request as it would be sent."""
        return self._claude.request_body(
            prepared.prompt, max_tokens=self._settings.max_tokens, stop_sequences=stop
        )

    def quotes(self, question: str) -> list[Quote]:
        """The nearest sentences to a question, of what the library holds."""
        retriever = self._loading.retriever()
        found = retriever.retrieve(question, self._scope, top_k=self._settings.top_k)
        return quotes(found.passages, lambda texts: retriever.closeness(question, texts))

    def _load(self) -> Retriever:
        from ingest.turn_index import index_turns

        embedder = load_embedder(self._common, self._settings, self._store)
        # What an earlier process stored but could not index any more is indexed now.
        index_turns(self._store, embedder)
        self._store.refresh()
        return Retriever(self._store, embedder)

    def _status(self) -> str:
        row = self._store.collection(self._settings.collection)
        conversations, exchanges = self._store.conversations.count(row)
        files = len(self._store.records.sources(row))
        parts = (_counted(files, "file"), _counted(exchanges, "exchange"))
        where = _counted(conversations, "conversation")
        return f"{' · '.join(parts)} in {where} · {self._claude.model}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _native(settings: Settings) -> bool:
    if settings.citations == "auto":
        return citations_supported()
    return settings.citations == "native"


def _resumed(memory: Memory, conversation: str | bool) -> Conversation | None:
    if conversation is True:
        return memory.latest()
    return memory.conversation(conversation) if conversation else None


def _limits(settings: Settings) -> Limits:
    return Limits(
        top_k=settings.top_k,
        window_tokens=settings.window_tokens,
        context_tokens=settings.context_tokens,
        request_tokens=settings.request_tokens,
        max_tokens=settings.max_tokens,
    )
