"""Building the objects that a command needs, from its settings."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from ingest.errors import IngestError, StoreBusy, StoreError
from ragchat.cli.common import Common
from ragchat.errors import RagchatError, UsageError
from ragchat.library import opening
from ragchat.library.library import Library
from ragchat.library.trust import WHOSE
from ragchat.terminal.screen import Screen

if TYPE_CHECKING:
    from ingest.records.owed import Owed
    from ingest.store import Store
    from ragchat.retrieval.retriever import Retriever
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

    if not store.owed() and not store.count_pending_deletions():
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


class Loading:
    """Everything slow that a conversation needs, loaded in a thread behind the prompt.

    The thread shares the interpreter with the line editor. Measured while it imports all
    libraries: with the garbage collector at work a key waits up to 91 ms, without it 29 ms.
    """

    def __init__(self, load: Callable[[], Retriever], preload: Callable[[], None]) -> None:
        self._load = load
        self._preload = preload
        self._then: Callable[[], None] = lambda: None
        self._retriever: Retriever | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)
        self._started = False

    def then(self, call: Callable[[], None]) -> None:
        """Call this in the thread once the retriever is loaded, or has failed to load."""
        self._then = call

    def start(self) -> None:
        """Begin to load, if that has not begun yet."""
        if not self._started:
            self._started = True
            self._thread.start()

    def retriever(self) -> Retriever:
        """The retriever, once it is there. Raises what went wrong in loading it."""
        self.start()
        while not self._done.wait(0.1):  # in short waits, so that Ctrl-C is heard
            pass
        if self._error is not None:
            raise self._error
        if self._retriever is None:
            raise RuntimeError("loading ended without a retriever")
        return self._retriever

    @property
    def done(self) -> bool:
        """Whether loading has ended, well or not."""
        return self._done.is_set()

    @property
    def runs(self) -> bool:
        """Whether loading has begun and not ended."""
        return self._started and not self.done

    def _run(self) -> None:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(0.001)
        gc.disable()
        try:
            self._make()
            if self._error is None:
                with contextlib.suppress(IngestError, RagchatError):  # said where it is first used
                    self._preload()
            # Libraries are never garbage; the first collection over all of them would take 110 ms.
            gc.freeze()
        finally:
            gc.enable()
            sys.setswitchinterval(interval)

    def _make(self) -> None:
        try:
            self._retriever = self._load()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is wanted
            self._error = error
        try:
            with contextlib.suppress(IngestError, RagchatError):  # said where the library is used
                self._then()
        finally:
            self._done.set()
