"""What has no vector yet is embedded, a batch at a time, each kept as soon as it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

BATCH = 512
"""Texts embedded at a time: a few seconds of work."""


def embed(
    store: Store,
    embedder: Embedder,
    texts: Mapping[bytes, str],
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> bool:
    """Keep a vector for each of these texts, which are named by their hashes; `advance` is told how
    many more there are. False where `stop` said yes before a batch other than the first.
    """
    model = store.use_model(embedder).id
    missing = store.records.missing_vectors(model, texts)
    advance(len(texts) - len(missing))
    wanted = [key for key in texts if key in missing]
    for start in range(0, len(wanted), BATCH):
        if start and stop():
            return False
        part = wanted[start : start + BATCH]
        vectors = embedder.embed_passages([texts[key] for key in part])
        with store.database.transaction():
            store.records.put_vectors(model, dict(zip(part, vectors, strict=True)))
        advance(len(part))
    return True
