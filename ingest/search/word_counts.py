"""How rare words are over all collections that are searched together.

One rarity for all makes their scores comparable: a word is worth the same in a small collection,
where few chunks could hold it, and in a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.records.fulltext import FullText, rarity


class WordCounts:
    """Counts over the full-text indexes of one kind. Each word is counted once."""

    def __init__(self, indexes: Sequence[FullText]) -> None:
        self._indexes = indexes
        self.size = sum(index.size for index in indexes)
        self._chunks: dict[str, dict[str, int]] = {index.table: {} for index in indexes}
        self._phrases: dict[str, int] = {}
        self._files: dict[str, int] = {}

    def rarity(self, chunks: int) -> float:
        """How telling a word is that this many chunks hold."""
        return rarity(min(chunks, self.size), self.size)

    def held(self, index: FullText, forms: Sequence[str]) -> set[str]:
        """Those of these forms that chunks of one of the indexes hold."""
        known = self._chunks[index.table]
        missing = [form for form in forms if form not in known]
        known.update({**dict.fromkeys(missing, 0), **index.counts(missing)})
        return {form for form in forms if known[form]}

    def chunks(self, forms: Sequence[str]) -> int:
        """How many chunks hold the commonest of these forms of a word."""
        for index in self._indexes:
            self.held(index, forms)
        return max(
            (sum(known[form] for known in self._chunks.values()) for form in forms), default=0
        )

    def holding(self, phrase: str) -> int:
        """How many chunks hold a phrase."""
        return self._sum(self._phrases, phrase, lambda index: len(index.holding(phrase)))

    def named(self, form: str) -> int:
        """How many documents have a word in the path of a file."""
        return self._sum(self._files, form, lambda index: len(set(index.named(form))))

    def _sum(self, known: dict[str, int], form: str, count: Callable[[FullText], int]) -> int:
        if form not in known:
            known[form] = sum(map(count, self._indexes))
        return known[form]
