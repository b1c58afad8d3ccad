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
from ragchat.retrieval.outstanding import (
    FOR_ADVICE,
    OUTSTANDING,
    WITH_UNKNOWN_NAME,
    standing_out,
)

WITH_A_WORD = 0.2
"""Nearness from which `search` and `recall` show a passage with one of the user's words."""

SMALL = 100
"""In a pool of fewer chunks no word can be rare, so the thresholds are lower."""
IN_SMALL = 0.6
"""The share by which the thresholds are lowered in a pool of a single chunk."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of nearness, where 1 is that of related texts.

    - `pool`: one passage of a pool must reach it, or nothing of the pool is found.
    - `passage`: every other passage of that pool must reach it.
    """

    pool: float
    passage: float


ALL_WORDS = 2.0
"""The nearness that holding all words of a question counts for, by their rarity."""

THRESHOLDS: Mapping[Kind, Thresholds] = {
    "document": Thresholds(pool=1.38, passage=0.5),
    "memory": Thresholds(pool=1.3, passage=0.5),
}
"""On XQuAD in English 1 % of the answering passages are lost, and 4 to 7 % of the questions that
half of it cannot answer bring something in (RESULTS.md#in-other-languages)."""

WITHOUT_MODEL = 0.44
"""The share of the thresholds that words alone must reach, where the model knows nothing of a
language; measured on XQuAD in German, Spanish, Russian, Chinese and Hindi, each left out in turn
(RESULTS.md#in-other-languages): 2 to 7 % of what answers is lost, 13 to 20 % of the questions that
half of it cannot answer bring something in."""
WITH_BELIEF = 1.4
"""The power of the belief with which the rest is asked for; flat from 1.3 to 1.5 there."""

ABOUT_USER: Mapping[AboutUser, Thresholds] = {
    AboutUser.ADVICE: replace(THRESHOLDS["memory"], pool=2.0, passage=0.8),
    AboutUser.ASKS: replace(THRESHOLDS["memory"], pool=0.3, passage=0.1),
    AboutUser.EVERYTHING: replace(THRESHOLDS["memory"], pool=-math.inf, passage=-math.inf),
}
"""For what the user said, where they ask about themselves: of 100 facts told long ago 36 were below
the usual thresholds, 13 of them nearer than anything else (RESULTS.md#facts-found-long-after). What
they talked about answers a question for advice only if it holds nearly all of its words
(RESULTS.md#memory)."""


def thresholds_of(
    candidate: Candidate,
    gauges: Gauges,
    thresholds: Mapping[Kind, Thresholds] = THRESHOLDS,
    *,
    about_user: AboutUser,
) -> Thresholds:
    """Return what a candidate must reach: less in a language that the model does not know, where
    only the words can tell; less for a question about the user.
    """
    wanted = thresholds[candidate.kind]
    # What the user only asked says nothing of them.
    if candidate.own and not (candidate.only_asks and about_user is AboutUser.ASKS):
        wanted = ABOUT_USER.get(about_user, wanted)
    share = WITHOUT_MODEL + (1 - WITHOUT_MODEL) * gauges.belief(candidate.language) ** WITH_BELIEF
    return replace(wanted, pool=share * wanted.pool, passage=share * wanted.passage)


def relevance(gauges: Gauges) -> Callable[[Candidate], float]:
    """Return how near a candidate is to the question, by both of its raw signals. Of a turn of many
    parts the best is near by chance, here as in `fusion`.
    """
    return lambda candidate: (
        believed(gauges, candidate)
        + ALL_WORDS * (candidate.signals.coverage + candidate.beside)
        - MANY_PARTS * math.log(candidate.parts)
    )


def believed(gauges: Gauges, candidate: Candidate) -> float:
    """Return the nearness by the cosine, as far as the model is believed in a language."""
    belief = math.sqrt(gauges.belief(candidate.language))
    return belief * gauges.nearness(candidate.signals.cosine, candidate.language)


def relevant(
    ranked: Sequence[ScoredCandidate],
    gauges: Gauges,
    thresholds: Mapping[Kind, Thresholds] = THRESHOLDS,
    *,
    about_user: AboutUser = AboutUser.NOT,
) -> list[bool]:
    """For each candidate, whether it has enough to do with the question to be sent.

    Where only the time was asked for, all that was said then has.
    """
    near = relevance(gauges)
    candidates = [scored.candidate for scored in ranked]
    nearnesses = [near(candidate) for candidate in candidates]
    # Of all that thresholds depend on there are few kinds.
    kinds = [(one.kind, one.own, one.language, one.only_asks) for one in candidates]
    least_of = {
        kind: thresholds_of(one, gauges, thresholds, about_user=about_user)
        for kind, one in dict(zip(kinds, candidates, strict=True)).items()
    }
    wanted = [least_of[kind] for kind in kinds]
    outstanding = _outstanding(candidates, near, about_user)
    units = {candidate.unit for candidate in outstanding}
    are_open = {(candidate.kind, candidate.pool) for candidate in outstanding} | {
        (candidate.kind, candidate.pool)
        for candidate, nearness, least in zip(candidates, nearnesses, wanted, strict=True)
        if nearness >= least.pool * (1 - _allowance(candidate.pool))
    }
    return [
        scored.by_time
        or scored.candidate.unit in units
        or (
            (scored.candidate.kind, scored.candidate.pool) in are_open and nearness >= least.passage
        )
        for scored, nearness, least in zip(ranked, nearnesses, wanted, strict=True)
    ]


def relevant_for_reader(
    ranked: Sequence[ScoredCandidate], gauges: Gauges, *, about_user: AboutUser
) -> list[bool]:
    """The same for a person who reads the hits: every pool counts as open, and one of the words of
    the question is enough for a passage that is a little near.
    """
    near = relevance(gauges)

    def is_shown(scored: ScoredCandidate) -> bool:
        candidate = scored.candidate
        least = thresholds_of(candidate, gauges, about_user=about_user)
        return (
            scored.by_time
            or near(candidate) >= least.passage * (1 - _allowance(candidate.pool) / 2)
            or (
                candidate.signals.bm25 > 0
                and believed(gauges, candidate) >= WITH_A_WORD * gauges.belief(candidate.language)
            )
        )

    return [is_shown(scored) for scored in ranked]


def _outstanding(
    candidates: Sequence[Candidate], near: Callable[[Candidate], float], about_user: AboutUser
) -> list[Candidate]:
    """The memories that stand out, one of a pool at most."""
    pools: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.kind == "memory":
            pools.setdefault(candidate.pool, []).append(candidate)
    found: list[Candidate] = []
    for memories in pools.values():
        wanted = WITH_UNKNOWN_NAME if memories[0].unknown_name else OUTSTANDING
        if about_user is AboutUser.ADVICE:
            wanted = FOR_ADVICE
        nearest = standing_out(memories, near, wanted)
        found += [nearest] if nearest is not None else []
    return found


def _allowance(size: int) -> float:
    return IN_SMALL * max(0.0, 1 - math.log(max(1, size)) / math.log(SMALL))
