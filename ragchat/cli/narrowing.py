"""The options that narrow a search to some documents and times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING

import click

from ingest.document import KINDS
from ingest.search.document_filter import DocumentFilter
from ragchat.cli.common import day_begun

if TYPE_CHECKING:
    from ingest.document import Kind
    from ingest.search.candidates import Scope


_OPTIONS = (
    click.option(
        "--until",
        type=day_begun,
        metavar="DAY",
        help="Only files changed, and things said, before this day.",
    ),
    click.option("--since", type=day_begun, metavar="DAY", help="The same from this day on."),
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
        from ingest.search.candidates import Scope

        begin = since.timestamp() if since else None
        end = until.timestamp() if until else None
        kinds: tuple[Kind, ...] = ("document",) if tags else KINDS
        documents = DocumentFilter((), (), begin, end)
        scope = Scope(kinds=kinds, since=begin, until=end, tags=tags, documents=documents)
        return command(*args, narrowed=in_documents(scope, globs, types), **others)

    for option in _OPTIONS:
        narrowed = option(narrowed)
    return narrowed


def in_documents(scope: Scope, globs: tuple[str, ...], types: tuple[str, ...] = ()) -> Scope:
    """The scope within the documents of these paths and types, which is without memory; with
    neither, without narrowing by them.
    """
    documents = replace(scope.documents, globs=globs, types=types)
    kinds = ("document",) if globs or types else scope.kinds
    return replace(scope, documents=documents, kinds=kinds)
