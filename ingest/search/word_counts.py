"""How rare words are over all collections that are searched together.

One rarity for all makes their scores comparable: a word is worth the same in a small collection,
where few chunks could hold it, and in a large one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ingest.records.fulltext import FullText


class WordCounts:
    """Counts over the full-text indexes of one kind; `everywhere` are those of all kinds. Each word
    is counted once.
    """

    def __init__(self, indexes: Sequence[FullText], everywhere: Sequence[FullText] = ()) -> None:
        self._indexes = indexes
        self._everywhere = everywhere or indexes
        self.size = sum(index.size for index in indexes)
        self._chunks: dict[str, dict[str, int]] = {index.table: {} for index in indexes}
        self._phrases: dict[str, int] = {}
        self._files: dict[str, dict[str, tuple[int, ...]]] = {index.table: {} for index in indexes}

    def rarity(self, chunks: int) -> float:
        """Return how telling a word is that this many chunks hold (inverse document frequency)."""
        chunks = min(chunks, self.size)
        return math.log(1 + (self.size - chunks + 0.5) / (chunks + 0.5))

    def held(self, index: FullText, forms: Sequence[str]) -> set[str]:
        """Those of these forms that chunks of one of the indexes hold."""
        known = self._read(index, forms)
        return {form for form in forms if known[form]}

    def chunks(self, forms: Sequence[str]) -> int:
        """Return how many chunks hold the commonest of these forms of a word."""
        counts = [self._read(index, forms) for index in self._indexes]
        return max((sum(known[form] for known in counts) for form in forms), default=0)

    def _read(self, index: FullText, forms: Sequence[str]) -> dict[str, int]:
        """Return how many chunks of an index hold each form that was asked for, these among
        them.
        """
        known = self._chunks[index.table]
        missing = [form for form in forms if form not in known]
        if missing:
            known.update({**dict.fromkeys(missing, 0), **index.counts(missing)})
        return known

    def holding(self, phrase: str) -> int:
        """Return how many chunks hold a phrase."""
        if phrase not in self._phrases:
            held = (len(index.holding(phrase)) for index in self._indexes)
            self._phrases[phrase] = sum(held)
        return self._phrases[phrase]

    def is_anywhere(self, phrase: str) -> bool:
        """Return whether a chunk of any kind holds a phrase."""
        return any(index.has(phrase) for index in self._everywhere)

    def read_names(self, forms: Iterable[str]) -> None:
        """Look up words in the paths of files, all at once."""
        for index in self._indexes:
            known = self._files[index.table]
            missing = [form for form in dict.fromkeys(forms) if form not in known]
            if missing:
                known.update(index.named(missing))

    def documents(self, index: FullText, form: str) -> tuple[int, ...]:
        """The documents of one of the indexes that have a word in the path of a file."""
        self.read_names((form,))
        return self._files[index.table][form]

    def named(self, form: str) -> int:
        """Return how many documents have a word in the path of a file."""
        return sum(len(self.documents(index, form)) for index in self._indexes)
