"""What the tools and resources read, from a library that is opened at the first call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.errors import InvalidName, StoreBusy, StoreError
from ingest.text.amounts import counted
from ragchat.errors import UsageError
from ragchat.library.arguments import no_collection
from ragchat.library.choosing import fits
from ragchat.library.filters import is_empty, unmatched
from ragchat.library.library import Library
from ragchat.mcp.facts import NO_FACTS, FactsText, library_facts_text
from ragchat.mcp.fencing import DATA, fenced, passage_fields
from ragchat.request.safety import safe_name

if TYPE_CHECKING:
    from ingest.document import Kind
    from ingest.records.conversations import ConversationEntry
    from ingest.records.sources import Source
    from ingest.search.scope import Scope
    from ragchat.library.filters import Filters
    from ragchat.query.query import Query

T = TypeVar("T")

MOST_TOKENS = 4_000
"""Tokens of a result, unless the client asks for more or less."""
WHOLE_TOKENS = 20_000
"""Tokens of a resource, which the user chose to attach."""
EMPTY = (
    "The library is empty. The user can fill it with `ragchat ingest FOLDER`; conversations in"
    " ragchat are added as they happen."
)


class LibraryReader:
    """Reads one library for any number of clients and threads.

    `kinds` is what may be read; `everywhere` allows all collections, else the one of the settings.
    Errors are those of `Library`.
    """

    def __init__(
        self, open_library: Callable[[], Library], kinds: Sequence[Kind], *, everywhere: bool
    ) -> None:
        self._open = open_library
        self.kinds = tuple(kinds)
        self._everywhere = everywhere
        self._lock = threading.Lock()
        self._library: Library | None = None

    def close(self) -> None:
        """Close the library if it was opened."""
        with self._lock:
            if self._library is not None:
                self._library.close()
            self._library = None

    # Tools: from arguments that follow their schema to a text

    def search(self, arguments: Mapping[str, Any]) -> str:
        """Return the passages that answer a query."""
        chooses_documents = any(arguments.get(name) for name in ("in", "type", "tag"))
        wanted = arguments.get("kinds") or self.kinds
        if chooses_documents and "document" not in wanted:
            raise UsageError("in, type and tag choose documents: leave them out")
        kinds = [kind for kind in self.kinds if kind in wanted]
        if not kinds:
            raise UsageError(f"this server reads {' and '.join(self.kinds)} only")
        return self._run(lambda library: self._found(library, arguments, kinds))

    def recall(self, arguments: Mapping[str, Any]) -> str:
        """Return the exchanges of past conversations that answer a query."""
        return self.search({**arguments, "kinds": ["memory"]})

    def read(self, arguments: Mapping[str, Any]) -> str:
        """Return a passage between its neighbours."""

        def read(library: Library) -> str:
            passages = library.read(
                arguments["id"].strip(),
                neighbours=arguments.get("neighbours", 1),
                collections=self._collections(library, arguments),
            )
            if passages[0].kind not in self.kinds:
                raise UsageError(f"this server reads {' and '.join(self.kinds)} only")
            items = [passage_fields(passage) for passage in passages]
            return self._text(library, items, arguments, "passages")

        return self._run(read)

    def list_sources(self, arguments: Mapping[str, Any]) -> str:
        """Return the files whose path holds a text, or matches a pattern with * and ?."""

        def listed(library: Library) -> str:
            pattern = arguments.get("pattern", "")
            named = [
                (collection, source)
                for collection in self._collections(library, arguments)
                for source in self._sources(library, collection)
                if fits(pattern, str(source.path), source.path.name)
            ]
            if not named:
                return f"No source matches {pattern!r}." if pattern else EMPTY
            offset = arguments.get("offset", 0)
            items = [
                {
                    "path": safe_name(str(source.path)),
                    "title": safe_name(source.title),
                    "chunks": source.chunks,
                    **({"collection": collection} if self._everywhere else {}),
                }
                for collection, source in named[offset:]
            ]
            return self._text(library, items, arguments, "sources")

        return self._run(listed)

    # Resources

    def sources(self) -> list[tuple[str, Source]]:
        """Return all files, each with its collection."""
        return self._run(
            lambda library: [
                (collection, source)
                for collection in self._collections(library, {})
                for source in self._sources(library, collection)
            ]
        )

    def conversations(self) -> list[tuple[str, ConversationEntry]]:
        """Return all conversations, each with its collection, the latest first."""
        if "memory" not in self.kinds:
            return []
        return self._run(
            lambda library: [
                (collection, listed)
                for collection in self._collections(library, {})
                for listed in library.conversations(collection)
            ]
        )

    def source_text(self, collection: str, path: str) -> str:
        """Return a file as it was read, cleaned and fenced."""

        def text(library: Library) -> str:
            self._collections(library, {"collection": collection})
            passages = library.document(path, collection) if "document" in self.kinds else []
            if not passages:
                raise UsageError(f"{path} is not in the library: list the resources again")
            items = [passage_fields(passage) for passage in passages]
            return self._text(library, items, {"max_tokens": WHOLE_TOKENS}, "passages")

        return self._run(text)

    def conversation_text(self, collection: str, key: str) -> str:
        """Return a conversation, cleaned and fenced."""

        def text(library: Library) -> str:
            self._collections(library, {"collection": collection})
            if "memory" not in self.kinds:
                raise UsageError("this server does not read conversations")
            found = library.conversation(key, collection)
            if not found.exchanges:
                return "The conversation is empty."
            around = len(found.exchanges)
            passages = library.read(
                found.exchanges[0].id, neighbours=around, collections=[collection]
            )
            items = [passage_fields(passage) for passage in passages]
            return self._text(library, items, {"max_tokens": WHOLE_TOKENS}, "exchanges")

        return self._run(text)

    # One library, opened when it is needed

    def _run(self, read: Callable[[Library], T]) -> T:
        """Read from the library; if it was replaced while it was open, open it again once."""
        library = self._opened()
        try:
            return read(library)
        except (StoreBusy, InvalidName):
            raise
        except StoreError:
            self._forget(library)
            return read(self._opened())

    def _forget(self, library: Library) -> None:
        with self._lock:
            if self._library is library:
                self._library = None
                with suppress(StoreError):
                    library.close()

    def _opened(self) -> Library:
        with self._lock:
            if self._library is None:
                self._library = self._open()
            return self._library

    def _collections(self, library: Library, arguments: Mapping[str, Any]) -> list[str]:
        own = library.settings.collection
        allowed = library.collections() if self._everywhere else [own]
        wanted = arguments.get("collection")
        if wanted is None:
            return allowed or [own]
        if wanted not in allowed:
            raise no_collection(wanted, allowed)
        return [wanted]

    def _sources(self, library: Library, collection: str) -> list[Source]:
        return library.sources(collection) if "document" in self.kinds else []

    def _found(self, library: Library, arguments: Mapping[str, Any], kinds: list[Kind]) -> str:
        filters: Filters = {
            "kinds": kinds,
            "collections": self._collections(library, arguments),
            "since": _time(arguments, "since"),
            "until": _time(arguments, "until"),
            "conversation": arguments.get("conversation"),
            "paths": arguments.get("in", ()),
            "types": arguments.get("type", ()),
            "tags": arguments.get("tag", ()),
        }
        scope = library.scope(**filters)
        found = library.retrieve(arguments["query"], scope, top_k=arguments.get("top_k"))
        most = arguments.get("max_tokens", MOST_TOKENS)
        facts = library_facts_text(library, found.query, scope, _counting(library), most)
        items = [passage_fields(passage) for passage in facts.passages]
        if not items and not facts.alone:
            items = [passage_fields(hit.passage, hit.score) for hit in found.hits]
        if not items and not facts.text:
            return _nothing(library, found.query, scope)
        return self._text(library, items, arguments, "passages", facts)

    def _text(
        self,
        library: Library,
        items: list[dict[str, Any]],
        arguments: Mapping[str, Any],
        name: str,
        facts: FactsText = NO_FACTS,
    ) -> str:
        most = arguments.get("max_tokens", MOST_TOKENS)
        lines, left = fenced(items, _counting(library), most - facts.tokens)
        if left:
            more = counted(left, name.removesuffix("s"))
            lines.append(f"{more} left out at {most} tokens: raise max_tokens or narrow the call.")
        return "\n".join([DATA, *filter(None, [facts.text]), *lines])


def _counting(library: Library) -> Callable[[str], int]:
    from ragchat.claude.tokens import estimate_tokens

    return partial(estimate_tokens, model=library.settings.model)


def _nothing(library: Library, query: Query, scope: Scope) -> str:
    """Return why nothing was found, and what to try."""
    if is_empty(library.store, scope.collections):
        return EMPTY
    if wrong := unmatched(library.store, scope):
        filters = ", ".join(f"{name} {value}" for name, value in wrong)
        return f"No relevant passages: no document matches {filters}. See `list_sources`."
    if notice := library.models.retriever().notice(query, scope):
        return f"No relevant passages found: {notice}."
    return "No relevant passages found. Other words or fewer filters may find some."


def _time(arguments: Mapping[str, Any], name: str) -> datetime | None:
    if name not in arguments:
        return None
    try:
        return datetime.fromisoformat(arguments[name])
    except ValueError:
        raise UsageError(
            f"{name} is {arguments[name]!r}: write a day like 2026-03-04 or a time like"
            " 2026-03-04T12:30"
        ) from None
