"""Memory, and files, narrowed to the times that a question names; pure."""

from __future__ import annotations

from dataclasses import replace

from ingest.search.scope import Scope
from ragchat.query.dates import END, NamedTimes


def narrowed(scope: Scope, named: NamedTimes) -> Scope | None:
    """The scope with its memory narrowed to when something was said; None if that is not asked."""
    return _memory_within(scope, named) if named.when_said else None


def narrowed_since(scope: Scope, named: NamedTimes) -> Scope | None:
    """The same for times without an end, of which what was said before says nothing."""
    return _memory_within(scope, named) if named.is_open else None


def _memory_within(scope: Scope, named: NamedTimes) -> Scope | None:
    if "memory" not in scope.kinds:
        return None
    since, until = named.span.start.timestamp(), named.span.end.timestamp()
    since = since if scope.since is None else max(since, scope.since)
    until = until if scope.until is None else min(until, scope.until)
    return replace(scope, since=since, until=until)


def narrowed_files(scope: Scope, named: NamedTimes) -> Scope | None:
    """The scope with its documents narrowed to when files were changed; None if that is not asked.
    Memory is left out: it is not of files.
    """
    if not named.of_files or "document" not in scope.kinds:
        return None
    begin, end = named.span.start, named.span.end
    own = scope.documents
    since = [time for time in (begin.timestamp(), own.since) if time]
    until = [time for time in (None if end == END else end.timestamp(), own.until) if time]
    return replace(
        scope,
        kinds=("document",),
        documents=replace(own, since=max(since, default=None), until=min(until, default=None)),
    )
