"""Which conversation, exchange or file the user means by a part of its name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.text.amounts import listed
from ragchat.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.conversation import Conversation
    from ingest.records.ids import CollectionId
    from ingest.records.sources import Source
    from ingest.store import Store
    from ragchat.memory import Memory

MOST_NAMED = 3
"""Conversations and files that are named where several fit."""


def conversation(memory: Memory, wanted: str) -> Conversation:
    """Return the conversation with this id or beginning of an id, or with this in its title.

    Raises UsageError when none fits, or more than one.
    """
    try:
        return memory.conversation(wanted)
    except UsageError:
        titled = _titled(memory, wanted)
        if not titled:
            raise
    if len(titled) > 1:
        named = listed([f"{key} “{title}”" for key, title in titled], MOST_NAMED)
        raise UsageError(f"{wanted!r} is in several titles: use the id of {named}")
    return memory.conversation(titled[0][0])


def resumed(memory: Memory, wanted: str | bool, as_of: datetime | None) -> Conversation | None:
    """Return the conversation to continue, as it was at a time: True for the last one, False for
    none. Raises UsageError.
    """
    if wanted is False:
        return None
    found = memory.latest() if wanted is True else conversation(memory, wanted)
    if as_of is None:
        return found
    then = tuple(exchange for exchange in found.exchanges if exchange.question.time < as_of)
    return replace(found, exchanges=then)


def sources_named(store: Store, collection: CollectionId, path: Path) -> list[Source]:
    """Return the files whose paths end as `path` does, in any case of its letters."""
    wanted = tuple(part.casefold() for part in path.parts)
    return [
        source
        for source in store.documents.sources(collection)
        if tuple(part.casefold() for part in source.path.parts[-len(wanted) :]) == wanted
    ]


def not_in_library(path: Path, similar: Iterable[Path]) -> UsageError:
    """Return the error for a path that the library does not have, with files of that name."""
    named = [shlex.quote(str(found)) for found in similar]
    if not named:
        return UsageError(f"{path} is not in the library: `ragchat sources list` shows the files")
    shown, more = named[:MOST_NAMED], len(named) - MOST_NAMED
    *others, last = [*shown, f"one of {more:,} more"] if more > 0 else shown
    meant = f"{', '.join(others)} or {last}" if others else last
    return UsageError(f"{path} is not in the library: did you mean {meant}?")


def fits(pattern: str | None, *texts: str) -> bool:
    """Return whether a text holds the pattern, or matches it as a whole if it has `*` or `?`."""
    if not pattern:
        return True
    wanted = pattern.casefold()
    if any(character in wanted for character in "*?["):
        return any(fnmatchcase(text.casefold(), wanted) for text in texts)
    return any(wanted in text.casefold() for text in texts)


def _titled(memory: Memory, wanted: str) -> list[tuple[str, str]]:
    known = [(listed.id, listed.title) for listed in memory.entries()]
    exact = [pair for pair in known if pair[1].casefold() == wanted.strip().casefold()]
    return exact or [pair for pair in known if wanted.strip() and fits(wanted, pair[1])]
