"""A memory that stands out among all others answers, however few words it shares; pure.

What was said in a few words ("the freezer is broken since the storm") is not near to a question in
other words ("which appliance stopped working?"). But nothing else that was said is half as near.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.search.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How far the nearest memory must be above the others: in standard deviations of their cosines,
    and from the next; how near it must be; and `both`, the product of its nearness and deviations.
    """

    deviations: float
    gap: float
    near: float
    both: float = 0.0


OUTSTANDING = Outstanding(deviations=3.4, gap=0.03, near=0.35, both=2.1)
"""Chosen on two sets of 30 facts and 50 unrelated questions, measured on a third
(RESULTS.md#imported-facts)."""
WITH_UNKNOWN_NAME = Outstanding(deviations=6.0, gap=0.1, near=0.5)
"""Where the question names someone whom the memory never mentions, it is about another's life: so
LoCoMo's questions bring in nothing more of another conversation (RESULTS.md#imported-facts)."""
FOR_ADVICE = Outstanding(deviations=8.0, gap=0.15, near=0.7)
"""What the user talked about seldom answers a question for advice."""
FEWEST = 20
"""Memories among which one can stand out."""


def standing_out(
    candidates: Sequence[Candidate], near: Callable[[Candidate], float], wanted: Outstanding
) -> Candidate | None:
    """The nearest of the candidates, which are memories of one pool, if it stands out.

    Others of its own conversation speak of the same things: if they are near as well, that is a
    second reason to believe it, so it may also stand out among the other conversations.
    """
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.unit)
        if known is None or candidate.signals.cosine > known.signals.cosine:
            best[candidate.unit] = candidate
    first, *others = sorted(best.values(), key=lambda candidate: -candidate.signals.cosine)
    elsewhere = [one for one in others if one.conversation != first.conversation]
    stands_out = any(
        _is_far_above(first, beside, near(first), wanted) for beside in (others, elsewhere)
    )
    return first if stands_out else None


def _is_far_above(
    first: Candidate, others: Sequence[Candidate], nearness: float, wanted: Outstanding
) -> bool:
    """Return whether it is far above the others, which are sorted, the nearest first."""
    if len(others) < FEWEST - 1:
        return False
    cosines = [candidate.signals.cosine for candidate in others]
    mean = math.fsum(cosines) / len(cosines)
    deviation = math.sqrt(math.fsum((cosine - mean) ** 2 for cosine in cosines) / len(cosines))
    above = first.signals.cosine - mean
    return (
        above >= wanted.deviations * deviation
        and first.signals.cosine - cosines[0] >= wanted.gap
        and nearness >= wanted.near
        and nearness * above >= wanted.both * deviation
    )
