"""How to ingest, as keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ingest.intake.selection import Selection


class IngestOptions(TypedDict, total=False):
    """Options of `ingest` that need no function; see `Library.ingest`."""

    dry_run: bool
    again: bool
    conversations: bool
    selection: Selection | None
    prune: bool
    wipe: bool
    documents: Mapping[str, bytes] | None
