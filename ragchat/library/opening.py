"""Opening a library's store and loading its models, as the settings say."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.document import KINDS, Kind
from ingest.store import Store
from ragchat.errors import UsageError
from ragchat.library.trust import Agree, refuse, require_agreement
from ragchat.settings import Settings

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address
    from ingest.models.embedder import Embedder, Preparing
    from ingest.models.reranker import Reranker


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


_ADDRESS = re.compile(r"(?:https?|ftp):(?=/)", re.IGNORECASE)


def named_path(path: str | Path) -> Path:
    """Return a path that a program gives. Raises UsageError for an empty one, which would be the
    current folder, with everything in it, and for a web address, since nothing is fetched.
    """
    if not str(path):
        raise UsageError("the path is empty: name a file or a folder")
    if (scheme := _ADDRESS.match(str(path))) and not Path(path).exists():
        address = f"{scheme[0]}//{str(path)[scheme.end() :].lstrip('/')}"
        raise UsageError(f"{address} is an address: save the page as a file, and ingest that")
    return Path(path)


def no_collection(name: str, existing: Sequence[str]) -> UsageError:
    """Return the error for a collection that is not among those that can be read."""
    known = ", ".join(existing) or "none yet"
    return UsageError(f"there is no collection {name!r}: the library has {known}")


def is_empty(store: Store, collections: Iterable[str], kinds: Sequence[Kind] = KINDS) -> bool:
    """Whether these collections hold nothing of these kinds: neither a file nor a conversation."""
    rows = [store.look_up(name) for name in collections]
    return not any(
        ("document" in kinds and store.documents.count_files(row))
        or ("memory" in kinds and store.conversations.count(row)[0])
        for row in rows
    )


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


def load_reranker(settings: Settings) -> Reranker | None:
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
