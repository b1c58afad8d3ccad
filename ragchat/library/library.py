"""An open library: ingest, search, recall, ask. The command line does its work through this."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Unpack

from ragchat.config_files import default_home
from ragchat.errors import UsageError
from ragchat.library import arguments
from ragchat.library.arguments import named_path, no_collection
from ragchat.library.models import Models
from ragchat.library.opening import open_store
from ragchat.settings import load

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.document import DocumentPassage, Hit, Passage
    from ingest.intake.report import Report
    from ingest.records.conversations import ConversationEntry
    from ingest.records.sources import Source
    from ingest.search.scope import Scope
    from ingest.store import Store
    from ragchat.answer.checked_answer import CheckedAnswer
    from ragchat.chat import ChatEvent
    from ragchat.library.chat_options import ChatOptions
    from ragchat.library.filters import Filters, MemoryFilters
    from ragchat.library.ingest_keywords import RunKeywords
    from ragchat.memory import Memory
    from ragchat.retrieval.retriever import Retrieval
    from ragchat.settings import Settings


class Library:
    """An open library of documents and past conversations.

    >>> with Library.open(home) as library:
    ...     report = library.ingest(docs)
    ...     best = library.search("how long is the pier?")[0]
    >>> report.added, best.source.endswith("pier.md"), 0 < best.score <= 1
    (1, True, True)

    Threads may share one: `search`, `recall`, `read`, `sources` and `conversations` at the same
    time; `ingest` and `ask` one after the other. Several processes may open one library. Nothing
    heavy is loaded before the first search (a quarter of a second).

    All methods raise IngestError or RagchatError; the message is one line for the user.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.models = Models(store, settings)

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        *,
        settings: Mapping[str, object] = MappingProxyType({}),
        on_wait: Callable[[str], None] = lambda line: None,
    ) -> Library:
        """Open the library in the folder `home`, which is made if it is missing.

        Without `home`, it is the one that the command line uses. Settings are read from its
        config.toml and the environment; `settings` overrides them: `{"collection": "work"}`.
        `on_wait` is called with a line when another process keeps this one waiting.

        Raises UsageError for a setting that does not exist, StoreError for a library that cannot
        be opened.
        """
        folder = named_path(home).expanduser().absolute() if home is not None else default_home()
        arguments.require_settings(settings)
        values = load(folder, os.environ, settings)
        return cls(open_store(folder, values, on_wait), values)

    def close(self) -> None:
        """Close the files; the library must not be used after that."""
        self.store.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def search(
        self, query: str, *, top_k: int | None = None, **filters: Unpack[Filters]
    ) -> list[Hit]:
        """Return the passages that answer a query, best first: at most `top_k`, often fewer.

        A hit has `.text`, `.source` (an absolute path, or a conversation's title), `.label` (path
        and lines, or day and title), `.score` (0 to 1, higher is nearer) and `.passage`. For
        `filters`, see `Filters`.

        Raises UsageError for an empty query and for a collection or conversation that does not
        exist.
        """
        return list(self.retrieve(query, self.scope(**filters), top_k=top_k).hits)

    def recall(
        self, query: str, *, top_k: int | None = None, **filters: Unpack[MemoryFilters]
    ) -> list[Hit]:
        """Search past conversations alone; otherwise as `search`."""
        return self.search(query, top_k=top_k, kinds=("memory",), **filters)

    def scope(self, **filters: Unpack[Filters]) -> Scope:
        """Return where to look; the errors are those of `search`."""
        from ragchat.library.filters import checked, scope_of

        given = checked(filters)
        return scope_of(self.store, self._existing(given.get("collections")), given)

    def retrieve(self, query: str, scope: Scope, *, top_k: int | None = None) -> Retrieval:
        """Search, and return all that is known of how the hits were ranked.

        Raises UsageError for an empty query.
        """
        from ragchat.retrieval.policy import ForReader

        arguments.require_query(query, top_k)
        retriever = self.models.retriever()
        read = retriever.read(query, now=datetime.now(UTC))
        return retriever.retrieve(read, scope, ForReader(top_k or self.settings.top_k))

    def language_notice(self) -> str | None:
        """Return what to know of the library's language: most of it may be in one that the
        embedding model hardly knows. None where there is nothing to know.
        """
        from ragchat.retrieval.belief import measured_gauges
        from ragchat.retrieval.language_notice import library_notice

        scope, gauges = self.scope(), measured_gauges(self.store, self.models.embedder())
        rows = [self.store.look_up(name) for name in scope.collections]
        return library_notice(self.store.catalogue.languages(rows, scope), gauges.belief)

    def read(
        self, passage: str, *, neighbours: int = 1, collections: Sequence[str] | None = None
    ) -> list[Passage]:
        """Return a passage, by its id, between its neighbours, in the order of the source.

        `neighbours` is how many are wanted on each side: chunks of the same document, exchanges of
        the same conversation. Nothing is shortened. Raises UsageError for an unknown id.
        """
        arguments.require_text("passage", passage)
        arguments.require_number("neighbours", neighbours, least=0)
        for name in self._existing(collections):
            row = self.store.look_up(name)
            found = self.store.passages.around(row, passage, neighbours)
            if found:
                return [*found]
        raise UsageError(f"there is no passage {passage!r}: `search` returns the ids of passages")

    def document(self, path: str | Path, collection: str | None = None) -> list[DocumentPassage]:
        """Return the passages of a file, in its order; none if it is not in the collection."""
        [name] = self._existing(None if collection is None else [collection])
        return self.store.passages.of_file(self.store.look_up(name), Path(path).absolute())

    def collections(self) -> list[str]:
        """Return the names of all collections."""
        return self.store.collections()

    def sources(self, collection: str | None = None) -> list[Source]:
        """Return the files of a collection, by path."""
        [name] = self._existing(None if collection is None else [collection])
        return self.store.documents.sources(self.store.look_up(name))

    def conversations(self, collection: str | None = None) -> list[ConversationEntry]:
        """Return the conversations of a collection, the latest first."""
        return self._memory(collection).entries()

    def conversation(self, wanted: str, collection: str | None = None) -> Conversation:
        """Return a conversation, with its exchanges, by its id or title. Raises UsageError."""
        from ragchat.library import choosing

        return choosing.conversation(self._memory(collection), wanted)

    # Writing

    def ingest(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        dry_run: bool = False,
        wipe: bool = True,
        documents: Mapping[str, bytes] | None = None,
        **options: Unpack[RunKeywords],
    ) -> Report:
        """Bring the library up to date with files and folders; unchanged files are not read.

        - `dry_run` writes nothing and reports what would happen.
        - `documents` are read beside the paths: bytes by a name as for a file, `notes.md`.
        - `wipe` then writes the library's files again if they still hold what was forgotten.
        - For `options` (`again`, `conversations`, `prune`, …), see `RunKeywords`.

        A file that cannot be read is in the report's `failed`, not an error. Raises ReadError for
        a path that does not exist, ModelError and StoreError.
        """
        from ingest.pipeline import Ingestion
        from ragchat.library.ingest_keywords import run_options

        listed = [paths] if isinstance(paths, (str, Path)) else paths
        run, collection = run_options(**options), self.settings.collection
        ingestion = Ingestion(self.store, self.models.embedder(), collection, run)
        wanted = [named_path(path).expanduser() for path in listed]
        if dry_run:
            return ingestion.plan(wanted, documents)
        report = ingestion.run(wanted, documents)
        if wipe and not report.stopped:
            self._wipe()
        return report

    def ask(
        self,
        question: str,
        options: ChatOptions | None = None,
        *,
        files: Iterable[str | Path] = (),
    ) -> CheckedAnswer:
        """Ask Claude, and return the answer, which is remembered.

        An answer has `.text`, `.sources`, `.cost_usd` (None for a model of unknown price) and
        `.exchange`; an incomplete one says so in `.answer.status`. `files` are text files that
        belong to this question.

        Raises CredentialsError without a key, ModelServiceError when nothing came, and
        CostLimitReached.
        """
        from ragchat.answer.checked_answer import CheckedAnswer

        *_, last = self.stream(question, options, files=files)
        if not isinstance(last, CheckedAnswer):
            raise TypeError("the events of an answer end with the answer")
        return last

    def stream(
        self,
        question: str,
        options: ChatOptions | None = None,
        *,
        files: Iterable[str | Path] = (),
    ) -> Generator[ChatEvent, None, None]:
        """Ask Claude, and yield what happens: the Request, each `Text` as it comes, and last the
        CheckedAnswer.

        Closing the generator early ends the answer; what came until then is remembered, marked as
        interrupted. Raises what `ask` raises.
        """
        from ragchat.library.chat_options import ChatOptions
        from ragchat.library.chats import Chats

        arguments.require_text("question", question)
        options = options or ChatOptions()
        chats = Chats(self.store, self.settings, options, self.models.retriever)
        yield from chats.stream(question, self._existing(None), [Path(file) for file in files])

    def _wipe(self) -> None:
        from ingest.maintenance.wiping import finish

        if self.store.owed() or self.store.sync.count_pending_deletions():
            finish(self.store, fully=True)

    def _memory(self, collection: str | None) -> Memory:
        from ragchat.memory import Memory

        [name] = self._existing(None if collection is None else [collection])
        return Memory(self.store, name)

    def _existing(self, names: Sequence[str] | None) -> tuple[str, ...]:
        """Return the names of collections. Raises UsageError for one that does not exist."""
        if names is None:
            return (self.settings.collection,)
        existing = self.store.collections()
        for name in names:
            if name not in existing and name != self.settings.collection:
                raise no_collection(name, existing)
        return tuple(names)
