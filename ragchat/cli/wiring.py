"""Building the objects that a command needs, from its settings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from ingest.errors import StoreBusy, StoreError
from ragchat.cli.common import Common
from ragchat.errors import UsageError
from ragchat.library import opening
from ragchat.library.library import Library
from ragchat.library.trust import WHOSE
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.records.owed import Owed
    from ingest.store import Store
    from ragchat.settings import Settings


def open_store(
    common: Common,
    screen: Screen,
    *,
    finish: bool = True,
    agreed: bool = False,
    on_wait: Callable[[str], None] | None = None,
) -> Store:
    """Open the library; a line is shown when another process keeps it waiting.

    With `finish`, a forgetting that was stopped is finished first, and that is said. Before the
    library connects to an address that another user chose, the user is asked. Raises InvalidName
    for a collection that cannot be called like this.
    """
    agree = partial(_agree, common, screen, agreed=agreed or common.yes)
    store = opening.open_store(common.home, common.settings(), on_wait or screen.note, agree)
    try:
        if finish:
            _finish_forgetting(common, store, screen)
    except BaseException:
        store.close()
        raise
    return store


def open_library(
    common: Common,
    screen: Screen,
    settings: Settings,
    *,
    on_wait: Callable[[str], None] | None = None,
) -> Library:
    """Open the library as `open_store` does, with these settings."""
    library = Library(open_store(common, screen, on_wait=on_wait), settings)
    library.models.preparing = screen.preparing
    return library


def _agree(common: Common, screen: Screen, what: str, *, agreed: bool) -> None:
    if agreed:
        screen.note(f"{what}: agreed to")
        return
    refused = f"{what}, and {WHOSE}: `ragchat doctor --trust`, or --yes, agrees to it"
    if not common.agrees(screen, f"{what}, and {WHOSE}: agree?", unasked=refused):
        raise UsageError("not connected: `ragchat config unset chroma_url` removes the address")


def _finish_forgetting(common: Common, store: Store, screen: Screen) -> None:
    from ingest.maintenance.wiping import finish, finishable

    if not finishable(store):
        return
    try:
        # Not while another process writes: it may be the one that is forgetting.
        with store.exclusive(patience=0), screen.status("finishing a forgetting …"):
            owed = finish(store, forget_typed=partial(forget_phrases, common))
    except StoreBusy:
        return
    except StoreError as error:
        screen.note(f"forgotten text is not wiped from every file yet: {error}")
        return
    if not {"words", "typed"}.intersection(owed.what):
        screen.note("finished wiping what had been forgotten or renamed")


def wipe_replaced(store: Store, screen: Screen) -> None:
    """Wipe what a command has replaced, as far as that is done at once; the rest is left to the
    next command.
    """
    from ingest.maintenance.wiping import wipe_index, wipe_records

    try:
        wipe_records(store, fully=False)
        wipe_index(store, fully=False)
    except StoreError as error:
        screen.note(f"what was replaced is not wiped from every file yet: {error}")


def finish_wholly(
    common: Common,
    store: Store,
    screen: Screen,
    paused: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
) -> None:
    """Wipe everything that is owed, however long it takes. Raises StoreError."""
    from ingest.maintenance.wiping import finish

    if not store.owed() and not store.sync.count_pending_deletions():
        return
    with paused(), screen.status("wiping what was forgotten …"):
        owed = finish(store, fully=True, forget_typed=partial(forget_phrases, common))
    if not owed:
        screen.note("finished wiping what had been forgotten or renamed")


def forget_phrases(common: Common, owed: Owed) -> bool:
    """Remove forgotten questions from the line editor's history; False if it cannot be done."""
    from ragchat.terminal.input_history import InputHistory

    try:
        InputHistory(common.home / "history").forget_phrases(owed.typed)
    except OSError:
        return False
    return True
