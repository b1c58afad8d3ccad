"""A labelled set from a user's own library, made without a model.

A sentence of a passage, with a third of its words dropped, must find its passage; an unrelated
question must find nothing. The figures compare models and chunk sizes on that library.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from ingest.search.scope import Scope
from ingest.text.sentences import END, is_spaceless
from ingest.text.words import SPACELESS
from ragchat.retrieval.policy import ForRequest

if TYPE_CHECKING:
    from ingest.store import Store
    from ragchat.retrieval.retriever import Retriever

DROPPED = 1 / 3
"""The share of a sentence's words that is left out."""
FEWEST_WORDS = 6
FEWEST_PAIRS = 4
"""Pairs of characters of a sentence in a script without spaces: half a sentence has six."""
MOST_WORDS = 25

_SENTENCE = re.compile(rf"{END}|\n+")
_WORD = re.compile(rf"[{SPACELESS}]{{1,2}}|[^\W\d_{SPACELESS}]{{2,}}")

# Subjects of few libraries; if yours has one, the listing of false alarms shows it.
NOWHERE = (
    "how long should a wedding cake rest before the icing goes on",
    "which moon of Saturn has lakes of methane",
    "what is the offside rule in ice hockey",
    "how do you prune an espaliered pear tree in winter",
    "who composed the opera about a barber in Seville",
    "how deep do emperor penguins dive",
    "which yarn is best for knitting baby socks",
    "when did the last passenger pigeon die",
    "how do I get candle wax out of a tablecloth",
    "what is the tallest volcano in the Andes",
    "how many strings does a viola da gamba have",
    "which cheese goes into a proper fondue",
    "how are glass marbles made",
    "what did Vikings use to find their way at sea",
    "how do you tell a moth from a butterfly",
    "who won the first women's marathon at the Olympics",
    "why do cats knead blankets",
    "how is saffron harvested",
    "what is the best angle for a playground slide",
    "which dinosaur had the longest neck",
    "how do bell ringers learn their changes",
    "what makes a violin sound brighter than a cello",
    "how much chlorine does a garden pool need in July",
    "which knots do climbers tie into a harness",
    "how was parchment made in the Middle Ages",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """A reworded sentence and the passage that it must find."""

    question: str
    unit: str
    collection: str


@dataclass(frozen=True, slots=True)
class Probed:
    """The result of probing a library: ranks from 1, None for a passage that was not found; the
    number of unrelated questions, and those of them that found something.
    """

    ranks: tuple[int | None, ...]
    nowhere: int
    alarms: tuple[str, ...]


def probes(store: Store, collections: Sequence[str], number: int, seed: int = 7) -> list[Probe]:
    """Return up to `number` probes, spread over the library, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    chunks = store.chunks.texts(collections)
    chance.shuffle(chunks)
    made = (
        Probe(question, chunk.unit, chunk.collection)
        for chunk in chunks
        for question in _reworded(chunk.text, chance)
    )
    return list(islice(made, number))


def probe(retriever: Retriever, asked: Sequence[Probe], *, top_k: int) -> Iterator[int | None]:
    """Yield the rank of each probe's passage."""
    for probe in asked:
        query = retriever.read(probe.question)
        found = retriever.retrieve(query, Scope((probe.collection,)), ForRequest(top_k))
        ids = [{one.passage.id for one in (hit, *hit.earlier)} for hit in found.hits]
        yield next((rank for rank, names in enumerate(ids, 1) if probe.unit in names), None)


def alarms(retriever: Retriever, collections: Sequence[str], *, top_k: int) -> list[str]:
    """Return the unrelated questions that find something."""
    scope = Scope(tuple(collections))
    return [
        question
        for question in NOWHERE
        if retriever.retrieve(retriever.read(question), scope, ForRequest(top_k)).hits
    ]


def _reworded(text: str, chance: random.Random) -> Iterator[str]:
    """Yield one sentence of a text with some words left out, if one is long enough."""
    fewest = FEWEST_PAIRS if is_spaceless(text) else FEWEST_WORDS
    sentences = [_WORD.findall(sentence) for sentence in _SENTENCE.split(text)]
    fitting = [words for words in sentences if fewest <= len(words) <= MOST_WORDS]
    if fitting:
        words = chance.choice(fitting)
        left_out = set(chance.sample(range(len(words)), round(len(words) * DROPPED)))
        yield " ".join(word for at, word in enumerate(words) if at not in left_out)
