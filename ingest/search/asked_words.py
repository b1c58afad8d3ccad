"""How much of what a question asks each chunk holds; pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

ENOUGH_TERMS = 8
"""A passage need not hold more words of a long question to hold all of what it asks."""

BESIDE = 0.5
"""What a word counts for that only the chunk before or after holds: flat from 0.25 to 0.75 on six
languages (RESULTS.md#in-other-languages). A text that is cut small has its subject in one chunk and
the answer in the next.
"""


class AskedWords:
    """The words of a question, a bit each: what each counts for, and in which parts it is asked."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._wanted: list[float] = []
        self._held: list[float] = []
        self._asked: list[int] = []
        self._shares: dict[tuple[int, int], float] = {}

    def add(self, rarity: float, held: float, asked: int) -> int:
        """The bit of a word that counts for `rarity`, and for `held` where it is found."""
        self._wanted.append(rarity)
        self._held.append(held)
        self._asked.append(asked)
        return 1 << (len(self._wanted) - 1)

    def coverage(self, held: Mapping[int, int]) -> dict[int, float]:
        """The share of the words' rarity that each chunk holds, for those that hold any; of a long
        question that of the part that it holds best.
        """
        shares = {words: self.share(words) for words in set(held.values())}
        return {chunk: shares[words] for chunk, words in held.items() if shares[words]}

    def share(self, words: int, beside: int = 0) -> float:
        """The share of a chunk that holds these words, and whose neighbours hold others."""
        if (words, beside) not in self._shares:
            self._shares[words, beside] = max(
                (
                    min(
                        1.0,
                        (self._sum(part, words) + BESIDE * self._sum(part, beside & ~words))
                        / total,
                    )
                    for part, total in self._totals
                    if total
                ),
                default=0.0,
            )
        return self._shares[words, beside]

    @cached_property
    def _totals(self) -> list[tuple[int, float]]:
        """The words of each part, a bit each, and how much of their rarity there is to hold."""
        totals = []
        for part in range(max(1, self._parts)):
            words = [
                n for n, asked in enumerate(self._asked) if not self._parts or asked >> part & 1
            ]
            rarest = sorted((self._wanted[n] for n in words), reverse=True)[:ENOUGH_TERMS]
            totals.append((sum(1 << n for n in words), sum(rarest)))
        return totals

    def _sum(self, part: int, words: int) -> float:
        bits, found = words & part, []
        while bits:
            lowest = bits & -bits
            found.append(self._held[lowest.bit_length() - 1])
            bits ^= lowest
        return sum(found)
