"""Whether what was found has to do with the question at all; pure.

A best hit there is always. What is shown must be near on its raw signals: by its cosine, between
what unrelated texts have in this model and what related ones have, and by how much of the
question's rare words it holds. One passage of a pool must be near enough by itself to open the
pool; what comes along with it may be farther away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.document import Kind
from ingest.search.candidates import Candidate
from ragchat.retrieval.fusion import MANY_PARTS, ScoredCandidate

WITH_A_WORD = 0.2
"""Somebody who looks for themselves is shown what has one of their words from this nearness on."""

SMALL = 100
"""In a pool of fewer chunks words are no rarer than they are few, and less is asked for."""
IN_SMALL = 0.7
"""What is asked for less in a pool of a single chunk."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The nearness that opens a pool, the nearness that each passage must have, and what holding
    all words of a question counts for, where 1 is the nearness of related texts.
    """

    opens: float
    each: float
    words: float


BARS: Mapping[Kind, Bars] = {"document": Bars(1.1, 0.5, 1.5), "memory": Bars(1.1, 0.5, 2.5)}
"""Measured on six sets: 0 to 2 % of the evidence among the first ten is lost, 5 % of unrelated
questions bring something in (tests/benchmarks/RESULTS.md)."""

ABOUT_USER = replace(BARS["memory"], opens=0.3, each=0.1)
"""For what the one who asks about themselves said: of 100 facts told long ago 36 were behind the
usual bars, 13 of them nearer than anything else that was said."""

# Questions with what answers each: of no topic in particular, so that any model can be gauged.
GAUGES = (
    ("How do I renew my passport?", "Passports are renewed at the town hall; bring two photos."),
    ("What did the doctor say about my knee?", "The knee is only sprained and needs rest."),
    ("Which database does the service use?", "All orders are stored in PostgreSQL."),
    ("When does the train to Lyon leave?", "The last train for Lyon departs at ten past nine."),
    ("Why did the tests fail on Monday?", "On Monday a certificate had expired overnight."),
    ("Who is looking after the garden?", "My neighbour waters the tomatoes and the roses."),
    ("How long may I keep the books?", "Library loans run for three weeks."),
    ("What is the deposit for the flat?", "The landlord asks for two months of rent."),
)


@dataclass(frozen=True, slots=True)
class Gauge:
    """The mean cosine of unrelated and of related texts in a model."""

    unrelated: float
    related: float

    def nearness(self, cosine: float) -> float:
        """0 for unrelated texts, 1 for related ones."""
        return (cosine - self.unrelated) / max(1e-6, self.related - self.unrelated)


def gauged(cosines: Sequence[Sequence[float]]) -> Gauge:
    """What the cosines of each question of GAUGES (rows) to each answer tell of a model."""
    n = len(cosines)
    related = math.fsum(cosines[i][i] for i in range(n)) / n
    others = [cosines[i][j] for i in range(n) for j in range(n) if i != j]
    return Gauge(unrelated=math.fsum(others) / len(others), related=related)


def bars_of(candidate: Candidate, bars: Mapping[Kind, Bars] = BARS, *, about_user: bool) -> Bars:
    """What a candidate must reach; `about_user` is a question about the one who asks."""
    return ABOUT_USER if about_user and candidate.own else bars[candidate.kind]


def relevance(gauge: Gauge, bars: Mapping[Kind, Bars] = BARS) -> Callable[[Candidate], float]:
    """How near a candidate is to the question, by both of its raw signals. Of a turn of many parts
    the best is near by chance, here as in `fusion`.
    """
    return lambda each: (
        gauge.nearness(each.signals.cosine)
        + bars[each.kind].words * each.signals.coverage
        - MANY_PARTS * math.log(each.parts)
    )


def relevant(
    ranked: Sequence[ScoredCandidate],
    gauge: Gauge,
    bars: Mapping[Kind, Bars] = BARS,
    *,
    opened: bool = False,
    about_user: bool = False,
) -> list[bool]:
    """For each candidate, whether it has enough to do with the question to be shown.

    With `opened` every pool counts as open, for a person who reads the hits. With `about_user` the
    question is about the user.
    """
    near = relevance(gauge, bars)
    wanted = [bars_of(each.candidate, bars, about_user=about_user) for each in ranked]
    if opened:
        return [
            near(each.candidate) >= bar.each - _allowance(each.candidate.pool) / 2
            or (
                each.candidate.signals.bm25 > 0
                and gauge.nearness(each.candidate.signals.cosine) >= WITH_A_WORD
            )
            for each, bar in zip(ranked, wanted, strict=True)
        ]
    are_open = {
        (each.candidate.kind, each.candidate.pool)
        for each, bar in zip(ranked, wanted, strict=True)
        if near(each.candidate) >= bar.opens - _allowance(each.candidate.pool)
    }
    return [
        (each.candidate.kind, each.candidate.pool) in are_open and near(each.candidate) >= bar.each
        for each, bar in zip(ranked, wanted, strict=True)
    ]


def _allowance(size: int) -> float:
    return IN_SMALL * max(0.0, 1 - math.log(max(1, size)) / math.log(SMALL))
