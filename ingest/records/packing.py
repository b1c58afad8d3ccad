"""Vectors as SQLite stores them: numbers of 16 bits, half of what the model computes with.

Rounding moves a similarity by less than 0.0002, far less than any threshold tells apart
(RESULTS.md#disk). Vectors that were stored before have 32 bits, and are read as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.errors import StoreDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TINY = 1e-12


def stored_sizes(dimension: int) -> tuple[int, int]:
    """Return the bytes of a stored vector: as they are written now, and as they were before."""
    return 2 * dimension, 4 * dimension


def packed(vector: NDArray[np.float32]) -> bytes:
    """Return a vector as it is stored."""
    import numpy as np

    return vector.astype(np.float16).tobytes()


def unpacked(vectors: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
    """Return stored vectors as one array of shape (count, dimension), rows of unit length.

    Raises StoreDamaged where one is not of the `stored_sizes`.
    """
    import numpy as np

    short, long = stored_sizes(dimension)
    sizes = [len(vector) for vector in vectors]
    if not set(sizes) <= {short, long}:
        raise StoreDamaged(
            "ragchat.db holds vectors of a wrong size: put a backup in its place with "
            "`ragchat restore FILE`"
        )
    rows = np.empty((len(vectors), dimension), np.float32)
    for size, bits in ((short, np.float16), (long, np.float32)):
        which = [n for n, length in enumerate(sizes) if length == size]
        joined = b"".join([vectors[n] for n in which])
        rows[which] = np.frombuffer(joined, bits).reshape(len(which), dimension)
    # Rounding has changed the lengths by up to a ten-thousandth; no vector of a model is 0.
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), TINY)
    return rows
