"""Words without which a rule need not be tried; pure.

A process asks one question as a rule, and most questions need few of several hundred patterns: to
look for a hint first spares compiling the others, a tenth of the time of `ragchat search`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LETTERS = re.compile(r"[^\W\d_]+")
# In Korean particles and endings are written to the word.
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def words_in(text: str) -> list[str]:
    """Return the words of a text, in small letters and without signs and figures."""
    return _LETTERS.findall(text.casefold())


@dataclass(frozen=True, slots=True)
class Hints:
    """Words, and pieces of text of languages in which words are not written apart."""

    words: frozenset[str]
    pieces: frozenset[str]

    @classmethod
    def of(cls, hints: Iterable[str]) -> Hints:
        """Return these hints; of several words in a row, the longest."""
        known = [hint.casefold() for hint in hints]
        pieces = frozenset(filter(_SPACELESS.search, known))
        rows = (words_in(hint) for hint in known if hint not in pieces)
        return cls(frozenset(max(row, key=len) for row in rows if row), pieces)

    def in_text(self, text: str) -> bool:
        """Return whether a text holds any of them."""
        if not self.words.isdisjoint(words_in(text)):
            return True
        folded = text.casefold()
        return any(piece in folded for piece in self.pieces)
