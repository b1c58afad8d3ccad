"""Which conversation, in which collection, the user means by an id, a title or an exchange."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ragchat.errors import UsageError
from ragchat.library import choosing

if TYPE_CHECKING:
    from ingest.conversation import Conversation
    from ingest.store import Store
    from ragchat.cli.common import Common
    from ragchat.memory import Memory


def memory_with(common: Common, store: Store, place: str) -> Memory:
    """Return the memory of the collection that holds a conversation or an exchange.

    Without one, that of the collection in use. Raises UsageError for several.
    """
    from ragchat.memory import Memory

    names = common.collections(store)
    holding = [name for name in names if _holds(store, name, place)]
    if len(holding) > 1:
        raise UsageError(f"{place!r} is in {', '.join(holding)}: choose one with --collection")
    return Memory(store, *(holding or names[:1]))


def _holds(store: Store, collection: str, place: str) -> bool:
    row = store.look_up(collection)
    found = store.conversations.find(row, place) or store.conversations.places(row, place)
    return bool(place and found)


AROUND = 2
"""Neighbours of an exchange that are shown on each side, where the user does not say."""


def placed(memory: Memory, place: str, around: int | None) -> Conversation:
    """Return the conversation, or only the exchange that is meant with its neighbours. Raises
    UsageError for `around` with a conversation, which is shown whole.
    """
    try:
        found = choosing.conversation(memory, place)
    except UsageError:
        if not re.fullmatch(r"[0-9a-f]{4,12}", place):
            raise
    else:
        if around is None:
            return found
        raise UsageError(f"{place!r} is a conversation: --around needs the id of an exchange")
    around = AROUND if around is None else around
    found, wanted = memory.exchange_place(place)
    n = [exchange.id for exchange in found.exchanges].index(wanted)
    return replace(found, exchanges=found.exchanges[max(0, n - around) : n + around + 1])
