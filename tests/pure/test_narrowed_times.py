from __future__ import annotations

from datetime import UTC, datetime

from ingest.search.document_filter import DocumentFilter
from ingest.search.scope import Scope
from ragchat.query.dates import BEGINNING, END, Interval, NamedTimes
from ragchat.retrieval.narrowing import narrowed, narrowed_files, narrowed_since

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
IN_MARCH = Interval(MARCH, APRIL)
SINCE_MARCH = Interval(MARCH, END)


def test_memory_is_narrowed_only_to_a_time_in_which_something_was_said() -> None:
    assert narrowed(Scope(), NamedTimes((IN_MARCH,))) is None
    assert narrowed(Scope(kinds=("document",)), NamedTimes((IN_MARCH,), when_said=True)) is None
    found = narrowed(Scope(), NamedTimes((IN_MARCH,), when_said=True))
    assert found == Scope(since=MARCH.timestamp(), until=APRIL.timestamp())


def test_the_narrower_of_two_times_holds() -> None:
    said = NamedTimes((IN_MARCH,), when_said=True)
    inside = Scope(since=MARCH.timestamp() + 5, until=APRIL.timestamp() - 5)
    assert narrowed(inside, said) == inside
    around = Scope(since=MARCH.timestamp() - 5, until=APRIL.timestamp() + 5)
    assert narrowed(around, said) == Scope(since=MARCH.timestamp(), until=APRIL.timestamp())


def test_a_time_without_an_end_narrows_whatever_it_is_of() -> None:
    assert narrowed_since(Scope(), NamedTimes((IN_MARCH,))) is None
    found = narrowed_since(Scope(), NamedTimes((SINCE_MARCH,)))
    assert found is not None
    assert found.since == MARCH.timestamp()


def test_files_are_narrowed_by_when_they_were_changed_and_memory_is_left_out() -> None:
    assert narrowed_files(Scope(), NamedTimes((IN_MARCH,))) is None
    assert narrowed_files(Scope(kinds=("memory",)), NamedTimes((IN_MARCH,), of_files=True)) is None
    found = narrowed_files(Scope(), NamedTimes((IN_MARCH,), of_files=True))
    dates = DocumentFilter(since=MARCH.timestamp(), until=APRIL.timestamp())
    assert found == Scope(kinds=("document",), documents=dates)


def test_files_keep_the_dates_that_they_were_narrowed_to_before() -> None:
    scope = Scope(documents=DocumentFilter(since=MARCH.timestamp() + 5))
    found = narrowed_files(scope, NamedTimes((SINCE_MARCH,), of_files=True))
    assert found is not None
    assert found.documents == scope.documents
    before = NamedTimes((Interval(BEGINNING, MARCH),), of_files=True)
    until = narrowed_files(Scope(), before)
    assert until is not None
    assert until.documents == DocumentFilter(until=MARCH.timestamp())
