"""The user's agreement to the address in the settings of a library from elsewhere.

A folder with a `config.toml` and no library is the user's own, and so is a library that this user
opened last. In any other one the address was chosen by somebody else.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.records.opener import has_agreed, put_agreement
from ragchat.errors import UsageError
from ragchat.settings import config_path, read_config, resolve

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.store import Store

Agree = Callable[[str], None]
"""Is called with what would happen, and raises UsageError unless the user agrees to it."""

WHOSE = "the library was last opened on another machine or by another user"


def refuse(what: str) -> None:
    """Agree to nothing: for callers that cannot ask. Raises UsageError."""
    raise UsageError(f"{what}, and {WHOSE}: `ragchat doctor --trust` agrees to it")


def require_agreement(store: Store, server: Address | None, agree: Agree) -> None:
    """Ask, once, whether a library from elsewhere may connect to the server that its settings name.

    Raises UsageError where the user does not agree or cannot be asked.
    """
    if not store.is_foreign:
        return
    path = config_path(store.home)
    named = str(read_config(path).get("chroma_url", ""))
    origin = resolve(store.home, os.environ, {})["chroma_url"].origin
    if named and server is not None and origin == str(path):
        if not has_agreed(store.facts, named):
            agree(f"{path} sends the library's texts to {server}")
            put_agreement(store.facts, named)
    elif named:  # another address is used today, but not tomorrow
        return
    store.adopt()
