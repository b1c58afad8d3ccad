"""The door to Chroma: the only file that imports chromadb. Embedded Chroma in a folder.

Chroma's embedded mode is safe for neither two processes nor a killed one, so callers that
open or write hold the writer's lock (`index.py` does).
"""

from __future__ import annotations

import ctypes
import shutil
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ingest.errors import IndexDamaged, StoreError
from ingest.index.isolation import block_telemetry, isolated_settings, unchecked_overrides

T = TypeVar("T")

M_MMAP_THRESHOLD, M_PERTURB = -3, -6
"""Parameters of glibc's mallopt, from malloc.h."""
ZEROS = 255
"""With this value of M_PERTURB new blocks are filled with its complement, 0."""
LARGE = 2**17
"""Bytes; the smallest graph, of 100 places, takes 180 KB."""

FULL = ("disk is full", "No space left", "os error 28", "code: 13")
"""How a full disk reads in what comes out of Chroma: its own words, Rust's, SQLite's code."""


class Folder:
    """Embedded Chroma in a folder: ids, vectors and metadata, no texts."""

    suffix = ""
    records = 1000
    """Records written per call: more gains nothing, and 5,461 is the most that Chroma takes."""
    request_bytes = 2**63
    page = 5_000
    """Records read per call; of 40,000 and more Chroma raises an error."""
    keeps_texts = False
    survives_errors = True

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether the folder holds an index; Chroma would silently start an empty one."""
        return (self.path / "chroma.sqlite3").exists()

    def connect(self) -> Any:  # noqa: ANN401 - Chroma's own type stops at `Vectors`
        """Return a client, creating the folder if needed."""
        chromadb = chroma()
        with isolated_settings():
            settings = chromadb.config.Settings(
                chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
                anonymized_telemetry=False,
                is_persistent=True,
                persist_directory=str(self.path),
            )
            try:
                client = chromadb.PersistentClient(path=str(self.path), settings=settings)
            except BaseException:
                # Half of a client stays in Chroma's cache by path, and would be returned again.
                chromadb.api.client.SharedSystemClient.clear_system_cache()
                raise
        if type(client._server).__name__ != "RustBindingsAPI":  # noqa: SLF001 - no public way
            raise StoreError("Chroma did not open the local folder: please report this")
        return client

    def call(self, work: Callable[[], T], *, writes: bool = False) -> T:  # noqa: ARG002
        """Return what the work returns. Raises IndexDamaged where Chroma fails, or StoreError."""
        try:
            with _ZEROED_MEMORY:
                return work()
        except (StoreError, KeyboardInterrupt, SystemExit):
            raise
        except OSError as error:
            raise StoreError(
                f"cannot use {self.path} ({error.strerror}): check its permissions"
            ) from error
        except BaseException as error:
            # Chroma's Rust side raises many types, PanicException (a BaseException) among them.
            if any(words in str(error) for words in FULL):
                raise StoreError(f"the disk of {self.path} is full: make room") from error
            reason = f"in {self.path} cannot be used ({first_line(error)})"
            raise IndexDamaged(f"the index {reason}: run `ragchat rebuild`", reason) from error

    def erase(self) -> None:
        """Delete the folder, which no process has open."""
        try:
            if self.path.is_dir():
                shutil.rmtree(self.path)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot remove {self.path} ({error.strerror}): check its permissions"
            ) from error


class _ZeroedMemory:
    """Fills blocks of memory with zeros while a thread is within it (glibc; elsewhere nothing).

    A graph is written to its file as it is in memory, unused parts and all: in a block that was
    used before, these hold vectors of an earlier graph, which may have been forgotten. Large blocks
    come from the system, which zeroes them, unless a used one is free.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0

    @cached_property
    def _mallopt(self) -> Callable[[int, int], object]:
        try:
            mallopt: Callable[[int, int], object] = ctypes.CDLL(None).mallopt
        except (AttributeError, OSError, TypeError):
            return lambda parameter, value: None
        mallopt(M_MMAP_THRESHOLD, LARGE)
        return mallopt

    def __enter__(self) -> None:
        with self._lock:
            self._threads += 1
            if self._threads == 1:
                self._mallopt(M_PERTURB, ZEROS)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._threads -= 1
            if not self._threads:
                self._mallopt(M_PERTURB, 0)


_ZEROED_MEMORY = _ZeroedMemory()


def chroma() -> Any:  # noqa: ANN401
    """Return the module chromadb, isolated from settings, telemetry and models."""
    block_telemetry()
    with isolated_settings(), unchecked_overrides():
        import chromadb
        import chromadb.api.client
        import chromadb.api.rust
        import chromadb.config
        from chromadb.utils import embedding_functions
    # A stored collection may name a model to load, with its code; all vectors are made outside
    # Chroma, so its loaders are never needed (chroma-core/chroma#6717).
    embedding_functions.known_embedding_functions.clear()
    embedding_functions.sparse_known_embedding_functions.clear()
    return chromadb


def import_client() -> None:
    """Import all that a client of a server needs, which may take seconds on a busy machine."""
    chroma()
    with isolated_settings():
        import chromadb.api.fastapi  # noqa: F401


def served_client(
    url: str, headers: dict[str, str], tenant: str | None, database: str | None
) -> Any:  # noqa: ANN401
    """Return a client of the server at a URL (which ends before Chroma's own /api/v2)."""
    chromadb = chroma()
    with isolated_settings():
        settings = chromadb.config.Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=url,
            chroma_server_http_port=0,  # is asked for, but not used beside a whole URL
            chroma_server_ssl_enabled=url.startswith("https"),
            chroma_server_headers=headers,
            chroma_overwrite_singleton_tenant_database_access_from_auth=bool(headers),
            # Closing a client closes no connection (1.5.9), and a kept one may be stale when used.
            chroma_http_max_keepalive_connections=0,
            anonymized_telemetry=False,
        )
        return chromadb.api.client.Client(tenant=tenant, database=database, settings=settings)


def not_found() -> type[Exception]:
    """Return the class of error for a collection, tenant or database that does not exist."""
    from chromadb.errors import NotFoundError

    return NotFoundError


def first_line(error: BaseException) -> str:
    """Return the first line of an error of Chroma's, cut to 200 characters."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
