"""Opening a library's store and loading its models, as the settings say."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.store import Store
from ragchat.errors import UsageError
from ragchat.library.trust import Agree, refuse, require_agreement
from ragchat.settings import Settings

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.models.embedder import Embedder, Preparing
    from ingest.models.reranker import CrossEncoderReranker


def open_store(
    home: Path, settings: Settings, on_wait: Callable[[str], None], agree: Agree = refuse
) -> Store:
    """Open the store of a library, which is made if it is missing.

    `on_wait` is called with a line when another process keeps it waiting; `agree` before a library
    from elsewhere connects to an address. Raises StoreError; InvalidName for a collection that
    cannot be called like this.
    """
    server = server_of(settings.chroma_url)
    store = Store(home, on_wait=on_wait, server=server)
    try:
        require_agreement(store, server, agree)
        store.look_up(settings.collection)
    except BaseException:
        store.close()
        raise
    return store


def load_embedder(
    home: Path,
    settings: Settings,
    store: Store,
    *,
    download: bool = False,
    preparing: Preparing = contextlib.nullcontext,
) -> Embedder:
    """Return the embedder that the settings name, else the one that the library was made with.

    With `download`, it is fetched if it is missing; its first use on a machine takes longer, and
    happens within `preparing`. Raises ModelError.
    """
    from ingest.models.embedder import load
    from ingest.models.files import cache_of, fetch

    active = store.model()
    name = settings.embedding_model or (active.name if active is not None else "")
    found = fetch(name, "embedding model") if download else name
    return load(found, cache_of(home), preparing)


def load_reranker(settings: Settings) -> CrossEncoderReranker | None:
    """Return the reranker that the settings name, if they name one. Raises ModelError."""
    if not settings.rerank_model:
        return None
    from ingest.models.reranker import load

    return load(settings.rerank_model)


def fetch_reranker(settings: Settings) -> None:
    """Download the reranker that the settings name, if they name one and it is missing."""
    from ingest.models.files import fetch
    from ingest.models.reranker import WHAT

    if settings.rerank_model:
        fetch(settings.rerank_model, WHAT)


def server_of(url: str) -> Address | None:
    """Return the Chroma server at a URL, None for an empty one. Raises UsageError."""
    if not url:
        return None
    from ingest.index.chroma_server import Address

    try:
        return Address.parse(url, os.environ.get("CHROMA_API_KEY", ""))
    except ValueError as error:
        raise UsageError(str(error)) from None
