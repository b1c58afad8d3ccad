"""An answer without a model: the sentences that are nearest to the question; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.document import Passage

SENTENCES = 3
MOST_CANDIDATES = 60
SHORTEST = 25
"""Characters: headings and stray marks are no sentences."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=\s*(?:[-*#>|]|\d+\.)\s)")
_MARKS = re.compile(r"^\s*(?:[-*>]|#{1,6}|\d+\.)\s+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, word for word, and the passage that it stands in."""

    text: str
    passage: Passage
    closeness: float


def quotes(
    passages: Sequence[Passage], closeness: Callable[[Sequence[str]], Sequence[float]]
) -> list[Quote]:
    """The sentences nearest to the question, nearest first, no more than a few.

    `closeness` gives each of the texts a number, higher for nearer to the question.
    """
    pairs = [(sentence, passage) for passage in passages for sentence in sentences(passage.text)][
        :MOST_CANDIDATES
    ]
    if not pairs:
        return []
    scores = closeness([sentence for sentence, _ in pairs])
    found = [
        Quote(sentence, passage, score)
        for (sentence, passage), score in zip(pairs, scores, strict=True)
    ]
    best: dict[str, Quote] = {}
    for each in sorted(found, key=lambda each: -each.closeness):
        best.setdefault(each.text, each)
    return list(best.values())[:SENTENCES]


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without list marks and headings."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [
        " ".join(_MARKS.sub("", part).split())
        for part in parts
        if len(part) >= SHORTEST and not part.startswith(("#", "```"))
    ]
