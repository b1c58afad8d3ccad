"""Why a passage stands where it stands: both signals, their fusion, the floor; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauges
from ragchat.retrieval.fusion import ScoredCandidate, handicap
from ragchat.retrieval.relevance import bars_of, relevance


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one passage was ranked.

    Ranks count from 1, None where that search did not bring it up by itself. `dense` and `words`
    are its signals scaled to 0..1 over all candidates; `taken_off` is what the fused score lost
    because it is Claude's, a mere question or one of many parts, `added` what it won because it was
    said in a time that the question names. A passage is sent if its `nearness` reaches
    `floor`, and the best of its kind reaches `opens` (less is asked for in a small library).
    """

    dense_rank: int | None
    words_rank: int | None
    cosine: float
    bm25: float
    dense: float
    words: float
    fused: float
    taken_off: float
    added: float
    score: float
    nearness: float
    floor: float
    opens: float


def explain(
    ranking: Iterable[ScoredCandidate], gauges: Gauges, *, about_user: AboutUser
) -> dict[str, Explanation]:
    """How each unit was ranked, by its best chunk."""
    near = relevance(gauges)
    explained: dict[str, Explanation] = {}
    for scored in ranking:
        candidate, bars = scored.candidate, bars_of(scored.candidate, gauges, about_user=about_user)
        taken_off = handicap(candidate)
        explained.setdefault(
            candidate.unit,
            Explanation(
                dense_rank=candidate.signals.dense_rank,
                words_rank=candidate.signals.words_rank,
                cosine=round(candidate.signals.cosine, 4),
                bm25=round(candidate.signals.bm25, 4),
                dense=round(scored.dense, 4),
                words=round(scored.words, 4),
                fused=round(scored.fused, 4),
                taken_off=round(taken_off, 4),
                added=max(0.0, round(scored.score - scored.fused + taken_off, 4)),
                score=round(scored.score, 4),
                nearness=round(near(candidate), 4),
                floor=bars.each,
                opens=bars.opens,
            ),
        )
    return explained


def in_words(each: Explanation) -> str:
    """An explanation as one line for a person."""
    dense = f"meaning {each.cosine:.2f} ({_rank(each.dense_rank)})"
    words = f"words {each.bm25:.1f} ({_rank(each.words_rank)})"
    taken = f" − {each.taken_off:.2f}" if each.taken_off > 0 else ""
    added = f" + {each.added:.2f} for its time" if each.added > 0 else ""
    both = f"{each.dense:.2f} and {each.words:.2f} fused to {each.fused:.2f}"
    fused = f"{both}{taken}{added} = {each.score:.2f}"
    return f"{dense}, {words}: {fused}; nearness {each.nearness:.2f}, floor {each.floor:.2f}"


def _rank(rank: int | None) -> str:
    return f"rank {rank}" if rank is not None else "not found by it"
