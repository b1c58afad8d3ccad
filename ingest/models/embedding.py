"""The embedding of a question, which a model computes while the caller does other things."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedding:
    """A vector that is being computed; `wait` returns it, and is called once: what failed has no
    vector that could be read later.
    """

    def __init__(self, wait: Callable[[], NDArray[np.float32]]) -> None:
        self._wait = wait
        self._error: Exception | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it could not be computed."""
        return self._error is not None

    @cached_property
    def vector(self) -> NDArray[np.float32]:
        """The vector, once it is computed: shape (dimension,)."""
        if self._error is not None:
            raise self._error
        try:
            vector = self._wait()
        except Exception as error:
            self._error = error
            raise
        vector.flags.writeable = False
        return vector
