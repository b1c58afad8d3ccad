"""Editions of a document: the newest is shown, the others are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hits import document_hit

from ingest.document import DocumentPassage, Hit
from ragchat.query.wording import wording
from ragchat.retrieval.editions import edition_name, fold_editions, name_without_version

START = datetime(2026, 1, 1, tzinfo=UTC)
REST = "Claims go to the harbour office with two copies of the form and the receipts of the trip."


def edition(path: str, days: int, day: int = 0, score: float = 0.5, rest: str = REST) -> Hit:
    text = f"Skippers hand in their travel claims within {days} days of the return. {rest}"
    modified = START + timedelta(days=day)
    return document_hit(path, text, source=path, modified=modified, score=score)


def shown(asked: str, hits: list[Hit], further: list[Hit] | None = None) -> list[tuple[str, int]]:
    """The path of each hit, with how many editions are folded into it."""
    texts = {hit.source: wording(hit.text).words for hit in [*hits, *(further or [])]}
    found = fold_editions(hits, asked, lambda path: texts[path], further or [])
    return [(hit.source, len(hit.earlier)) for hit in found]


OLD = edition("/n/claims-2023.md", 30, score=0.9)
MIDDLE = edition("/n/claims-2024.md", 45, score=0.7)
NEW = edition("/n/claims-2025.md", 60, score=0.4)
OTHER = document_hit("tides", "High water is at noon.", source="/n/tides.md", score=0.8)


def test_the_newest_by_its_name_takes_the_best_position_and_score() -> None:
    texts = {hit.source: wording(hit.text).words for hit in (OLD, MIDDLE, NEW, OTHER)}
    first, second = fold_editions([OLD, OTHER, MIDDLE, NEW], "claims?", lambda path: texts[path])
    assert (first.source, first.score, second) == (NEW.source, 0.9, OTHER)
    assert [hit.source for hit in first.earlier] == [MIDDLE.source, OLD.source]


def test_the_newest_comes_in_from_below() -> None:
    assert shown("by when do I claim?", [OLD, OTHER], [NEW]) == [
        (NEW.source, 1),
        ("/n/tides.md", 0),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/n/claims v9.md", "/n/claims v10.md"),
        ("/n/claims-07-12-2024.md", "/n/claims-02-01-2025.md"),
        ("/n/v1/claims.md", "/n/v2/claims.md"),
        ("/n/claims-2023.md", "/n/claims.md"),  # by the date of the file
        ("/n/claims draft.md", "/n/claims final.md"),
    ],
)
def test_which_edition_is_newer(old: str, new: str) -> None:
    found = shown("by when do I claim?", [edition(old, 30), edition(new, 60, day=9)])
    assert found == [(new, 1)]


@pytest.mark.parametrize("asked", ["the claims of 2023?", "what did the old version say?"])
def test_an_older_edition_that_is_asked_for_is_kept_and_marked(asked: str) -> None:
    texts = {hit.source: wording(hit.text).words for hit in (OLD, NEW)}
    found = fold_editions([OLD, NEW], asked, lambda path: texts[path])
    assert [hit.source for hit in found] == [OLD.source, NEW.source]
    assert [hit.changed is not None for hit in found] == [True, False]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (edition("/n/boats.md", 30), edition("/n/cars.md", 30)),  # other names
        (edition("/n/1.md", 30), edition("/n/2.md", 30)),  # nothing but numbers
        (edition("/a/claims-1.md", 30), edition("/b/claims-2.md", 30)),  # other folders
        (OLD, document_hit("x", "High water is at noon.", source="/n/claims-2024.md")),
        (OLD, document_hit("y", OLD.text, source=OLD.source)),  # one file
    ],
)
def test_what_is_no_edition_is_left_alone(one: Hit, other: Hit) -> None:
    assert shown("by when do I claim?", [one, other]) == [(one.source, 0), (other.source, 0)]


BILL = """Harbour Office, 5 Mill Lane. Bill {0} of {1} March 2026 to Jane Roe. Berth, {2} nights:
{3}.00. VAT 20 %: {4}.00. Total: {5}.00. Please pay within 14 days. Thank you."""
PAYSLIP = """Payslip {0}/2026. Employee: Jane Roe, number 4711. Gross pay {1}. Income tax {2}.
Health insurance {3}. Pension {4}. Net pay {5}. Paid into your account at the harbour bank by the
last working day. Keep this slip with your papers; ask the pay office about anything unclear."""


@pytest.mark.parametrize("form", [BILL, PAYSLIP])
def test_each_record_of_a_series_counts(form: str) -> None:
    rows = [(101, 3, 2, 40, 8, 48), (102, 9, 5, 100, 20, 120), (103, 17, 1, 20, 4, 24)]
    paths = [f"/n/record {row[0]}.pdf" for row in rows]
    hits = [
        document_hit(path, form.format(*row), source=path)
        for path, row in zip(paths, rows, strict=True)
    ]
    assert shown("what did I pay in all?", hits) == [(path, 0) for path in paths]


def test_minutes_with_one_form_and_other_words_are_not_editions() -> None:
    hits = [edition("/n/minutes-1.md", 30), edition("/n/minutes-2.md", 30)]
    words = {
        "/n/minutes-1.md": frozenset("sails ropes paint oil".split()),
        "/n/minutes-2.md": frozenset("rent heating roof oil".split()),
    }
    assert len(fold_editions(hits, "claims?", lambda path: words[path])) == 2


def test_files_of_one_title_are_editions_if_their_words_are_the_same() -> None:
    hits = [edition("/a/x.pdf", 30), edition("/b/y.pdf", 60, day=3)]
    titled = [
        Hit(DocumentPassage("i" + h.source, h.source, h.text, title="Claims", modified=START), 0.5)
        for h in hits
    ]
    assert len(shown("claims?", titled)) == 1
    assert len(shown("claims?", hits)) == 2


def test_a_name_with_a_version_is_known() -> None:
    assert edition_name(OLD.source) == edition_name("/n/claims final.md") == ("n", "claims")
    assert edition_name(OTHER.source) is None
    assert name_without_version("/n/claims.md") == ("n", "claims")
    assert edition_name("/n/2026-05-01.md") is None  # a day, and nothing else
