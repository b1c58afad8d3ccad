"""An answer without a model: the sentences that are most similar to the question; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.document import MemoryPassage, Passage
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
    is_earlier: bool = False
    """Whether a later memory changed what it says."""


def extracts(
    passages: Sequence[Passage],
    similarity: Callable[[Sequence[str]], Sequence[float]],
    changes: Callable[[str, str], bool] = lambda new, old: False,
) -> list[Extract]:
    """Return the sentences most similar to the question, the best first, at most SENTENCES.

    `similarity` scores texts against the question. A sentence of memory stands below the later ones
    that change it: `changes` says whether the first of two texts changes the second.
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
    return _below_their_changes(list(best.values()), changes)


def _below_their_changes(
    sorted_: Sequence[Extract], changes: Callable[[str, str], bool]
) -> list[Extract]:
    shown: dict[str, Extract] = {}
    for extract in sorted_[:SENTENCES]:
        newer = [other for other in sorted_ if _is_later(other, extract)]
        newer = [other for other in newer if changes(other.text, extract.text)]
        for other in newer[:1]:
            shown.setdefault(other.text, other)
        shown.setdefault(extract.text, replace(extract, is_earlier=bool(newer)))
    return list(shown.values())[:SENTENCES]


def _is_later(one: Extract, other: Extract) -> bool:
    """Return whether both are of memory, and the first was said later."""
    if not isinstance(one.passage, MemoryPassage) or not isinstance(other.passage, MemoryPassage):
        return False
    times = one.passage.time, other.passage.time
    return times[0] is not None and times[1] is not None and times[0] > times[1]


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
