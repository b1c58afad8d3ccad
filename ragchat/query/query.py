"""A query: a question read once, before retrieval, and handed on.

What follows it never looks at the bare question again: not for the words to search for, nor for
the times it names, nor for whether it is about the user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from ingest.models.embedding import Embedding
from ingest.search.terms import WordQuery
from ingest.text.language import language_of, says_nothing
from ingest.text.letters import without_vowel_signs
from ragchat.query.about_library import LibraryQuestion, about_library
from ragchat.query.about_user import AboutUser, about_user
from ragchat.query.dates import LONGEST, NO_TIMES, NamedTimes, named_times
from ragchat.query.events import NamedEvent, named_event
from ragchat.query.followup import WEIGHT, WORDS, Earlier, background, leaning
from ragchat.query.logs import without_repeated_lines
from ragchat.query.long_questions import parts_that_ask
from ragchat.query.order import Order, said_order
from ragchat.query.rules import Rules, recency_words, rules
from ragchat.query.tools import named_tools

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_WORD = re.compile(r"[^\W\d_]+")
_OF_USER = (AboutUser.ASKS, AboutUser.EVERYTHING, AboutUser.SHARED)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A question as it is searched for.

    `gist` is its text without the lines of a log that are repeated.
    `background` is the text of previous turns that a follow-up leans on, `leaning` how much, 0..1,
    and `cited` the ids that the last answer cited then. `embedding` is that of the question,
    blended with its background.
    `times` are the times that it names, `event` an event that it counts time from.
    `tools` are the origins of conversations that it asks for, by the names of their tools.
    `about_library` is what it asks of the library itself, `order` whether it asks for what was said
    first or last. `language` is an ISO 639-1 code, None
    where it is not known. `parts_that_ask` are those of a long question.
    """

    text: str
    embedding: Embedding
    gist: str
    background: str | None = None
    leaning: float = 0.0
    cited: frozenset[str] = frozenset()
    times: NamedTimes = NO_TIMES
    event: NamedEvent | None = None
    about_user: AboutUser = AboutUser.NOT
    tools: frozenset[str] = frozenset()
    about_library: LibraryQuestion | None = None
    order: Order | None = None
    language: str | None = None
    parts_that_ask: tuple[str, ...] = ()

    @property
    def vector(self) -> NDArray[np.float32]:
        """The vector of the question, once the model has computed it."""
        return self.embedding.vector

    @property
    def with_background(self) -> str:
        """The question with what it leans on."""
        return f"{self.gist} {self.background}" if self.background else self.gist

    @property
    def asks_nothing(self) -> bool:
        """Whether it only acknowledges what was said: "thanks, that helps"."""
        return self.background is None and says_nothing(self.text)

    @property
    def asks_how_new(self) -> bool:
        """Whether it matters how new a file is: "the current price", "notes changed since May"."""
        words = set(_WORD.findall(self.text[:LONGEST].casefold()))
        return self.times.of_files or not words.isdisjoint(recency_words())

    @property
    def words(self) -> WordQuery:
        """The words to search for."""
        known = rules(self.language or "en") or Rules()
        return WordQuery(
            self.gist,
            self.language,
            known.weak,
            known.vague | self.times.counted_from_now,
            self.parts_that_ask,
            behind=self.background or "",
            behind_weight=self.leaning * WORDS,
        )


def read_query(
    text: str,
    embed: Callable[[str], Embedding],
    *,
    before: Sequence[Earlier] = (),
    now: datetime | None = None,
) -> Query:
    """Read a question.

    `embed` begins to embed a text; the model computes while the question is read, and its words are
    looked up. `before` are the exchanges before it, oldest first: a question that says too little
    by itself is searched for together with them. `now` is what "last Tuesday" is counted from.
    """
    gist = without_repeated_lines(text)
    parts = parts_that_ask(gist)
    asked = [embed(part) for part in parts] or [embed(gist)]
    language = language_of(parts[-1] if parts else gist)
    written = without_vowel_signs(text)
    leans = leaning(written, language, before[-1].question) if before else 0.0
    leant_on = background(before) if leans else None
    behind = None if leant_on is None else embed(leant_on)
    times = named_times(written, now, language)
    user = about_user(written, language)
    return Query(
        text=text,
        embedding=Embedding(partial(_blended, asked, behind, leans * WEIGHT)),
        gist=gist,
        background=leant_on,
        leaning=leans,
        cited=before[-1].cited if leant_on is not None else frozenset(),
        times=times,
        event=named_event(text),
        about_user=user,
        tools=named_tools(text, about_user=user in _OF_USER),
        order=said_order(written),
        about_library=about_library(written, times.without, language),
        language=language,
        parts_that_ask=parts,
    )


def _blended(
    asked: Sequence[Embedding], behind: Embedding | None, weight: float
) -> NDArray[np.float32]:
    """The vector of a question by its parts, and by what it leans on."""
    vector = _mean([part.vector for part in asked])
    return vector if behind is None else _unit(vector + weight * behind.vector)


def _mean(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of vectors of length 1, at length 1."""
    return vectors[0] if len(vectors) == 1 else _unit(sum(vectors[1:], vectors[0]))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vector / math.sqrt(float(vector @ vector))
    return unit
