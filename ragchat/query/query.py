"""A query: a question read once, before retrieval, and handed on.

What follows it never looks at the bare question again: not for the words to search for, nor for
the times it names, nor for whether it is about the user.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.search.terms import WordQuery
from ingest.text.language import language_of
from ragchat.query.about_user import asks_about_user
from ragchat.query.dates import NO_TIMES, NamedTimes, named_times
from ragchat.query.events import NamedEvent, named_event
from ragchat.query.followup import WEIGHT, Earlier, background, leans
from ragchat.query.rules import rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question as it is searched for.

    `background` is what was said before, where the question leans on it, and `cited` the ids that
    the last answer cited then. `vector` is that of the question, blended with its background.
    `times` are the times that it names, `event` an event that it counts time from. `language` is an
    ISO 639-1 code, None where it is not known.
    """

    text: str
    vector: NDArray[np.float32]
    background: str | None = None
    cited: frozenset[str] = frozenset()
    times: NamedTimes = NO_TIMES
    event: NamedEvent | None = None
    about_user: bool = False
    language: str | None = None

    @property
    def with_background(self) -> str:
        """The question with what it leans on."""
        return f"{self.text} {self.background}" if self.background else self.text

    @property
    def words(self) -> WordQuery:
        """What is searched for by words."""
        known = rules(self.language or "en")
        return WordQuery(self.with_background, self.language, known.weak if known else frozenset())


def read_query(
    text: str,
    embed: Callable[[str], NDArray[np.float32]],
    *,
    before: Sequence[Earlier] = (),
    now: datetime | None = None,
) -> Query:
    """Read a question.

    `before` are the exchanges before it, oldest first: a question that says too little by itself is
    searched for together with them. `now` is what "last Tuesday" is counted from.
    """
    vector = embed(text)
    language = language_of(text)
    said = background(before) if before and leans(text, language) else None
    if said is not None:
        vector = vector + WEIGHT * embed(said)
        vector /= math.sqrt(float(vector @ vector))
    return Query(
        text=text,
        vector=vector,
        background=said,
        cited=before[-1].cited if said is not None else frozenset(),
        times=named_times(text, now),
        event=named_event(text),
        about_user=asks_about_user(text),
        language=language,
    )
