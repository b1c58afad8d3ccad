"""Words of a library that a misspelt word may mean; pure, but for the vocabulary given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from string import ascii_lowercase

LONG = 8
"""Letters from which on two slips are forgiven."""
SURE = 5
"""Letters below which a letter more or less makes another word: "met" is not "miet"."""
MOST = 3
"""Corrections of one word that are searched for."""
SHARED = 5
ALIKE = 0.8
"""Letters that relatives begin with, at least, and their share of the shorter word."""


def corrections(
    word: str,
    vocabulary: Callable[[str], Iterable[tuple[str, int]]],
    counts: Callable[[Iterable[str]], Mapping[str, int]] | None = None,
) -> list[tuple[str, int]]:
    """The nearest words, each with how many chunks hold it; the nearest and commonest first.

    One slip is forgiven, or two in a long word: a letter more, less, or another, or two swapped;
    of three letters none, of four the number is right.
    The first letter, or the second if the first two were swapped, is taken to be right. With
    `counts`, which looks up single words, of a large vocabulary only what begins with two letters
    of the word is read: then nothing else may be wrong where the second letter is.
    """
    if len(word) < SURE - 1:
        return []
    allowed = 2 if len(word) >= LONG else 1
    letters = set(word)
    found: list[tuple[int, int, str]] = []
    for term, count in _looked_at(word, vocabulary, counts):
        if abs(len(term) - len(word)) > allowed or not term.isalpha():
            continue
        if term[0] != word[0] and (term[0] != word[1] or term[1:2] != word[0]):
            continue
        if len(word) < SURE and len(term) != len(word):
            continue
        # A slip adds one letter and takes one away at most; most words differ in more.
        if len(letters.symmetric_difference(term)) <= 2 * allowed:
            away = distance(word, term, allowed)
            if away <= allowed:
                found.append((away, -count, term))
    found.sort()
    nearest = [one for one in found if one[0] == found[0][0]]
    return [(term, -count) for _, count, term in nearest[:MOST]]


def is_slip_of(word: str, words: frozenset[str], *, another_letter: bool = False) -> bool:
    """Return whether a word is one slip from one of these; the first letter is right, or swapped.
    With `another_letter` the slip may be that: "Wetter" is not "weiter".
    """
    known = _by_first_letter(words)
    swapped = [other for other in known.get(word[1:2], ()) if other[:2] == word[1::-1]]
    return any(
        abs(len(word) - len(other)) <= 1
        and (another_letter or len(word) != len(other) or sorted(word) == sorted(other))
        and distance(word, other, 1) <= 1
        for other in (*known.get(word[0], ()), *swapped)
    )


@lru_cache(maxsize=32)
def _by_first_letter(words: frozenset[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[:1], []).append(word)
    return found


def _looked_at(
    word: str,
    vocabulary: Callable[[str], Iterable[tuple[str, int]]],
    counts: Callable[[Iterable[str]], Mapping[str, int]] | None,
) -> Iterator[tuple[str, int]]:
    beginnings: tuple[str, ...] = (word[0], word[1])
    if counts is not None and word.isascii():
        beginnings = (word[:2], word[1] + word[0], word[0] + word[2])
        others = (
            word[0] + letter + rest for letter in ascii_lowercase for rest in (word[1:], word[2:])
        )
        yield from counts({term for term in others if not term.startswith(beginnings)}).items()
    for beginning in dict.fromkeys(beginnings):
        yield from vocabulary(beginning)


def relatives(
    word: str, vocabulary: Callable[[str], Iterable[tuple[str, int]]]
) -> list[tuple[str, int]]:
    """Words that begin as a word does that the library does not have, or that it begins with, each
    with how many chunks hold it: other forms of it, and parts of compounds. The nearest first.
    """
    beginning = word[:SHARED]
    if len(beginning) < SHARED:
        return []
    found = []
    for term, count in vocabulary(beginning):
        shared = _shared(word, term)
        if shared >= max(SHARED, ALIKE * min(len(word), len(term))):
            found.append((-shared / max(len(word), len(term)), -count, term))
    found.sort()
    return [(term, -count) for _, count, term in found[:MOST]]


def _shared(one: str, other: str) -> int:
    """The number of letters with which both begin."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _without_shared_ends(one: str, other: str) -> tuple[str, str]:
    """Two words without the letters with which both begin and end, which are in no slip."""
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def distance(one: str, other: str, most: int) -> int:
    """The slips between two words (optimal string alignment); more than `most` where given up."""
    one, other = _without_shared_ends(one, other)
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i] + [most + 1] * len(other)
        # Further from the diagonal there are more slips than are allowed.
        for j in range(max(1, i - most), min(len(other), i + most) + 1):
            against = other[j - 1]
            row[j] = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
