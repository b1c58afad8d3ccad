"""The models of an open library: loaded at the first need, and again after they were changed."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder, Preparing
    from ingest.store import Store
    from ragchat.retrieval.retriever import Retriever
    from ragchat.settings import Settings


def import_ahead() -> None:
    """Begin to import in a thread what models run with, while the caller imports other modules."""
    threading.Thread(target=_import_libraries, name="libraries", daemon=True).start()


def _import_libraries() -> None:
    from ingest.models.inference import import_libraries

    with contextlib.suppress(Exception):  # raised again where the embedder is needed
        import_libraries()


class Models:
    """Loads the embedder and the retriever once; threads may share one.

    `preparing` surrounds the first use of a model on this machine, which takes up to a minute.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.preparing: Preparing = contextlib.nullcontext
        self._store = store
        self._settings = settings
        self._lock = threading.RLock()
        self._embedder: Embedder | None = None
        self._retriever: Retriever | None = None

    def load_ahead(self, question: str = "") -> None:
        """Begin to load what questions need in a thread, and to embed this one; `embedder` and
        `retriever` wait for it.

        Most of it is outside of Python, so that the caller can import modules meanwhile.
        """
        thread = threading.Thread(target=self._load_ahead, args=(question,), daemon=True)
        thread.name = "model"
        thread.start()

    def _load_ahead(self, question: str) -> None:
        # An error is raised where the embedder is needed, which loads it again.
        with contextlib.suppress(Exception), self._lock:
            self.embedder().preload(question)

    def embedder(self, *, download: bool = False) -> Embedder:
        """Return the embedder of the library's model; with `download` it is fetched if missing."""
        from ragchat.library.opening import load_embedder

        with self._lock:
            active, loaded = self._store.model(), self._embedder
            if loaded is None or (active is not None and active.fingerprint != loaded.fingerprint):
                loaded = load_embedder(
                    self._store.home,
                    self._settings,
                    self._store,
                    download=download,
                    preparing=self.preparing,
                )
            self._embedder = loaded
            return loaded

    def retriever(self) -> Retriever:
        """Return the retriever of the library's model."""
        import ragchat.retrieval.retriever  # noqa: F401 - while another thread loads the model

        with self._lock:
            embedder = self.embedder()
            if self._retriever is None or self._retriever.embedder is not embedder:
                self._retriever = self._make_retriever(embedder)
            return self._retriever

    def _make_retriever(self, embedder: Embedder) -> Retriever:
        from ingest.intake.exchange_index import index_turns
        from ragchat.library.opening import load_reranker
        from ragchat.retrieval.retriever import Retriever

        # Index the exchanges that an earlier process stored and could not index any more.
        index_turns(self._store, embedder)
        return Retriever(self._store, embedder, load_reranker(self._settings))
