"""Everything that `ragchat ask` is built from, and its two ways: one question, or a talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ingest.search.candidates import Scope
from ingest.text.amounts import counted
from ragchat.answer.extracts import Extract, extracts
from ragchat.chat import Chat
from ragchat.claude.capabilities import Effort, effort_notice
from ragchat.claude.catalog import known_model
from ragchat.claude.client import Claude
from ragchat.claude.endpoint import citations_supported
from ragchat.claude.spending_limit import Budget, SpendingLimit
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import PLAIN, Shape
from ragchat.cli.common import Common
from ragchat.cli.wiring import Loading, load_embedder, load_reranker, open_store
from ragchat.memory import Memory, UnsavedMemory
from ragchat.request.brought import Brought, QuestionLimit, piped, typed
from ragchat.request.composer import Composer, Limits
from ragchat.request.history import Strategy
from ragchat.request.summarizer import Summarizer
from ragchat.retrieval.policy import ForRequest
from ragchat.retrieval.retriever import Retriever
from ragchat.settings import Settings
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.document import Kind
    from ragchat.request.brought import Brought, QuestionLimit, piped, typed
from ragchat.request.composer import Request


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of one `ragchat ask` beyond the settings.

    `conversation` is the id of the one to go on with, True for the last, False for a new one;
    `as_of` the time after which nothing is known.
    """

    kinds: tuple[Kind, ...] = ("document", "memory")
    conversation: str | bool = False
    save: bool = True
    as_of: datetime | None = None
    max_cost: float | None = None
    shape: Shape = PLAIN


