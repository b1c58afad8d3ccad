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
from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauges
from ragchat.retrieval.fusion import MANY_PARTS, ScoredCandidate

WITH_A_WORD = 0.2
"""Somebody who looks for themselves is shown what has one of their words from this nearness on."""

SMALL = 100
"""In a pool of fewer chunks words are no rarer than they are few, and less is asked for."""
IN_SMALL = 0.6
"""The share of the bars that is taken off in a pool of a single chunk."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The nearness that opens a pool, the nearness that each passage must have, and what holding
    all words of a question counts for, where 1 is the nearness of related texts.
    """

    opens: float
    each: float
    words: float


BARS: Mapping[Kind, Bars] = {"document": Bars(1.38, 0.5, 2.0), "memory": Bars(1.3, 0.5, 2.0)}
"""Measured on XQuAD in English: 1 to 2 % of what answers is lost, 8 to 11 % of the questions that
half of it cannot answer bring something in."""

WITHOUT_MODEL = 0.35
"""The share of the bars that words alone must reach, where the model knows nothing of a language;
measured on XQuAD in German, Spanish, Russian, Chinese and Hindi: 2 to 6 % of what answers is lost,
13 to 22 % of the questions that half of it cannot answer bring something in."""

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
    share = WITHOUT_MODEL + (1 - WITHOUT_MODEL) * gauges.belief(candidate.language) ** 1.3
    return replace(wanted, opens=share * wanted.opens, each=share * wanted.each)


def relevance(gauges: Gauges, bars: Mapping[Kind, Bars] = BARS) -> Callable[[Candidate], float]:
    """How near a candidate is to the question, by both of its raw signals. Of a turn of many parts
    the best is near by chance, here as in `fusion`.
    """
    return lambda candidate: (
        believed(gauges, candidate)
        + bars[candidate.kind].words * candidate.signals.coverage
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
    return [
        (scored.candidate.kind, scored.candidate.pool) in are_open
        and near(scored.candidate) >= bar.each
        for scored, bar in zip(ranked, wanted, strict=True)
    ]


def _allowance(size: int) -> float:
    return IN_SMALL * max(0.0, 1 - math.log(max(1, size)) / math.log(SMALL))
