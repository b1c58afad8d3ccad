"""Vectors in 16 bits, beside those of older libraries in 32."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.errors import StoreDamaged
from ingest.records.packing import packed, stored_sizes, unpacked


def test_rounding_moves_no_similarity_that_counts() -> None:
    rows = np.random.default_rng(3).standard_normal((50, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    stored = [packed(row) for row in rows]
    assert {len(vector) for vector in stored} == {stored_sizes(384)[0]}
    back = unpacked(stored, 384)
    assert np.abs(back @ rows.T - rows @ rows.T).max() < 2e-4
    assert np.linalg.norm(back, axis=1) == pytest.approx(np.ones(50), abs=1e-6)


def test_vectors_of_both_sizes_are_read_in_their_order() -> None:
    rows = np.eye(4, dtype=np.float32)
    stored = [packed(rows[0]), rows[1].tobytes(), packed(rows[2]), rows[3].tobytes()]
    assert unpacked(stored, 4).tolist() == rows.tolist()
    assert unpacked([], 4).shape == (0, 4)


@pytest.mark.parametrize("size", [0, 2, 12, 32])
def test_a_vector_of_another_size_is_damage(size: int) -> None:
    with pytest.raises(StoreDamaged, match="wrong size"):
        unpacked([bytes(8), bytes(size)], 4)
