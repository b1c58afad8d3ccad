"""An answer without a model: the sentences that are most similar to the question; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.document import Passage
from ingest.text.sentences import END, is_spaceless, word_count

SENTENCES = 3
MOST_CANDIDATES = 60
SHORTEST = 25
"""Characters; a shorter piece is a heading or a stray mark."""
FEWEST_WORDS = 3
"""Words of a sentence in a script without spaces."""

_SENTENCE_END = re.compile(rf"{END}|\n\s*\n|\n(?=\s*(?:[-*#>|]|\d+\.)\s)")
_HEADING = re.compile(r"^#{1,6}[ \t][^\n]*", re.MULTILINE)
_MARKS = re.compile(r"^\s*(?:[-*>]|#{1,6}|\d+\.)\s+")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, verbatim, and its passage."""

    text: str
    passage: Passage
    similarity: float


def extracts(
    passages: Sequence[Passage], similarity: Callable[[Sequence[str]], Sequence[float]]
) -> list[Extract]:
    """Return the sentences most similar to the question, the best first, at most SENTENCES.

    `similarity` scores texts against the question.
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
    """Return the sentences of a Markdown text, without list marks and headings."""
    parts = (part.strip() for part in _SENTENCE_END.split(_HEADING.sub("\n", text)))
    return [
        " ".join(_MARKS.sub("", part).split())
        for part in parts
        if _is_long_enough(part) and not part.startswith(("#", "```"))
    ]


def _is_long_enough(part: str) -> bool:
    return len(part) >= SHORTEST or (is_spaceless(part) and word_count(part) >= FEWEST_WORDS)
