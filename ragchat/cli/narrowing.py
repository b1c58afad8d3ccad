"""The options that narrow a search to some documents and times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING

import click

from ingest.document import KINDS
from ragchat.cli.parameter_types import day_begun, day_begun_last
from ragchat.errors import UsageError
from ragchat.settings import kinds_of

if TYPE_CHECKING:
    from ingest.document import Kind
    from ingest.search.scope import Scope
    from ingest.store import Store

_OPTIONS = (
    click.option(
        "--until",
        type=day_begun_last,
        metavar="DAY",
        help="The same, before this day.",
    ),
    click.option(
        "--since",
        type=day_begun,
        metavar="DAY",
        help="Only files changed, and things said, since this day.",
    ),
    click.option(
        "--type",
        "types",
        multiple=True,
        metavar="TYPE",
        help="Only documents of this type: md, pdf, code, word, …",
    ),
    click.option(
        "--in",
        "globs",
        multiple=True,
        metavar="GLOB",
        help="Only documents at matching paths, such as 'docs/**'.",
    ),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        metavar="TAG",
        help="Only documents with this tag in their front matter.",
    ),
)
"""The last one is the first that `--help` shows."""


def narrowing_options(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Add `--tag`, `--in`, `--type`, `--since` and `--until`, and hand them to the command as a
    `Scope`.
    """

    @wraps(command)
    def narrowed(
        *args: object,
        tags: tuple[str, ...],
        globs: tuple[str, ...],
        types: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        **others: object,
    ) -> int | None:
        from ingest.search.document_filter import DocumentFilter
        from ingest.search.scope import Scope
        from ragchat.library.filters import in_documents

        require_order(since, until)
        begin = since.timestamp() if since else None
        end = until.timestamp() if until else None
        scope = Scope(since=begin, until=end, documents=DocumentFilter(since=begin, until=end))
        return command(*args, narrowed=in_documents(scope, globs, types, tags), **others)

    for option in _OPTIONS:
        narrowed = option(narrowed)
    return narrowed


def require_order(since: datetime | None, until: datetime | None, last: str = "--until") -> None:
    """Raise UsageError where no time is from `since` on and before `until`, the option `last`."""
    if since and until and since >= until:
        before = "; --until DAY means before that day" if last == "--until" else ""
        raise UsageError(f"no time is between --since and {last}{before}: check both")


def without_documents(store: Store, scope: Scope) -> str:
    """Return that no document matches the paths, types and tags of a scope, which then has nothing
    to search; "" where some do, or where it has none of these.
    """
    from ragchat.library.filters import unmatched

    flags = " ".join(f"--{name} {value}" for name, value in unmatched(store, scope))
    return f"no document matches {flags}: `ragchat sources list` shows the files" if flags else ""


def without_conversations(store: Store, scope: Scope) -> str:
    """Return that no conversation matches the project, branch and times of a scope of memory; ""
    where one does, or where it has none of these.
    """
    chosen = (("project", scope.project), ("branch", scope.branch))
    flags = " ".join(f"--{name} {value}" for name, value in chosen if value)
    timed = scope.since is not None or scope.until is not None
    if scope.kinds != ("memory",) or not (flags or timed):
        return ""
    rows = [store.look_up(name) for name in scope.collections]
    if store.catalogue.times_said(rows, scope, 1, latest=True):
        return ""
    when = " in the time asked for" if timed else ""
    what = f"no conversation matches {flags}{when}" if flags else f"nothing was said{when}"
    return f"{what}: `ragchat conversations list` shows what there is"


def widened(scope: str, *, narrowed: Scope, **chosen: bool) -> Scope:
    """Return where a session looks once its paths and tags are lifted; see `ask_scope`."""
    documents = replace(narrowed.documents, globs=())
    kinds: tuple[Kind, ...] = ("document",) if documents.types else KINDS
    lifted = replace(narrowed, documents=documents, tags=(), kinds=kinds)
    return ask_scope(scope, narrowed=lifted, **chosen)


def ask_scope(
    scope: str,
    *,
    docs_only: bool,
    memory_only: bool,
    no_context: bool,
    narrowed: Scope,
) -> Scope:
    """Return where `ask` looks. Raises UsageError for options that leave nothing."""
    if docs_only + memory_only + no_context > 1:
        raise UsageError("use only one of --docs-only, --memory-only and --no-context")
    if narrowed.tags and (memory_only or no_context):
        raise UsageError("--tag chooses documents: leave out --memory-only and --no-context")
    if memory_only and narrowed.kinds == ("document",):
        raise UsageError("--in and --type choose documents: leave out --memory-only")
    if no_context and (narrowed.documents or narrowed.since or narrowed.until):
        raise UsageError("--no-context retrieves nothing: leave out --in, --type, --since, --until")
    if no_context:
        return replace(narrowed, kinds=())
    if docs_only or narrowed.tags:
        return replace(narrowed, kinds=("document",))
    kinds: tuple[Kind, ...] = ("memory",) if memory_only else kinds_of(scope)
    return replace(narrowed, kinds=tuple(kind for kind in kinds if kind in narrowed.kinds))
