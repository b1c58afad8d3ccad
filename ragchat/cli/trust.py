"""The user's agreement to the address in the settings of a library from elsewhere.

A folder with a `config.toml` and no library is the user's own, and so is a library that this user
opened last. In any other one the address was chosen by somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.records.opener import has_agreed, put_agreement
from ragchat.errors import UsageError
from ragchat.settings import config_path, read_config

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.store import Store
    from ragchat.cli.common import Common
    from ragchat.terminal.screen import Screen


def require_agreement(
    common: Common, store: Store, screen: Screen, server: Address | None, *, agreed: bool = False
) -> None:
    """Ask, once, whether a library from elsewhere may connect to the server that its settings name.

    Raises UsageError where the user does not agree or cannot be asked.
    """
    if not store.is_foreign:
        return
    path = config_path(common.home)
    named = str(read_config(path).get("chroma_url", ""))
    if named and server is not None and common.origin("chroma_url") == str(path):
        if not has_agreed(store.facts, named):
            _ask(common, screen, f"{path} sends the library's texts to {server}", agreed)
            put_agreement(store.facts, named)
    elif named:  # another address is used today, but not tomorrow
        return
    store.adopt()


def _ask(common: Common, screen: Screen, what: str, agreed: bool) -> None:
    whose = "the library was last opened on another machine or by another user"
    if agreed or common.yes:
        screen.note(f"{what}: agreed to")
    elif not screen.can_ask:
        raise UsageError(f"{what}, and {whose}: `ragchat doctor --trust`, or --yes, agrees to it")
    elif not screen.confirm(f"{what}, and {whose}: agree?"):
        raise UsageError("not connected: `ragchat config unset chroma_url` removes the address")
