"""Questions that go on from what was said before: "and in 2023?", "why?", "the second one"; pure.

Searched for by its own words alone, such a question finds nothing. It is searched for together with
the exchange that it follows; a question that stands on its own feet, and so a change of topic, is
searched for as it is. No model is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.records.fulltext import telling_words

FEW_WORDS = 2
"""A question with no more telling words than these says too little by itself."""
ANSWER_CHARACTERS = 200
"""Of the answer before, this much is searched for, too."""
WEIGHT = 0.3
"""Of the vector of what was said before, beside the question's own."""
CARRIED = 0.1
"""Added to the score of what the last answer cited."""

_WORD = re.compile(r"\w+", re.UNICODE)
_POINTING = frozenset(
    # English, German, French, Spanish: what points back to something that was named
    "it its he him his she her hers they them their theirs that this those these one ones there"
    " then same other others both either also too else"
    " er sie ihn ihm ihr es das dieser diese dieses dort damals davon dazu auch andere anderen"
    " il elle ils elles lui leur cela ça celui celle ceux ici là aussi autre autres"
    " él ella ellos ellas eso esto aquel aquella allí entonces también otro otra otros".split()
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An exchange before the question; `cited` are the ids of what its answer cited."""

    question: str
    answer: str
    cited: frozenset[str] = frozenset()


def leans(question: str) -> bool:
    """Whether a question says too little by itself to be searched for."""
    words = set(_WORD.findall(question.lower()))
    return bool(words & _POINTING) or len(telling_words(question)) <= FEW_WORDS


def background(earlier: Sequence[Earlier]) -> str:
    """What a question leans on: the last exchange, its answer's beginning, and the one before."""
    *before, last = earlier
    said = [last.question, last.answer[:ANSWER_CHARACTERS]]
    return " ".join([*said, *(each.question for each in before[-1:])])
