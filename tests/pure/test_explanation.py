"""Why a passage stands where it does: what is added is told as what is taken off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.document import Signals
from ingest.records.ids import TurnId
from ingest.search.candidates import Candidate
from ragchat.query.about_user import AboutUser
from ragchat.query.dates import Interval
from ragchat.retrieval.belief import Gauge, Gauges
from ragchat.retrieval.explanation import Explanation, explain, in_words
from ragchat.retrieval.fusion import BY_MODEL, IN_TIME, fuse, timely

MARCH = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


GAUGES = Gauges(lambda _: Gauge(0.0, 0.7))


def explained(month: int, *, by_model: bool = False) -> Explanation:
    said = datetime(2026, month, 4, tzinfo=UTC).timestamp()
    one = Candidate(
        1, "memory", "a", TurnId(1), Signals(0.7, 3.0, 0, 1, 1), by_model=by_model, time=said
    )
    return explain(timely(fuse([one], GAUGES), [MARCH]), GAUGES, about_user=AboutUser.NOT)["a"]


def test_a_bonus_for_a_time_is_shown() -> None:
    assert (explained(3).taken_off, explained(3).added) == (0.0, IN_TIME)
    assert "fused to 1.00 + 0.05 for its time = 1.05" in in_words(explained(3))


def test_a_bonus_does_not_hide_what_is_taken_off() -> None:
    both = explained(3, by_model=True)
    assert (both.taken_off, both.added) == (BY_MODEL, IN_TIME)
    sum_ = f"1.00 − {BY_MODEL:.2f} + {IN_TIME:.2f} for its time = {1 - BY_MODEL + IN_TIME:.2f}"
    assert f"fused to {sum_}" in in_words(both)


def test_what_was_said_at_another_time_has_no_bonus() -> None:
    assert explained(1).added == pytest.approx(0.0)
    assert "for its time" not in in_words(explained(1))
