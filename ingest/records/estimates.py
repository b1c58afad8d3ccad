"""Estimated counts of common words, kept between questions: a conversation asks for the same ones
again and again, and to estimate them takes a tenth of the time until its request leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from ingest.records.database import Database

CHANGED = 0.01
"""The share of its chunks by which a pool may have changed: an estimate is wrong by more."""
MOST = 10_000
"""Words of a pool that are kept."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Counts by word, as they were when a pool had `size` chunks, up to the row `newest`."""

    size: int
    newest: int
    counts: dict[str, int]

    def holds(self, size: int, newest: int) -> bool:
        changed = max(abs(size - self.size), abs(newest - self.newest))
        return changed <= CHANGED * self.size and len(self.counts) < MOST


_KEPT: WeakKeyDictionary[Database, dict[str, _Kept]] = WeakKeyDictionary()


def kept_estimates(
    database: Database, table: str, size: int, newest: Callable[[], int]
) -> dict[str, int]:
    """Return the estimates of a full-text index of `size` chunks that still hold, by word, to which
    further ones are added; `newest` reads the row of its newest chunk.
    """
    tables = _KEPT.setdefault(database, {})
    row = newest()
    if table not in tables or not tables[table].holds(size, row):
        tables[table] = _Kept(size, row, {})
    return tables[table].counts
