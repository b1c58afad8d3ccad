"""The sentences of a text and its length in words, in any script; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.language import language
from ingest.text.words import SPACELESS, words_of

CHARACTERS_A_WORD = 2
"""Characters of a word in a script without spaces: most words of Chinese and Japanese have two."""

END = r"(?<=[.!?؟।])\s+|(?<=[。！？｡])(?![」』”’）)])|(?<=[。！？｡][」』”’）)])"
"""The end of a sentence; in scripts without spaces no space follows it."""

_RUN = re.compile(rf"[{SPACELESS}]+")


def word_count(text: str) -> int:
    """Return the number of words; of a script without spaces, two characters are one."""
    runs = _RUN.findall(text)
    characters = sum(len(run) for run in runs)
    return len(_RUN.sub(" ", text).split()) + -(-characters // CHARACTERS_A_WORD)


def is_spaceless(text: str) -> bool:
    """Return whether most letters of a text are of scripts without spaces."""
    characters = sum(len(run) for run in _RUN.findall(text))
    return 2 * characters > sum(map(str.isalnum, text))


def words_held(question: str, texts: Sequence[str], code: str) -> list[float]:
    """Return the share of a question's words, by their stems, that each text holds."""
    spoken = language(code)
    asked = set(words_of(question, spoken))
    return [len(asked & set(words_of(text, spoken))) / max(1, len(asked)) for text in texts]
