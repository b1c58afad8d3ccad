"""Compounds that a library does not have, by the words of it that they are made of; pure, but for
the vocabulary given.

German, Dutch and their kin write "Funkdemonstration" where another text has "Demonstration des
Funks". Only words of the library itself are parts: no list of words says what a compound is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

SHORTEST = 4
"""Letters of a part where the library has both: shorter ones are found in most words."""
ALONE = 5
"""Letters of each where it has one: else "-iert" is a part."""


@dataclass(frozen=True, slots=True)
class Compound:
    """A word by its two parts; `is_known`: the vocabulary has both, not one of them."""

    parts: tuple[str, str]
    is_known: bool


def compound_of(
    word: str,
    linking: Collection[str],
    forms: Callable[[str], Sequence[str]],
    counts: Callable[[Sequence[str]], Mapping[str, int]],
) -> Compound | None:
    """A word as a compound of which the vocabulary has a part; None where it has neither.

    `linking` are letters between parts ("s" in "Arbeitszeit"), `forms` those in which a word is
    indexed, `counts` says which of some forms the vocabulary has.
    """
    cuts = list(_cuts(word, linking))
    known = counts([form for cut in cuts for part in cut for form in forms(part)])
    best, most = None, (0, 0)
    for left, right in cuts:
        has = [
            len(part) if any(form in known for form in forms(part)) else 0 for part in (left, right)
        ]
        if not all(has) and min(len(left), len(right), max(has)) < ALONE:
            continue
        # Both parts, as even as can be; else the longest.
        value = (min(has), max(has))
        if value > most:
            best, most = Compound((left, right), all(has)), value
    return best


def _cuts(word: str, linking: Collection[str]) -> Iterator[tuple[str, str]]:
    for end in range(SHORTEST, len(word) - SHORTEST + 1):
        left, right = word[:end], word[end:]
        yield left, right
        for link in linking:
            bare = left.removesuffix(link)
            if bare != left and len(bare) >= SHORTEST:
                yield bare, right
