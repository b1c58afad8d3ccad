"""Which hits have enough to do with a question."""

from __future__ import annotations

import pytest

from ingest.document import Signals
from ingest.records.ids import TurnId
from ingest.search.candidates import Candidate
from ragchat.query.about_user import AboutUser
from ragchat.retrieval.belief import Gauge, Gauges
from ragchat.retrieval.fusion import fuse
from ragchat.retrieval.relevance import relevant

ENGLISH = Gauges(lambda _: Gauge(0.1, 0.5))


def memory(unit: str, cosine: float, *, only_asks: bool) -> Candidate:
    signals = Signals(cosine=cosine, bm25=0.0)
    return Candidate(
        0,
        "memory",
        unit,
        TurnId(1),
        signals,
        pool=500,
        own=True,
        only_asks=only_asks,
        language="en",
    )


@pytest.mark.parametrize("questions", [0, 1, 9])
def test_a_statement_answers_among_mere_questions(questions: int) -> None:
    asked = [memory(f"asked {n}", 0.3 - n / 100, only_asks=True) for n in range(questions)]
    ranked = fuse([memory("stated", 0.4, only_asks=False), *asked], ENGLISH)
    near = relevant(ranked, ENGLISH, about_user=AboutUser.ASKS)
    assert [one.candidate.unit for one, is_near in zip(ranked, near, strict=True) if is_near] == [
        "stated"
    ]
