"""Embedding of texts that have no vector yet, in steps; the vectors of a step are kept at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

BATCH = 512
"""Chunks that are collected before they are embedded and stored."""

STEP_SECONDS = 0.7
"""Work between two looks at `stop`: a run that is interrupted ends within two seconds."""

FIRST_STEP, SMALLEST_STEP = 16, 8


def embed(
    store: Store,
    embedder: Embedder,
    texts: Mapping[bytes, str],
    write: Callable[[], None],
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> bool:
    """Store a vector for each of the texts, whose keys are their hashes; then call `write`, which
    stores the texts. A process that forgets meanwhile drops vectors without a text: those are made
    again. Returns False if `stop` returned true; the vectors so far are kept.
    """
    while _embed(store, embedder, texts, advance=advance, stop=stop):
        with store.transaction():
            if not store.records.missing_vectors(store.use_model(embedder).id, texts):
                write()
                return True
        advance = _counted_already
    return False


def _embed(
    store: Store,
    embedder: Embedder,
    texts: Mapping[bytes, str],
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> bool:
    """Store the vectors.

    `advance` is called with the number of texts that are done. Returns False if `stop` returned
    true before a step other than the first; the vectors so far are kept.
    """
    model = store.use_model(embedder).id
    missing = store.records.missing_vectors(model, texts)
    advance(len(texts) - len(missing))
    # Texts of one length share a step, so that small steps are not padded more than large ones;
    # the longest come first, so that an estimate of the time left is not too short.
    wanted = sorted(missing, key=lambda key: len(texts[key]), reverse=True)
    start, size = 0, FIRST_STEP
    while start < len(wanted):
        if start and stop():
            return False
        part = wanted[start : start + size]
        began = time.monotonic()
        vectors = embedder.embed_passages([texts[key] for key in part])
        seconds = time.monotonic() - began
        with store.transaction():
            store.records.put_vectors(model, dict(zip(part, vectors, strict=True)))
        advance(len(part))
        start += len(part)
        size = _next_size(len(part), seconds)
    return True


def _counted_already(texts: int) -> None:
    """Advance no further: these texts were counted when they were first embedded."""


def _next_size(done: int, seconds: float) -> int:
    """Return how many texts take about STEP_SECONDS, at most twice as many as the last step."""
    fitting = int(done * STEP_SECONDS / max(seconds, 1e-6))
    return max(SMALLEST_STEP, min(fitting, 2 * done, BATCH))
