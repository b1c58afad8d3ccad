"""Words next to each other in a question: "Mill Street", "Rue des Lilas"; pure.

A passage that holds them next to each other, too, is more likely to be meant than one that holds
them apart. Capitals do not tell: in German every noun has one, and many a user types none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ingest.text.language import Language
from ingest.text.words import is_plain, tokens_of, without_possessive

BETWEEN = 2
"""Words before a capitalised one that only hold a name together: "Bank of England"."""


@dataclass(frozen=True, slots=True)
class Adjacent:
    """The first and the last of the words, and all of them as they were asked; `are_name`: they are
    written like a name of several words.
    """

    first: str
    last: str
    text: str
    are_name: bool = False


def adjacent_words(text: str, asked: Language, weak: Collection[str]) -> Iterator[Adjacent]:
    """The telling words that are next to each other, two at a time, and those with small words
    between where the second is capitalised. `weak` words say nothing about the subject.
    """
    has_names = not (text.isupper() or text.istitle())
    before: list[str] = []
    for kind, token in tokens_of(text):
        word = without_possessive(token)
        if kind != "word" or not is_plain(word) or word.casefold() in weak:
            before = []
        elif asked.is_stop_word(word):
            before = [*before, token] if before and len(before) <= BETWEEN else []
        else:
            capital = word[0].isupper() or word.isdigit()
            if len(before) == 1 or (before and capital):
                first = without_possessive(before[0])
                # In German "Haus der Familie" is as good as "house of the family".
                is_name = len(before) == 1 or not asked.capitalised_nouns
                is_name = is_name and has_names and capital and first[0].isupper()
                yield Adjacent(first, word, " ".join([*before, token]), is_name)
            before = [token]
