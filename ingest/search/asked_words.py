"""How much of what a question asks each chunk holds; pure."""

from __future__ import annotations

from collections.abc import Mapping

ENOUGH_TERMS = 8
"""A passage need not hold more words of a long question to hold all of what it asks."""


class AskedWords:
    """The words of a question, a bit each: what each counts for, and in which parts it is asked."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._wanted: list[float] = []
        self._held: list[float] = []
        self._asked: list[int] = []

    def add(self, rarity: float, held: float, asked: int) -> int:
        """The bit of a word that counts for `rarity`, and for `held` where it is found."""
        self._wanted.append(rarity)
        self._held.append(held)
        self._asked.append(asked)
        return 1 << (len(self._wanted) - 1)

    def coverage(self, held: Mapping[int, int]) -> dict[int, float]:
        """The share of the words' rarity that each chunk holds; of a long question that of the part
        that it holds best.
        """
        parts = [
            [n for n, asked in enumerate(self._asked) if not self._parts or asked >> part & 1]
            for part in range(max(1, self._parts))
        ]
        totals = [
            sum(sorted((self._wanted[n] for n in part), reverse=True)[:ENOUGH_TERMS])
            for part in parts
        ]
        shares: dict[int, float] = {}
        for words in set(held.values()):
            shares[words] = max(
                (
                    min(1.0, sum(self._held[n] for n in part if words >> n & 1) / total)
                    for part, total in zip(parts, totals, strict=True)
                    if total
                ),
                default=0.0,
            )
        return {chunk: shares[words] for chunk, words in held.items() if shares[words]}
