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
class Extract:
    """A sentence, word for word, and the passage that holds it."""

    text: str
    passage: Passage
    similarity: float


def extracts(
    passages: Sequence[Passage], similarity: Callable[[Sequence[str]], Sequence[float]]
) -> list[Extract]:
    """The sentences nearest to the question, nearest first, no more than a few.

    `similarity` scores each text, higher for nearer to the question.
    """
    pairs = [(sentence, passage) for passage in passages for sentence in sentences(passage.text)][
        :MOST_CANDIDATES
    ]
    if not pairs:
        return []
    scores = similarity([sentence for sentence, _ in pairs])
    found = [
        Extract(sentence, passage, score)
        for (sentence, passage), score in zip(pairs, scores, strict=True)
    ]
    best: dict[str, Extract] = {}
    for extract in sorted(found, key=lambda extract: -extract.similarity):
        best.setdefault(extract.text, extract)
    return list(best.values())[:SENTENCES]


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without list marks and headings."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [
        " ".join(_MARKS.sub("", part).split())
        for part in parts
        if len(part) >= SHORTEST and not part.startswith(("#", "```"))
    ]
