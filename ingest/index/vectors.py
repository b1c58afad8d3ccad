"""The index: vectors in Chroma, searched by similarity; embedded (`chroma.py`) or on a server.

The index is not the truth: every record can be made again from SQLite.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ingest.errors import IndexDamaged, StoreError
from ingest.index import limits
from ingest.index.chroma import not_found

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Stored = dict[str, tuple[NDArray[np.float32], Mapping[str, Any] | None]]

T = TypeVar("T")

CONFIGURATION = {
    "hnsw": {
        "space": "cosine",
        "ef_search": 200,
        # With Chroma's own 16 links several times as many records can no longer be reached once
        # many have been replaced; 32 and a breadth of 200 take twice as long to fill and lose as
        # many (RESULTS.md#records-that-the-graph-no-longer-reaches).
        "max_neighbors": 24,
        "ef_construction": 100,
    }
}


AMONG = 20
"""A record is reachable if a search for its own vector returns it among this many."""
SAME = 1e-5
"""The largest cosine distance of equal vectors."""


@dataclass(frozen=True, slots=True)
class Near:
    """A record that was found: its id and its cosine similarity to the question, -1..1."""

    id: str
    cosine: float


class Chroma(Protocol):
    """Where Chroma is (`chroma.Folder`, `chroma_server.Server`), and its limits."""

    suffix: str
    """The end of the names of collections."""
    records: int
    request_bytes: int
    page: int
    keeps_texts: bool
    survives_errors: bool
    """Whether a client can still be used after a failed call."""

    def connect(self) -> Any:  # noqa: ANN401
        """Return a client."""

    def call(self, work: Callable[[], T], *, writes: bool = False) -> T:
        """Return the result of work with a client; its errors become StoreErrors."""

    def erase(self) -> None:
        """Delete everything of this library's."""


