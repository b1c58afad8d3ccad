"""What narrows a search, as keyword arguments, and whether anything is left to search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

from ingest.document import KINDS, Kind
from ragchat.errors import UsageError
from ragchat.library.arguments import moment, texts

if TYPE_CHECKING:
    from ingest.search.scope import Scope
    from ingest.store import Store


class MemoryFilters(TypedDict, total=False):
    """Filters of `recall`.

    - `collections` are names; without them, the one of the settings is searched.
    - `since` and `until` (exclusive) narrow what was said; a time without zone is local, and a day
      is its beginning.
    - `conversation` is an id, or how one begins; only its exchanges are found then.
    - `project` (a folder, or its last parts) and `branch` narrow it to sessions of coding tools.
    """

    collections: Sequence[str] | None
    since: date | None
    until: date | None
    conversation: str | None
    project: str | None
    branch: str | None


class Filters(MemoryFilters, total=False):
    """Filters of `search`.

    - `kinds` are "document" and "memory"; both by default.
    - `tags` narrow the documents to those that have all of them in their front matter.
    - `paths` are globs (`docs/**`), `types` formats or suffixes (`md`, `pdf`, `code`).
    - `since` and `until` narrow the documents, too, by when their files were last changed.

    With tags, paths or types no memory is searched.
    """

    kinds: Sequence[Kind]
    tags: Sequence[str]
    paths: Sequence[str | Path]
    types: Sequence[str]


_LISTS = ("collections", "kinds", "tags", "paths", "types")


def checked(filters: Filters) -> Filters:
    """Return the filters, with a list where one text or path was given for it, and days as times.

    Raises UsageError for a name that no filter has, for a value of the wrong kind, for a kind of
    passage that does not exist, and for times with nothing between them: each of these would
    silently find too much or nothing.
    """
    for name in filters:
        if name not in Filters.__annotations__:
            known = ", ".join(sorted(Filters.__annotations__))
            raise UsageError(f"there is no filter {name!r}: use {known}")
    lists = {
        name: texts(name, value) for name in _LISTS if (value := filters.get(name)) is not None
    }
    times = {name: moment(name, filters.get(name)) for name in ("since", "until")}
    stated = {name: value for name, value in filters.items() if value is not None}
    given = cast("Filters", {**stated, **lists, **times})
    for kind in given.get("kinds", ()):
        if kind not in KINDS:
            raise UsageError(f"there is no kind {kind!r}: use {' or '.join(KINDS)}")
    since, until = times["since"], times["until"]
    if since and until and since.astimezone() >= until.astimezone():
        raise UsageError("until is not after since: until is the first time left out")
    return given


def in_documents(
    scope: Scope, globs: Sequence[str], types: Sequence[str] = (), tags: Sequence[str] = ()
) -> Scope:
    """Return a scope within the documents of these paths, types and tags, which is without memory;
    with none of them the scope as it is.
    """
    if not (globs or types or tags):
        return scope
    documents = replace(scope.documents, globs=tuple(globs), types=tuple(types))
    tags = (*scope.tags, *(tag for tag in tags if tag not in scope.tags))
    return replace(scope, documents=documents, kinds=("document",), tags=tags)


def unmatched(store: Store, scope: Scope) -> list[tuple[str, str]]:
    """Return the paths ("in"), types and tags that no document matches; nothing where some do."""
    documents = replace(scope.documents, since=None, until=None)
    chosen = (("in", documents.globs), ("type", documents.types), ("tag", scope.tags))
    wanted = [(name, value) for name, values in chosen for value in values]
    if not wanted:
        return []
    condition = replace(scope, documents=documents).sql_filter("document")
    rows = map(store.look_up, scope.collections)
    return [] if any(store.passages.count_documents(row, condition) for row in rows) else wanted


def is_empty(store: Store, collections: Iterable[str], kinds: Sequence[Kind] = KINDS) -> bool:
    """Return whether these collections hold nothing of these kinds: neither a file nor a
    conversation.
    """
    rows = [store.look_up(name) for name in collections]
    return not any(
        ("document" in kinds and store.documents.count_files(row))
        or ("memory" in kinds and store.conversations.count(row)[0])
        for row in rows
    )


def scope_of(store: Store, collections: tuple[str, ...], filters: Filters) -> Scope:
    """Return where to look in these collections. Raises UsageError for an unknown conversation."""
    from ingest.search.document_filter import DocumentFilter
    from ingest.search.scope import Scope

    conversation = filters.get("conversation")
    if conversation is not None:
        from ragchat.memory import full_id

        conversation = full_id(store, map(store.look_up, collections), conversation)
    since, until = _seconds(filters.get("since")), _seconds(filters.get("until"))
    scope = Scope(
        collections=collections,
        kinds=tuple(filters.get("kinds", KINDS)),
        since=since,
        until=until,
        conversation=conversation,
        project=filters.get("project") or "",
        branch=filters.get("branch") or "",
        documents=DocumentFilter(since=since, until=until),
    )
    paths = texts("paths", filters.get("paths") or ())
    return in_documents(scope, paths, filters.get("types") or (), filters.get("tags") or ())


def _seconds(time: date | None) -> float | None:
    return time.timestamp() if isinstance(time, datetime) else None
