"""What a conversation needs and takes long to load, in a thread behind the prompt."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ragchat.cli.garbage import started
from ragchat.errors import RagchatError

if TYPE_CHECKING:
    from ragchat.retrieval.retriever import Retriever


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
            started()
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
