"""Whether a Chroma server answers: one that did not is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ingest.errors import IndexAway

T = TypeVar("T")

CONSEQUENCE = "using the vectors stored here, and updating the server when it answers again"

AWAY_SECONDS = 30.0
"""How long a server that did not answer is not asked again."""


class Availability:
    """Of the index of one library; `say` is called with the fallback used without it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._away_until = 0.0

    def unless_away(self, work: Callable[[], T], instead: T) -> T:
        """Return the result of work with the index, or `instead` where a server does not answer,
        which is said once.
        """
        if time.monotonic() < self._away_until:
            return instead
        try:
            return work()
        except IndexAway as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            self._say(f"{error}; {CONSEQUENCE}")
            return instead
