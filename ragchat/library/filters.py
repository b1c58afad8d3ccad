"""What narrows a search, and how to ingest, as keyword arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from ingest.document import Kind

if TYPE_CHECKING:
    from ingest.intake.selection import Selection


class MemoryFilters(TypedDict, total=False):
    """Filters of `recall`.

    - `collections` are names; without them, the one of the settings is searched.
    - `since` and `until` (exclusive) narrow the memory; a time without zone is local.
    - `conversation` is an id, or how one begins; only its exchanges are found then.
    - `project` (a folder, or its last parts) and `branch` narrow it to sessions of coding tools.
    """

    collections: Sequence[str] | None
    since: datetime | None
    until: datetime | None
    conversation: str | None
    project: str | None
    branch: str | None


class Filters(MemoryFilters, total=False):
    """Filters of `search`.

    - `kinds` are "document" and "memory"; both by default.
    - `tags` narrow the documents to those that have all of them in their front matter.
    """

    kinds: Sequence[Kind]
    tags: Sequence[str]


class IngestOptions(TypedDict, total=False):
    """Options of `ingest` that need no function; see `Library.ingest`."""

    dry_run: bool
    again: bool
    conversations: bool
    selection: Selection | None
    prune: bool
