"""What a policy lets through, why the rest is left out, and what of memory a time selects."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hits import search

from ingest.conversation import Turn
from ingest.models.embedder import Embedder
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.query.dates import Interval, NamedTimes
from ragchat.retrieval.belief import measured_gauges
from ragchat.retrieval.narrowing import narrowed
from ragchat.retrieval.policy import ForReader, ForRequest, Unfiltered
from ragchat.retrieval.retriever import IN_WINDOW, TOO_FAR, Retriever

DAY = datetime(2026, 3, 4, tzinfo=UTC)
SAID = {
    "Our allotment has plot number seventeen.": "A good size for beans and squash.",
    "The allotment committee meets on the first Monday.": "I shall keep that in mind.",
    "Slugs ate every lettuce on the allotment.": "Copper tape and beer traps help.",
    "The car passed its inspection.": "Good news for another year.",
    "My flute needs new pads.": "A repairer replaces them in a day.",
    "The printer jams on thick paper.": "Use the rear tray for that.",
}
ALLOTMENT = "What did I tell you about the allotment?"


@pytest.fixture
def retriever(store: Store, embedder: Embedder) -> Retriever:
    """A memory of a few exchanges, of which half are about an allotment."""
    memory = Memory(store, "default")
    talk = new_conversation(DAY)
    for number, (asked, answered) in enumerate(SAID.items()):
        time = DAY + timedelta(minutes=number)
        talk, _ = memory.remember(
            talk,
            Turn("user", asked, time, f"{number}-q"),
            Turn("assistant", answered, time, f"{number}-a"),
        )
    memory.index(embedder)
    return Retriever(store, embedder)


def test_unfiltered_hits_are_all_there_are(retriever: Retriever) -> None:
    found = search(retriever, "allotment", Unfiltered(20))
    assert len(found.hits) == len(SAID)
    assert [hit.score for hit in found.hits] == sorted(
        (hit.score for hit in found.hits), reverse=True
    )


def test_a_request_leaves_out_what_has_nothing_to_do_with_it_and_says_so(
    retriever: Retriever,
) -> None:
    found = search(retriever, "How do I tune a harpsichord?", ForRequest(5))
    assert found.hits == ()
    assert {miss.reason for miss in found.near_misses} == {TOO_FAR}


def test_a_reader_is_shown_no_less_than_a_request_sends(retriever: Retriever) -> None:
    for question in ("allotment", "slugs", "car", "harpsichord"):
        for_request = search(retriever, question, ForRequest(20)).hits
        for_reader = search(retriever, question, ForReader(20)).hits
        assert {hit.passage.id for hit in for_request} <= {hit.passage.id for hit in for_reader}


def test_what_is_in_the_window_is_not_sent_twice(retriever: Retriever) -> None:
    best = search(retriever, "Slugs on the allotment", ForRequest(1)).hits[0].passage.id
    found = search(retriever, "Slugs on the allotment", ForRequest(1, frozenset((best,))))
    assert best not in {hit.passage.id for hit in found.hits}
    assert (best, IN_WINDOW) in {(miss.hit.passage.id, miss.reason) for miss in found.near_misses}


def test_a_hit_beyond_the_best_is_a_near_miss_with_the_number(retriever: Retriever) -> None:
    found = search(retriever, "Slugs on the allotment", ForRequest(1))
    assert len(found.hits) == 1
    assert "not among the best 1" in {miss.reason for miss in found.near_misses}


def test_a_question_about_the_user_brings_more_of_what_they_said(retriever: Retriever) -> None:
    found = search(retriever, ALLOTMENT, ForRequest(1, personal_memories=2))
    assert 1 <= len(found.personal_memories) <= 2
    shown = [passage.id for passage in found.passages]
    assert len(shown) == len(set(shown))
    assert search(retriever, ALLOTMENT, ForRequest(1)).personal_memories == ()
    assert search(retriever, ALLOTMENT, ForReader(1)).personal_memories == ()


def test_the_gauge_of_a_model_is_measured_once_and_kept(
    retriever: Retriever, store: Store, embedder: Embedder
) -> None:
    search(retriever, "allotment", ForReader(3))
    measured = measured_gauges(store, embedder).of("en")
    store.facts.put_gauge(embedder.fingerprint, "en", (0.25, 0.75))
    kept = measured_gauges(store, embedder).of("en")
    assert kept is not None
    assert measured is not None
    assert (kept.unrelated, kept.related) == (0.25, 0.75)
    assert measured.unrelated < measured.related


def days(first: int, last: int) -> NamedTimes:
    start = DAY + timedelta(days=first)
    return NamedTimes((Interval(start, DAY + timedelta(days=last)),), when_said=True)


def test_memory_is_narrowed_to_the_time_named_within_the_scope() -> None:
    scope = Scope(since=(DAY + timedelta(days=1)).timestamp())
    within = narrowed(scope, days(0, 3))
    assert within is not None
    assert within.since == scope.since
    assert within.until == (DAY + timedelta(days=3)).timestamp()
    assert within.kinds == scope.kinds


def test_a_time_that_is_not_when_something_was_said_narrows_nothing() -> None:
    assert narrowed(Scope(), replace(days(0, 1), when_said=False)) is None
    assert narrowed(Scope(kinds=("document",)), days(0, 1)) is None
