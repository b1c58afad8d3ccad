"""One writer at a time: the file lock round every opening, writing and closing of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from ingest.errors import StoreBusy, StoreError

NOTICE_SECONDS = 1.0
PATIENCE_SECONDS = 60.0


class WriterLock:
    """Held by one thread of one process; the others wait.

    `on_wait` is called once per wait, after a second, so that the user sees why nothing moves.
    """

    def __init__(
        self,
        path: Path,
        *,
        patience: float = PATIENCE_SECONDS,
        on_wait: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._lock = filelock.FileLock(path, mode=0o600)
        self._patience = patience
        self._on_wait = on_wait

    @contextmanager
    def held(self, patience: float | None = None) -> Iterator[None]:
        """Hold the lock. Raises StoreBusy when it is not free within `patience` seconds."""
        self._acquire(self._patience if patience is None else patience)
        try:
            yield
        finally:
            self._lock.release()

    def _acquire(self, patience: float) -> None:
        try:
            try:
                self._lock.acquire(timeout=min(NOTICE_SECONDS, patience))
            except filelock.Timeout:
                if patience:
                    self._on_wait("waiting for another ragchat to finish writing …")
                self._lock.acquire(timeout=max(0.0, patience - NOTICE_SECONDS))
        except filelock.Timeout as error:
            raise StoreBusy(
                f"another ragchat has been writing for {patience:.0f} seconds: "
                "try again when it is done"
            ) from error
        except OSError as error:
            raise StoreError(
                f"cannot lock {self._lock.lock_file} ({error.strerror}): "
                "check the folder's permissions"
            ) from error
