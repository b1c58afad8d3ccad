"""The index: vectors in Chroma, found by nearness. The only file that imports chromadb.

Nothing here is the truth: every record can be made again from SQLite. Chroma's embedded mode is
safe for neither two processes nor a killed one, so whoever opens or writes holds the writer's lock
(`store.py` does). Texts stay out of it; ids, vectors and a time go in.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.deafness import deaf_settings
from ingest.errors import IndexDamaged, StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 1000
"""Records per call: beyond this Chroma gains nothing, and 5,461 is the most it takes."""
PAGE = 5_000
"""Records read per call; of 40,000 and more Chroma gives an error."""

FULL = ("disk is full", "No space left", "os error 28", "code: 13")
"""How a full disk reads in what comes out of Chroma: its own words, Rust's, SQLite's code."""

CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}


@dataclass(frozen=True, slots=True)
class Near:
    """A record that was found: its id and its cosine to the question, -1..1."""

    id: str
    cosine: float


class Vectors:
    """Embedded Chroma in a folder. Closed when made; `open` and `close` may be called in turns.

    It does not outlive a fork: in the child, where every call would wait for threads that are not
    there, whatever uses it raises StoreError.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._process = os.getpid()

    @property
    def is_open(self) -> bool:
        """Whether searching is possible without opening."""
        return self._client is not None and self._process == os.getpid()

    @property
    def exists(self) -> bool:
        """Whether there is an index in the folder at all; Chroma would silently start another."""
        return (self.folder / "chroma.sqlite3").exists()

    def open(self) -> None:
        """Open the folder, making it if needed. Raises IndexDamaged when Chroma cannot read it."""
        if self._client is not None:
            return
        self._process = os.getpid()
        with _translated(self.folder):
            self._client = _client(self.folder)

    def close(self) -> None:
        """Let go of the folder; what other processes wrote is seen after the next `open`."""
        client = self._client if self.is_open else None
        self._client, self._collections = None, {}
        if client is not None:
            with _translated(self.folder):
                client.close()

    def add(
        self,
        name: str,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        metadatas: Sequence[Mapping[str, float] | None],
    ) -> None:
        """Put records into a collection, replacing those of the same id.

        `vectors` has shape (len(ids), dimension), rows of unit length.
        """
        for start in range(0, len(ids), BATCH):
            part = slice(start, start + BATCH)
            given = list(metadatas[part])
            with _translated(self.folder):
                self._collection(name).upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=given if any(given) else None,
                )

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Take records out of a collection; ids that are not there are no error."""
        for start in range(0, len(ids), BATCH):
            with _translated(self.folder):
                self._collection(name).delete(ids=list(ids[start : start + BATCH]))

    def search(
        self, name: str, vector: NDArray[np.float32], limit: int, where: Mapping[str, Any] | None
    ) -> list[Near]:
        """The nearest records, nearest first; none when the collection does not exist."""
        with _translated(self.folder):
            collection = self._existing(name)
            if collection is None:
                return []
            found = collection.query(
                query_embeddings=vector[None, :],
                n_results=limit,
                where=dict(where) if where else None,
                include=["distances"],
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [Near(id=key, cosine=1.0 - float(distance)) for key, distance in pairs]

    def count(self, name: str) -> int:
        """How many records a collection has; 0 when it does not exist."""
        with _translated(self.folder):
            collection = self._existing(name)
            return int(collection.count()) if collection is not None else 0

    def ids(self, name: str) -> set[str]:
        """The ids of all records; none when the collection does not exist."""
        found: set[str] = set()
        with _translated(self.folder):
            collection = self._existing(name)
            for offset in range(0, collection.count() if collection is not None else 0, PAGE):
                found.update(collection.get(limit=PAGE, offset=offset, include=[])["ids"])
        return found

    def stored(
        self, name: str, ids: Sequence[str]
    ) -> dict[str, tuple[NDArray[np.float32], Mapping[str, Any] | None]]:
        """Those of the records that are there: vectors of shape (dimension,), and metadata."""
        found: dict[str, tuple[NDArray[np.float32], Mapping[str, Any] | None]] = {}
        with _translated(self.folder):
            collection = self._existing(name)
            for start in range(0, len(ids) if collection is not None else 0, PAGE):
                page = collection.get(
                    ids=list(ids[start : start + PAGE]), include=["embeddings", "metadatas"]
                )
                records = zip(page["embeddings"], page["metadatas"], strict=True)
                found.update(zip(page["ids"], records, strict=True))
        return found

    def drop(self, name: str) -> None:
        """Take away a collection; one that does not exist is no error."""
        self._collections.pop(name, None)
        with _translated(self.folder), contextlib.suppress(_not_found()):
            self._client.delete_collection(name)

    def erase(self) -> None:
        """Close, and take the whole folder away. The next `open` starts an empty one."""
        with contextlib.suppress(StoreError):
            self.close()
        try:
            if self.folder.is_dir():
                shutil.rmtree(self.folder)
            else:
                self.folder.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"cannot remove {self.folder} ({error.strerror}): check its permissions"
            ) from error

    def _existing(self, name: str) -> Any:  # noqa: ANN401 - Chroma's own type stops here
        if self._process != os.getpid():
            raise StoreError("the library was opened before a fork: open it again in this process")
        if name not in self._collections:
            with contextlib.suppress(_not_found()):
                self._collections[name] = _checked(
                    self._client.get_collection(name, embedding_function=None)
                )
        return self._collections.get(name)

    def _collection(self, name: str) -> Any:  # noqa: ANN401
        if self._existing(name) is None:
            self._collections[name] = self._client.create_collection(
                name, embedding_function=None, configuration=CONFIGURATION
            )
        return self._collections[name]


def metadata(time: float | None, conversation: str | None) -> dict[str, Any] | None:
    """What a record is filtered by: nothing for a document, which has no time."""
    return None if time is None else {"time": time, "conversation": conversation}


def preload() -> None:
    """Import Chroma now, so that the first search does not wait for it."""
    _chroma()


def _client(folder: Path) -> Any:  # noqa: ANN401
    chromadb = _chroma()
    with deaf_settings():
        settings = chromadb.config.Settings(
            chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
            anonymized_telemetry=False,
            is_persistent=True,
            persist_directory=str(folder),
        )
        try:
            client = chromadb.PersistentClient(path=str(folder), settings=settings)
        except BaseException:
            # Half of a client stays in Chroma's cache by path, and would be given out again.
            chromadb.api.client.SharedSystemClient.clear_system_cache()
            raise
    if type(client._server).__name__ != "RustBindingsAPI":  # noqa: SLF001 - no public way to ask
        raise StoreError("Chroma did not open the local folder: please report this")
    return client


def _chroma() -> Any:  # noqa: ANN401
    with deaf_settings():
        import chromadb
        import chromadb.config
        from chromadb.utils import embedding_functions
    # A stored collection may name a model to load, with its code; all vectors are made outside
    # Chroma, so none of its loaders is ever wanted (chroma-core/chroma#6717).
    embedding_functions.known_embedding_functions.clear()
    embedding_functions.sparse_known_embedding_functions.clear()
    return chromadb


def _checked(collection: Any) -> Any:  # noqa: ANN401
    configuration = collection.configuration_json
    space = (configuration.get("hnsw") or {}).get("space")
    # "legacy" is how Chroma writes down that no embedding function was given.
    loader = (configuration.get("embedding_function") or {}).get("type", "legacy")
    if loader != "legacy" or space != "cosine":
        reason = f"{collection.name} was not made by ragchat"
        raise IndexDamaged(f"the index {reason}: run `ragchat rebuild`", reason)
    return collection


def _not_found() -> type[Exception]:
    from chromadb.errors import NotFoundError

    return NotFoundError


@contextlib.contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (StoreError, KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        raise StoreError(
            f"cannot use {folder} ({error.strerror}): check its permissions"
        ) from error
    except BaseException as error:
        # Chroma's Rust side raises many types, PanicException (a BaseException) among them.
        if any(words in str(error) for words in FULL):
            raise StoreError(f"cannot write to {folder}: the disk is full, make room") from error
        reason = f"in {folder} cannot be used ({_first_line(error)})"
        raise IndexDamaged(f"the index {reason}: run `ragchat rebuild`", reason) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
