"""Relevance thresholds: whether hits have to do with the question at all; pure.

There is always a best hit. To be shown, a passage must be near by its raw signals: its cosine,
between that of unrelated and that of related texts in this model, and its share of the question's
rare words. One passage of a pool must pass the higher threshold, which opens the pool, or stand out
among all others; the others must pass the lower one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.document import Kind
from ingest.search.candidates import Candidate
from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauges
from ragchat.retrieval.fusion import MANY_PARTS, ScoredCandidate
from ragchat.retrieval.outstanding import FOR_ADVICE, OUTSTANDING, standing_out

WITH_A_WORD = 0.2
"""Similarity from which `search` and `recall` show a passage with one of the user's words."""

SMALL = 100
"""In a pool of fewer chunks no word can be rare, so the thresholds are lower."""
IN_SMALL = 0.6
"""The share by which the thresholds are lowered in a pool of a single chunk."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Thresholds of similarity, where 1 is the similarity of related texts.

    - `opens`: opens a pool.
    - `each`: every passage of an open pool must reach it.
    - `words`: the similarity that holding all words of a question counts for.
    """

    opens: float
    each: float
    words: float


BARS: Mapping[Kind, Bars] = {"document": Bars(1.38, 0.5, 2.0), "memory": Bars(1.3, 0.5, 2.0)}
"""Measured on XQuAD in English: 1 to 2 % of the answering passages are lost, 8 to 11 % of the
questions that half of it cannot answer bring something in."""

WITHOUT_MODEL = 0.44
"""The share of the bars that words alone must reach, where the model knows nothing of a language;
measured on XQuAD in German, Spanish, Russian, Chinese and Hindi, each left out in turn
(RESULTS.md#in-other-languages): 2 to 5 % of what answers is lost, 14 to 20 % of the questions that
half of it cannot answer bring something in."""
WITH_BELIEF = 1.4
"""The power of the belief with which the rest is asked for; flat from 1.3 to 1.5 there."""

ABOUT_USER: Mapping[AboutUser, Bars] = {
    AboutUser.ADVICE: replace(BARS["memory"], opens=2.0, each=0.8),
    AboutUser.ASKS: replace(BARS["memory"], opens=0.3, each=0.1),
    AboutUser.EVERYTHING: replace(BARS["memory"], opens=-math.inf, each=-math.inf),
}
"""For what the user said, where they ask about themselves: of 100 facts told long ago 36 were
behind the usual bars, 13 of them nearer than anything else that was said. What they talked about
answers a question for advice only if it holds nearly all of its words."""


def bars_of(
    candidate: Candidate,
    gauges: Gauges,
    bars: Mapping[Kind, Bars] = BARS,
    *,
    about_user: AboutUser,
) -> Bars:
    """What a candidate must reach: less in a language that the model does not know, where only the
    words can tell; less for a question about the user.
    """
    wanted = bars[candidate.kind]
    if candidate.own:
        wanted = ABOUT_USER.get(about_user, wanted)
    share = WITHOUT_MODEL + (1 - WITHOUT_MODEL) * gauges.belief(candidate.language) ** WITH_BELIEF
    return replace(wanted, opens=share * wanted.opens, each=share * wanted.each)


def relevance(gauges: Gauges, bars: Mapping[Kind, Bars] = BARS) -> Callable[[Candidate], float]:
    """How near a candidate is to the question, by both of its raw signals. Of a turn of many parts
    the best is near by chance, here as in `fusion`.
    """
    return lambda candidate: (
        believed(gauges, candidate)
        + bars[candidate.kind].words * (candidate.signals.coverage + candidate.beside)
        - MANY_PARTS * math.log(candidate.parts)
    )


def believed(gauges: Gauges, candidate: Candidate) -> float:
    """The nearness by the cosine, as far as the model is believed in the candidate's language."""
    belief = math.sqrt(gauges.belief(candidate.language))
    return belief * gauges.nearness(candidate.signals.cosine, candidate.language)


def relevant(
    ranked: Sequence[ScoredCandidate],
    gauges: Gauges,
    bars: Mapping[Kind, Bars] = BARS,
    *,
    opened: bool = False,
    about_user: AboutUser = AboutUser.NOT,
) -> list[bool]:
    """For each candidate, whether it has enough to do with the question to be shown.

    With `opened` every pool counts as open, for a person who reads the hits.
    """
    near = relevance(gauges, bars)
    wanted = [bars_of(scored.candidate, gauges, bars, about_user=about_user) for scored in ranked]
    if opened:
        return [
            near(scored.candidate) >= bar.each * (1 - _allowance(scored.candidate.pool) / 2)
            or (
                scored.candidate.signals.bm25 > 0
                and believed(gauges, scored.candidate)
                >= WITH_A_WORD * gauges.belief(scored.candidate.language)
            )
            for scored, bar in zip(ranked, wanted, strict=True)
        ]
    are_open = {
        (scored.candidate.kind, scored.candidate.pool)
        for scored, bar in zip(ranked, wanted, strict=True)
        if near(scored.candidate) >= bar.opens * (1 - _allowance(scored.candidate.pool))
    }
    outstanding = _outstanding([scored.candidate for scored in ranked], near, about_user)
    are_open |= {(candidate.kind, candidate.pool) for candidate in outstanding}
    units = {candidate.unit for candidate in outstanding}
    return [
        scored.candidate.unit in units
        or (
            (scored.candidate.kind, scored.candidate.pool) in are_open
            and near(scored.candidate) >= bar.each
        )
        for scored, bar in zip(ranked, wanted, strict=True)
    ]


def _outstanding(
    candidates: Sequence[Candidate], near: Callable[[Candidate], float], about_user: AboutUser
) -> list[Candidate]:
    """The memories that stand out, one of a pool at most."""
    pools: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.kind == "memory":
            pools.setdefault(candidate.pool, []).append(candidate)
    wanted = FOR_ADVICE if about_user is AboutUser.ADVICE else OUTSTANDING
    found = (standing_out(memories, near, wanted) for memories in pools.values())
    return [candidate for candidate in found if candidate is not None]


def _allowance(size: int) -> float:
    return IN_SMALL * max(0.0, 1 - math.log(max(1, size)) / math.log(SMALL))