class Vectors:
    """An index, closed at first; it can be opened and closed repeatedly.

    It cannot be used after a fork: in the child, every call would wait for threads that do not
    exist, so it raises StoreError.
    """

    def __init__(self, chroma: Chroma) -> None:
        self._chroma = chroma
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._process = os.getpid()

    @property
    def is_open(self) -> bool:
        """Whether the index can be searched without opening it."""
        return self._client is not None and self._process == os.getpid()

    def open(self) -> None:
        """Open the index, creating it if needed. Raises IndexDamaged when Chroma cannot read it."""
        if self._client is not None:
            return
        self._process = os.getpid()
        self._client = self._chroma.call(self._chroma.connect)

    def close(self) -> None:
        """Close the index; the next `open` sees the writes of other processes."""
        client = self._client if self.is_open else None
        self._client, self._collections = None, {}
        if client is not None:
            self._chroma.call(client.close)

    def add(
        self,
        name: str,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        metadatas: Sequence[Mapping[str, Any] | None],
        texts: Sequence[str] | None = None,
    ) -> None:
        """Put records into a collection, replacing those of the same id.

        `vectors` has shape (len(ids), dimension), rows of unit length. Embedded Chroma does not
        store the texts.
        """
        kept = [limits.document(text) for text in texts or ()] if self._chroma.keeps_texts else []
        shown: Sequence[str | None] = kept or [None] * len(ids)
        sizes = [
            limits.record_bytes(key, vectors.shape[1], carried, text)
            for key, carried, text in zip(ids, metadatas, shown, strict=True)
        ]
        for part in limits.parts(sizes, self._chroma.records, self._chroma.request_bytes):
            self._put(name, ids[part], vectors[part], metadatas[part], kept[part])

    def _put(
        self,
        name: str,
        ids: Sequence[str],
        vectors: NDArray[np.float32],
        metadatas: Sequence[Mapping[str, Any] | None],
        texts: list[str],
    ) -> None:
        self._call(
            lambda: self._collection(name).upsert(
                ids=list(ids),
                embeddings=vectors,
                metadatas=list(metadatas) if any(metadatas) else None,
                documents=texts or None,
            ),
            writes=True,
        )

    def _remove(self, name: str, ids: list[str]) -> None:
        self._collection(name).delete(ids=ids)

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Delete records of a collection; unknown ids are ignored."""
        for page in self._pages(ids, self._chroma.records):
            self._call(partial(self._remove, name, page), writes=True)

    def search(
        self, name: str, vector: NDArray[np.float32], limit: int, where: Mapping[str, Any] | None
    ) -> list[Near]:
        """Return the nearest records, nearest first; none if the collection does not exist."""

        def query() -> list[Near]:
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

        return self._call(query)

    def unreached(self, name: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> list[str]:
        """Return the ids that a search for their own vector, a row each, does not find."""

        def query() -> list[str]:
            found = self._existing(name).query(
                query_embeddings=vectors, n_results=AMONG, include=["distances"]
            )
            return [
                key
                for key, near, distances in zip(ids, found["ids"], found["distances"], strict=True)
                # Where that many vectors are equal, the search returns any of them.
                if key not in near and distances[-1] > SAME
            ]

        return self._call(query) if self._existing(name) is not None else []

    def count(self, name: str) -> int:
        """Count the records of a collection; 0 if it does not exist."""

        def counted() -> int:
            collection = self._existing(name)
            return int(collection.count()) if collection is not None else 0

        return self._call(counted)

    def ids(self, name: str) -> set[str]:
        """Return the ids of all records; none if the collection does not exist."""
        page = self._chroma.page

        def listed(offset: int) -> list[str]:
            found = self._existing(name).get(limit=page, offset=offset, include=[])["ids"]
            return list(found)

        found: set[str] = set()
        for offset in range(0, self.count(name), page):
            found.update(self._call(partial(listed, offset)))
        return found

    def stored(self, name: str, ids: Sequence[str]) -> Stored:
        """Return the records that exist, by id: vectors of shape (dimension,), and metadata."""

        def got(page: list[str]) -> Stored:
            collection = self._existing(name)
            if collection is None:
                return {}
            found = collection.get(ids=page, include=["embeddings", "metadatas"])
            records = zip(found["embeddings"], found["metadatas"], strict=True)
            return dict(zip(found["ids"], records, strict=True))

        found: Stored = {}
        for page in self._pages(ids, self._chroma.page):
            found.update(self._call(partial(got, page)))
        return found

    def drop(self, name: str) -> None:
        """Delete a collection, if it exists."""

        def dropped() -> None:
            with contextlib.suppress(not_found()):
                self._client.delete_collection(name + self._chroma.suffix)

        self._collections.pop(name, None)
        self._call(dropped, writes=True)

    def erase(self) -> None:
        """Close the index and delete it. The next `open` creates an empty one."""
        with contextlib.suppress(StoreError):
            self.close()
        self._chroma.erase()

    def _call(self, work: Callable[[], T], *, writes: bool = False) -> T:
        try:
            return self._chroma.call(work, writes=writes)
        except StoreError:
            if not self._chroma.survives_errors:
                with contextlib.suppress(StoreError):
                    self.close()
            raise

    def _pages(self, ids: Sequence[str], size: int) -> list[list[str]]:
        return [list(ids[start : start + size]) for start in range(0, len(ids), size)]

    def _existing(self, name: str) -> Any:  # noqa: ANN401 - Chroma's own type stops here
        if self._process != os.getpid():
            raise StoreError("the library was opened before a fork: open it again in this process")
        if name not in self._collections:
            with contextlib.suppress(not_found()):
                self._collections[name] = _checked(
                    self._client.get_collection(name + self._chroma.suffix, embedding_function=None)
                )
        return self._collections.get(name)

    def _collection(self, name: str) -> Any:  # noqa: ANN401
        if self._existing(name) is None:
            self._collections[name] = self._client.create_collection(
                name + self._chroma.suffix, embedding_function=None, configuration=CONFIGURATION
            )
        return self._collections[name]


def _checked(collection: Any) -> Any:  # noqa: ANN401
    configuration = collection.configuration_json
    # Chroma Cloud makes an index of its own kind of what it is asked for, with the same space.
    space = (configuration.get("hnsw") or configuration.get("spann") or {}).get("space")
    # "legacy" is how Chroma writes down that no embedding function was given.
    loader = (configuration.get("embedding_function") or {}).get("type", "legacy")
    if loader != "legacy" or space != "cosine":
        reason = f"{collection.name} was not made by ragchat"
        raise IndexDamaged(f"the index {reason}: run `ragchat rebuild`", reason)
    return collection
