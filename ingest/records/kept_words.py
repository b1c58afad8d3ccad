"""What was read of full-text indexes, kept between questions: a conversation asks for the same
words again and again, and reading them takes a tenth of the time until its request leaves.

Counts of common words are estimates, which hold until an index has changed by more than they are
wrong by; everything else holds until it is written to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ingest.records.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHANGED = 0.01
"""The share of its chunks by which an index may have changed: an estimate is wrong by more."""
MOST = 10_000
"""Words of an index that are kept."""
MOST_ROWS = 2_000_000
"""Rows of chunks that are kept, of all words: 16 MB."""


@dataclass(slots=True)
class KeptWords:
    """What was read of a full-text index in one `version` of it, None for one that is not known.

    By word: how many chunks hold it (`counts`, and `estimates` of the common ones), and which ones
    (`rows`); whether it is the beginning of words is part of its key.
    """

    version: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    estimates: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, bool], NDArray[np.int64]] = field(default_factory=dict)
    size: int = 0
    newest: int = 0
    _room: int = MOST_ROWS

    def keep_rows(self, form: str, rows: NDArray[np.int64], *, prefix: bool) -> None:
        """Keep which chunks hold a word, in place of all others where they are too many."""
        self._room -= len(rows)
        if self._room < 0:
            self.rows.clear()
            self._room = MOST_ROWS - len(rows)
        self.rows[form, prefix] = rows

    def keep_count(self, form: str, chunks: int) -> None:
        """Keep how many chunks hold a word."""
        if len(self.counts) < MOST:
            self.counts[form] = chunks

    def estimates_hold(self, size: int, newest: int) -> bool:
        """Return whether the index has hardly changed since words were estimated."""
        changed = max(abs(size - self.size), abs(newest - self.newest))
        return changed <= CHANGED * self.size and len(self.estimates) < MOST


_KEPT: WeakKeyDictionary[Database, dict[str, KeptWords]] = WeakKeyDictionary()


def kept_words(database: Database, table: str, size: int, newest: int) -> KeptWords:
    """Return what was read of a full-text index and still holds; it has `size` chunks, up to the
    row `newest`.

    FTS5 writes its record of structure, row 10, with each change, and its averages in row 1
    (https://sqlite.org/src/file/ext/fts5/fts5_index.c). Without these nothing is kept.
    """
    version = database.scalar(
        f"SELECT group_concat(hex(block)) FROM {table}_data WHERE id IN (1, 10)"
    )
    tables = _KEPT.setdefault(database, {})
    before = tables.get(table)
    if version is not None and before is not None and before.version == version:
        return before
    kept = KeptWords(version, size=size, newest=newest)
    if before is not None and before.estimates and before.estimates_hold(size, newest):
        kept.estimates, kept.size, kept.newest = before.estimates, before.size, before.newest
    if version is not None:
        tables[table] = kept
    return kept
