"""Why a passage has its rank: both signals, their fusion, the thresholds; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauges
from ragchat.retrieval.fusion import ScoredCandidate, handicap
from ragchat.retrieval.relevance import relevance, thresholds_of


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
    """Return how each unit was ranked, by its best chunk."""
    near = relevance(gauges)
    explained: dict[str, Explanation] = {}
    for scored in ranking:
        candidate = scored.candidate
        least = thresholds_of(candidate, gauges, about_user=about_user)
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
                floor=least.passage,
                opens=least.pool,
            ),
        )
    return explained


def in_words(of: Explanation) -> str:
    """An explanation as one line for a person."""
    dense = f"meaning {of.cosine:.2f} ({_rank(of.dense_rank)})"
    words = f"words {of.bm25:.1f} ({_rank(of.words_rank)})"
    taken = f" − {of.taken_off:.2f}" if of.taken_off > 0 else ""
    added = f" + {of.added:.2f} for its time" if of.added > 0 else ""
    both = f"{of.dense:.2f} and {of.words:.2f} fused to {of.fused:.2f}"
    fused = f"{both}{taken}{added} = {of.score:.2f}"
    return f"{dense}, {words}: {fused}; nearness {of.nearness:.2f}, threshold {of.floor:.2f}"


def _rank(rank: int | None) -> str:
    return f"rank {rank}" if rank is not None else "not found by it"
