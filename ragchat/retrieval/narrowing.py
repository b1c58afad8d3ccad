"""Memory narrowed to the times that a question names; pure."""

from __future__ import annotations

from dataclasses import replace

from ingest.search.candidates import Scope
from ragchat.query.dates import NamedTimes


def narrowed(scope: Scope, named: NamedTimes) -> Scope | None:
    """The scope with its memory narrowed to when something was said; None if that is not asked."""
    if not named.when_said or "memory" not in scope.kinds:
        return None
    since = min(interval.start for interval in named.intervals).timestamp()
    until = max(interval.end for interval in named.intervals).timestamp()
    since = since if scope.since is None else max(since, scope.since)
    until = until if scope.until is None else min(until, scope.until)
    return replace(scope, since=since, until=until)