class Asking:
    """The objects of one `ragchat ask`, wired; slow libraries load behind it from the start."""

    def __init__(
        self, common: Common, settings: Settings, screen: Screen, options: Options
    ) -> None:
        self.screen = screen
        self._settings = settings
        self._common = common
        self._options = options
        self._store = open_store(common, screen)
        memory = (Memory if options.save else UnsavedMemory)(self._store, settings.collection)
        until = options.as_of.timestamp() if options.as_of else None
        names = tuple(common.collections(self._store))
        self._scope = Scope(collections=names, kinds=options.kinds, until=until)
        model = known_model(settings.model) if citations_supported() else None
        model = model or settings.model
        self._claude = self._client(ChatModel(model, memory.scale(model)))
        notice = effort_notice(model, self._claude.effort, own=self._claude.own)
        if notice:
            screen.note(notice)
        self._loading = Loading(self._load, self._claude.preload)
        self.chat = Chat(
            self._claude,
            memory,
            self._composer(),
            _limits(settings),
            conversation=_resumed(memory, options),
            summarizer=self._summarizer() if settings.history == "summary" else None,
            spending=SpendingLimit(options.max_cost, _budgets(settings, memory)),
        )

    def _composer(self) -> Composer:
        kinds, settings = self._options.kinds, self._settings
        native = _native(settings) and self._options.shape.schema is None
        return Composer(
            self._claude.model,
            self._loading.retriever if kinds else None,
            self._scope,
            system=settings.system,
            style="native" if native else "text",
            docs_only=kinds == ("document",),
            shape=self._options.shape,
        )

    def _client(self, model: ChatModel) -> Claude:
        timeout = float(self._settings.timeout) or None
        effort = cast("Effort", self._settings.effort)
        return Claude(model, effort=effort, timeout=timeout, max_retries=self._settings.retries)

    def _summarizer(self) -> Summarizer:
        model = ChatModel(self._settings.summary_model)
        return Summarizer(self._client(model), model.tokens)

    def __enter__(self) -> Asking:
        self._loading.start()
        return self

    def __exit__(self, *_: object) -> None:
        # What still loads uses the store; the process is about to end, and nothing is unwritten.
        if self._loading.done:
            self._store.close()

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """What the answer has to follow, if anything."""
        return self._options.shape.schema

    def talk(self) -> int:
        """The interactive session. Gives the exit code."""
        from ragchat.terminal.commands import Words
        from ragchat.terminal.line_editor import LineEditor
        from ragchat.terminal.repl import Talk

        words = Words()
        editor = LineEditor(
            self._common.home / "history", words, save=self._options.save, status="loading …"
        )

        def loaded() -> None:
            editor.status = self._status()

        self._loading.then(loaded)
        self.note_changed_sources()
        return Talk(
            self.chat,
            self.screen,
            editor,
            words,
            retriever=self._loading.retriever,
            scope=self._scope,
            top_k=self._settings.top_k,
            status=self._status,
        ).run()

    def note_changed_sources(self) -> None:
        """Say which sources of the conversation that goes on are no longer as they were."""
        changed, of = self.chat.memory.changed_sources(self.chat.conversation)
        if changed:
            named = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
            self.screen.note(f"{len(changed)} of {counted(of, 'source')} changed since: {named}")

    def index(self) -> None:
        """Make what was said findable."""
        self.chat.index(self._loading.retriever().embedder)

    def bring(
        self, question: str | None, files: Sequence[Path], stream: BinaryIO | None
    ) -> Brought:
        """The question with what belongs to it. Raises UsageError where there is none."""
        limit = QuestionLimit(self._settings.question_tokens, self._claude.model.tokens)
        brought = typed(question or "", Path.cwd(), limit, files)
        return brought if stream is None else piped(brought, stream, limit)

    def request_body(self, request: Request, stop: Sequence[str]) -> dict[str, Any]:
        """The request as it would be sent."""
        return self._claude.request_body(
            request.prompt, max_tokens=self._settings.max_tokens, stop_sequences=stop
        )

    def extracts(self, question: str) -> list[Extract]:
        """The nearest sentences to a question, of what the library holds."""
        retriever = self._loading.retriever()
        query = retriever.read(question)
        found = retriever.retrieve(query, self._scope, ForRequest(self._settings.top_k))
        return extracts(found.passages, lambda texts: retriever.similarity(query, texts))

    def _load(self) -> Retriever:
        from ingest.intake.exchange_index import index_turns

        embedder = load_embedder(self._common, self._settings, self._store)
        # What an earlier process stored but could not index any more is indexed now.
        index_turns(self._store, embedder)
        self._store.refresh()
        return Retriever(self._store, embedder, load_reranker(self._settings))

    def _status(self) -> str:
        row = self._store.look_up(self._settings.collection)
        conversations, exchanges = self._store.conversations.count(row)
        files = self._store.records.count_files(row)
        parts = (counted(files, "file"), counted(exchanges, "exchange"))
        where = counted(conversations, "conversation")
        return f"{' · '.join(parts)} in {where} · {self._claude.model.name}"


def _native(settings: Settings) -> bool:
    if settings.citations == "auto":
        return citations_supported()
    return settings.citations == "native"


def _resumed(memory: Memory, options: Options) -> Conversation | None:
    wanted = options.conversation
    if wanted is False:
        return None
    found = memory.latest() if wanted is True else memory.conversation(wanted)
    if options.as_of is None:
        return found
    then = tuple(each for each in found.exchanges if each.question.time < options.as_of)
    return replace(found, exchanges=then)


def _budgets(settings: Settings, memory: Memory) -> list[Budget]:
    """The spending limits of the settings; 0 is none."""

    def today() -> datetime:
        return datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)

    def first_of_month() -> datetime:
        return today().replace(day=1)

    day, month = settings.max_cost_day, settings.max_cost_month
    budgets = [
        Budget("max_cost_day", "day", day, lambda: memory.spent_since(today())),
        Budget("max_cost_month", "month", month, lambda: memory.spent_since(first_of_month())),
    ]
    return [budget for budget in budgets if budget.usd]


def _limits(settings: Settings) -> Limits:
    return Limits(
        top_k=settings.top_k,
        window_tokens=settings.window_tokens,
        context_tokens=settings.context_tokens,
        request_tokens=settings.request_tokens,
        max_tokens=settings.max_tokens,
        question_tokens=settings.question_tokens,
        history=cast("Strategy", settings.history),
        long_window_tokens=settings.long_window_tokens,
        full_tokens=settings.full_tokens,
        more_told=settings.more_told,
    )
