"""The embedding of a question, which a model computes while the caller does other things."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedding:
    """A vector that is being computed; `wait` returns it."""

    def __init__(self, wait: Callable[[], NDArray[np.float32]]) -> None:
        self._wait = wait

    @cached_property
    def vector(self) -> NDArray[np.float32]:
        """The vector, once it is computed: shape (dimension,)."""
        vector = self._wait()
        vector.flags.writeable = False
        return vector
