"""Embedding of texts that have no vector yet, in steps; the vectors of a step are kept at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.models.embedder import Embedder
    from ingest.store import Store

    Step: TypeAlias = Future[tuple[NDArray[np.float32], float]]

BATCH = 512
"""Chunks that are collected before they are embedded and stored."""

STEP_SECONDS = 0.7
"""Work between two looks at `stop`: a run that is interrupted ends within two seconds."""

FIRST_STEP, SMALLEST_STEP = 16, 8
SIDE_BY_SIDE = 2
"""Steps that run at once: at the end of one, and while its vectors are stored, the processor would
have nothing to do.
"""
LOOK_SECONDS, PATIENCE_SECONDS = 0.1, 0.5
"""How often a step is looked at, and how long a run that is stopped waits for one that was begun:
on a busy machine steps take several times as long as they should.
"""


def write_embedded(
    store: Store,
    embedder: Embedder,
    texts: Mapping[bytes, str],
    write: Callable[[], None],
    *,
    stop: Callable[[], bool],
) -> bool:
    """Call `write`, which stores the texts, where each of them has a vector. A process that forgets
    meanwhile drops vectors without a text: those are made again. Returns False, with nothing
    written, if `stop` returned true meanwhile.
    """
    while True:
        with store.transaction():
            if not store.vectors.missing(store.use_model(embedder).id, texts):
                write()
                return True
        if not embed(store, embedder, texts, advance=_counted_already, stop=stop):
            return False


def embed(
    store: Store,
    embedder: Embedder,
    texts: Mapping[bytes, str],
    *,
    advance: Callable[[int], None],
    stop: Callable[[], bool],
) -> bool:
    """Store a vector for each of the texts, whose keys are their hashes.

    `advance` is called with the number of texts that are done. Returns False if `stop` returned
    true before all was done; vectors that are ready soon are kept.
    """
    model = store.use_model(embedder).id
    missing = store.vectors.missing(model, texts)
    advance(len(texts) - len(missing))
    # Texts of one length share a step, so that small steps are not padded more than large ones;
    # the longest come first, so that an estimate of the time left is not too short.
    wanted = sorted(missing, key=lambda key: len(texts[key]), reverse=True)
    start, size, stopped = 0, FIRST_STEP, False
    pool = ThreadPoolExecutor(SIDE_BY_SIDE if embedder.threads_share else 1, "embed")
    running: deque[tuple[list[bytes], Step]] = deque()
    try:
        while running or start < len(wanted):
            stopped = stopped or (start > 0 and stop())
            while not stopped and start < len(wanted) and len(running) < SIDE_BY_SIDE:
                part = wanted[start : start + size]
                step = pool.submit(_embedded, embedder, [texts[key] for key in part])
                running.append((part, step))
                start += len(part)
            if not running:
                return False
            part, step = running.popleft()
            if not is_ready(step, stop):
                return False
            vectors, seconds = step.result()
            with store.transaction():
                store.vectors.put(model, dict(zip(part, vectors, strict=True)))
            advance(len(part))
            size = _next_size(len(part), seconds)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return True


def is_ready(step: Step, stop: Callable[[], bool]) -> bool:
    """Wait for a step. Returns False if `stop` returned true and it took longer than is waited."""
    while not wait([step], LOOK_SECONDS).done:
        if stop():
            return bool(wait([step], PATIENCE_SECONDS).done)
    return True


def _counted_already(texts: int) -> None:
    """Advance no further: these texts were counted when they were first embedded."""


def _embedded(embedder: Embedder, texts: list[str]) -> tuple[NDArray[np.float32], float]:
    """Return the vectors of a step, and the seconds that it took."""
    began = time.monotonic()
    vectors = embedder.embed_passages(texts)
    return vectors, time.monotonic() - began


def _next_size(done: int, seconds: float) -> int:
    """Return how many texts take about STEP_SECONDS, at most twice as many as the last step."""
    fitting = int(done * STEP_SECONDS / max(seconds, 1e-6))
    return max(SMALLEST_STEP, min(fitting, 2 * done, BATCH))
