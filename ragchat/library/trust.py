"""The user's agreement to the address in the settings of a library from elsewhere.

A folder with a `config.toml` and no library is the user's own, and so is a library that this user
opened last. In any other one another user chose the address.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.records.opener import has_agreed, put_agreement
from ragchat.config_files import PROFILES, config_path, read_config
from ragchat.errors import UsageError

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
    named = _addresses(path)
    if server is not None and not os.environ.get("RAGCHAT_CHROMA_URL"):
        for address in named:
            if _is_at(address, server) and not has_agreed(store.facts, address):
                agree(f"{path} sends the library's texts to {server}")
                put_agreement(store.facts, address)
    # Another address may be used today, and one that the library names tomorrow.
    if all(has_agreed(store.facts, address) for address in named):
        store.adopt()


def _addresses(path: Path) -> list[str]:
    """Return the addresses in a library's settings and in its profiles."""
    settings = read_config(path)
    profiles = settings.get(PROFILES, {})
    tables = [settings, *(profiles.values() if isinstance(profiles, dict) else ())]
    found = (table.get("chroma_url") for table in tables if isinstance(table, dict))
    return list(dict.fromkeys(str(address) for address in found if address))


def _is_at(address: str, server: Address) -> bool:
    from ingest.index.chroma_server import Address

    try:
        return Address.parse(address).url == server.url
    except ValueError:
        return False
