"""What fits into a request, and the ledger that says why."""

from __future__ import annotations

from ingest.document import Passage
from ragchat.request.budget import OVERHEAD, fit


def passage(name: str, size: int, source: str = "") -> Passage:
    return Passage(
        kind="document",
        id=name,
        source=source or f"/{name}.md",
        text="x" * size,
        score=0.5,
        start_line=1,
        end_line=2,
    )


def test_the_best_come_first_and_the_budget_is_kept() -> None:
    found = [passage(name, 100) for name in "abcdefgh"]
    kept, ledger = fit(found, 400, len)
    assert [each.id for each in kept] == ["a", "b", "c"]
    assert sum(entry.tokens for entry in ledger if entry.sent) == 3 * (100 + OVERHEAD)


def test_what_does_not_fit_is_passed_over_for_what_does() -> None:
    kept, ledger = fit([passage("big", 900), passage("small", 50)], 500, len)
    assert [each.id for each in kept] == ["small"]
    assert ledger[0].reason == "over the budget of 500 tokens"


def test_one_source_takes_no_more_than_its_share() -> None:
    crowd = [passage(f"a{n}", 150, "/a.md") for n in range(4)] + [passage("b", 150)]
    kept, ledger = fit(crowd, 1000, len)
    assert [each.id for each in kept] == ["a0", "a1", "b"]
    assert "share" in ledger[2].reason


def test_a_source_alone_may_take_everything() -> None:
    kept, _ = fit([passage(f"a{n}", 150, "/a.md") for n in range(4)], 1000, len)
    assert len(kept) == 4


def test_the_best_passage_of_a_source_may_be_more_than_its_share() -> None:
    kept, _ = fit([passage("a", 700), passage("b", 100)], 1000, len)
    assert [each.id for each in kept] == ["a", "b"]
