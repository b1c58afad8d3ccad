"""One ranking out of two signals and several pools; pure.

Each signal is scaled to 0..1 over the union of all pools (min-max, after Fox and Shaw, "Combination
of multiple searches", TREC-2, 1994) and the two are averaged. Scaling each pool by itself would
lift the best hit of an irrelevant pool to the top. Reciprocal ranks were measured to fall below the
better of their two parts.

Handicaps are subtracted. A long reply has many chunks, and the best of many is high by chance; an
answer of Claude mostly repeats passages that are found anyway. Without both handicaps, long replies
crowd out the user's own words (BEAM, R@10 of messages: 47 without when they were chosen, now 61:
RESULTS.md#retrieval-on-labelled-sets).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.search.candidates import Candidate
from ragchat.query.dates import Interval
from ragchat.retrieval.belief import Gauges

BELIEVED = 3
"""The power of the belief in a language with which its cosines weigh: with 1 or 2 the fusion falls
below the words alone in Spanish and Hindi, with 3 on none of five languages
(RESULTS.md#in-other-languages).
"""
HELD = 0.1
"""Added to the score of a passage with all words of the question, by their rarity."""
NEIGHBOUR = 0.4
"""The share of what a better passage right before or after has more that a passage of a document
gets: it goes on with the subject, which it may not name again. Flat from 0.3 to 0.4 on three
corpora, the documentation of an API and code; with 0.5 chats and code lose
(RESULTS.md#against-what-was-asked-for).
"""
BY_MODEL = 0.2
"""Subtracted from the score of an answer of Claude; chosen, as the next two, on BEAM. With 0.15 its
R@10 is half a point lower, with 0.3 what Claude said is hardly found there."""
ONLY_ASKS = 0.1
"""Subtracted from the score of a mere question: it repeats the words, but answers nothing."""
MANY_PARTS = 0.1
"""Subtracted from the score of a part of a turn, times the logarithm of its number of parts."""

IN_TIME = 0.05
"""Added to the score of a turn from a time that the question names: enough among equals, and less
than what tells a good passage from a bad one."""
SOON = 7 * 86_400
"""Seconds for which an event is still spoken of."""
SOON_AFTER = 0.025
"""Added to the score of a turn within them."""


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate with its fused score.

    `dense` and `words` are its signals scaled to 0..1 over all candidates, `fused` their mean with
    what its words and its neighbours add, `score` that plus bonuses and minus handicaps. `by_time`:
    only the time was asked for. `chunks`: the chunks of its unit that were found, best first, on
    the best candidate of each unit.
    """

    candidate: Candidate
    score: float
    dense: float
    words: float
    fused: float = 0.0
    by_time: bool = False
    chunks: tuple[int, ...] = ()


def fuse(candidates: Sequence[Candidate], gauges: Gauges) -> list[ScoredCandidate]:
    """All candidates, best first; ties keep the order of the words, then the order given.

    The cosine weighs as much as the words where the model knows the language, and less the less it
    does. A passage beside a better one is raised.
    """
    dense = _scaled([_shifted(candidate, gauges) for candidate in candidates])
    words = _scaled([candidate.signals.bm25 for candidate in candidates])
    alone = []
    for candidate, near, held in zip(candidates, dense, words, strict=True):
        belief = gauges.belief(candidate.language) ** BELIEVED
        mean = (belief * near + held) / (1 + belief)
        alone.append(mean + HELD * candidate.signals.coverage)
    fused = _beside_better(candidates, alone)
    scored = [
        ScoredCandidate(candidate, score - handicap(candidate), near, held, fused=score)
        for candidate, score, near, held in zip(candidates, fused, dense, words, strict=True)
    ]
    return sorted(scored, key=lambda one: (-one.score, -one.candidate.signals.bm25))


def _beside_better(candidates: Sequence[Candidate], scores: Sequence[float]) -> list[float]:
    """Scores when each candidate has a share of what the better of its neighbours has more."""
    score_of = {one.chunk: score for one, score in zip(candidates, scores, strict=True)}
    raised = []
    for candidate, score in zip(candidates, scores, strict=True):
        best = max((score_of.get(chunk, 0.0) for chunk in candidate.neighbours), default=0.0)
        raised.append(score + NEIGHBOUR * max(0.0, best - score))
    return raised


def _shifted(candidate: Candidate, gauges: Gauges) -> float:
    """The cosine beyond that of unrelated texts in the candidate's language."""
    gauge = gauges.of(candidate.language)
    return candidate.signals.cosine - (gauge.unrelated if gauge else 0.0)


def carried(
    ranked: Iterable[ScoredCandidate], units: Collection[str], bonus: float
) -> list[ScoredCandidate]:
    """The ranking when these units get a bonus."""
    lifted = (
        replace(scored, score=scored.score + bonus) if scored.candidate.unit in units else scored
        for scored in ranked
    )
    return sorted(lifted, key=lambda one: -one.score)


def timely(ranked: Iterable[ScoredCandidate], times: Collection[Interval]) -> list[ScoredCandidate]:
    """Return the ranking with a bonus for turns from one of these times, or soon after."""
    lifted = (
        [
            replace(
                scored,
                score=scored.score + max(_timeliness(scored.candidate.time, t) for t in times),
            )
            for scored in ranked
        ]
        if times
        else list(ranked)
    )
    return sorted(lifted, key=lambda one: -one.score)


def _timeliness(said: float | None, time: Interval) -> float:
    if said is None or said < time.start.timestamp():
        return 0.0
    late = said - time.end.timestamp()
    return IN_TIME if late < 0 else SOON_AFTER if late < SOON else 0.0


def handicap(candidate: Candidate) -> float:
    """Return a candidate's handicap: an answer of Claude, a mere question, one of many parts."""
    return (
        BY_MODEL * candidate.by_model
        + ONLY_ASKS * candidate.only_asks
        + MANY_PARTS * math.log(candidate.parts)
    )


def best_of_each_unit(ranked: Iterable[ScoredCandidate]) -> list[ScoredCandidate]:
    """The best chunk of each unit (a chunk is its own, an exchange has several), best first."""
    units: dict[str, list[ScoredCandidate]] = {}
    for scored in ranked:
        units.setdefault(scored.candidate.unit, []).append(scored)
    return [
        replace(unit[0], chunks=tuple(scored.candidate.chunk for scored in unit))
        for unit in units.values()
    ]


def _scaled(values: Sequence[float]) -> list[float]:
    """Min-max to 0..1; a signal that tells no candidate from another counts the same for all."""
    if not values:
        return []
    low, high = min(values), max(values)
    if high <= low:
        return [1.0 if high > 0 else 0.0] * len(values)
    return [(value - low) / (high - low) for value in values]
