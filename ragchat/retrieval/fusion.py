"""One ranking out of two signals and several pools; pure.

Each signal is scaled to 0..1 over the union of all pools (min-max, after Fox and Shaw, "Combination
of multiple searches", TREC-2, 1994) and the two are averaged. Scaling each pool by itself would
lift the best hit of an irrelevant pool to the top. Reciprocal ranks were measured to fall below the
better of their two parts.

Some is taken off. A long reply has many chunks, and the best of many is high by chance; what
Claude said itself is mostly made of what is found anyway. Without both, long replies crowd out what
a person said (BEAM, R@10 at message level: 47 without, 63 with both).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.search.candidates import Candidate
from ragchat.query.dates import Interval

BY_MODEL = 0.15
"""Taken off the score of what Claude said."""
ONLY_ASKS = 0.1
"""Taken off the score of a mere question: the same was asked before, but it tells nothing."""
MANY_PARTS = 0.1
"""Taken off the score of a part of a turn, times the logarithm of how many parts it has."""

IN_TIME = 0.05
"""Added to the score of what was said in a time that the question names."""
SOON = 7 * 86_400
"""What happened is spoken of for so many seconds after."""
SOON_AFTER = 0.025
"""Added to the score of what was said then."""


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A candidate with its fused score.

    `dense` and `words` are its signals scaled to 0..1 over all candidates, `score` their mean plus
    bonuses and minus handicaps. `by_time`: only the time was asked for. `chunks`: the chunks of its
    unit that were found, best first, on the best candidate of each unit.
    """

    candidate: Candidate
    score: float
    dense: float
    words: float
    by_time: bool = False
    chunks: tuple[int, ...] = ()


def fuse(candidates: Sequence[Candidate]) -> list[ScoredCandidate]:
    """All candidates, best first; ties keep the order of the cosines, then the order given."""
    dense = _scaled([each.signals.cosine for each in candidates])
    words = _scaled([each.signals.bm25 for each in candidates])
    ranked = [
        ScoredCandidate(candidate=each, score=(d + w) / 2 - handicap(each), dense=d, words=w)
        for each, d, w in zip(candidates, dense, words, strict=True)
    ]
    return sorted(ranked, key=lambda each: (-each.score, -each.candidate.signals.cosine))


def carried(
    ranked: Iterable[ScoredCandidate], units: Collection[str], bonus: float
) -> list[ScoredCandidate]:
    """The ranking when these units get a bonus."""
    lifted = (
        replace(each, score=each.score + bonus) if each.candidate.unit in units else each
        for each in ranked
    )
    return sorted(lifted, key=lambda each: -each.score)


def timely(ranked: Iterable[ScoredCandidate], times: Collection[Interval]) -> list[ScoredCandidate]:
    """The ranking when what was said in one of these times, or soon after, gets a bonus."""
    lifted = (
        [
            replace(
                each, score=each.score + max(_timeliness(each.candidate.time, t) for t in times)
            )
            for each in ranked
        ]
        if times
        else list(ranked)
    )
    return sorted(lifted, key=lambda each: -each.score)


def _timeliness(said: float | None, time: Interval) -> float:
    if said is None or said < time.start.timestamp():
        return 0.0
    late = said - time.end.timestamp()
    return IN_TIME if late < 0 else SOON_AFTER if late < SOON else 0.0


def handicap(candidate: Candidate) -> float:
    """What is taken off a candidate's score: it is Claude's, a mere question, one of many parts."""
    return (
        BY_MODEL * candidate.by_model
        + ONLY_ASKS * candidate.only_asks
        + MANY_PARTS * math.log(candidate.parts)
    )


def best_of_each_unit(ranked: Iterable[ScoredCandidate]) -> list[ScoredCandidate]:
    """The best chunk of each unit (a chunk is its own, an exchange has several), best first."""
    units: dict[str, list[ScoredCandidate]] = {}
    for each in ranked:
        units.setdefault(each.candidate.unit, []).append(each)
    return [
        replace(unit[0], chunks=tuple(each.candidate.chunk for each in unit))
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
