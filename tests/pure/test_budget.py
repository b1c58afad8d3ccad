"""What fits into a request, and the ledger that says why."""

from __future__ import annotations

from datetime import UTC, datetime

from hits import document_hit, memory_hit

from ingest.document import Hit
from ragchat.request.budget import OVERHEAD, fit
from ragchat.request.history import Window
from ragchat.request.prompt import build

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def passage(name: str, size: int, source: str = "") -> Hit:
    return document_hit(name, "x" * size, source=source or f"/{name}.md", start_line=1, end_line=2)


def test_the_best_come_first_and_the_budget_is_kept() -> None:
    found = [passage(name, 100) for name in "abcdefgh"]
    kept, ledger = fit(found, 400, len)
    assert [hit.passage.id for hit in kept] == ["a", "b", "c"]
    assert sum(entry.tokens for entry in ledger if entry.sent) == 3 * (100 + OVERHEAD)


def test_what_does_not_fit_is_passed_over_for_what_does() -> None:
    kept, ledger = fit([passage("big", 900), passage("small", 50)], 500, len)
    assert [hit.passage.id for hit in kept] == ["small"]
    assert ledger[0].reason == "over the budget of 500 tokens"


def test_one_source_takes_no_more_than_its_share() -> None:
    crowd = [passage(f"a{n}", 150, "/a.md") for n in range(4)] + [passage("b", 150)]
    kept, ledger = fit(crowd, 1000, len)
    assert [hit.passage.id for hit in kept] == ["a0", "a1", "b"]
    assert "share" in ledger[2].reason


def test_a_source_alone_may_take_everything() -> None:
    kept, _ = fit([passage(f"a{n}", 150, "/a.md") for n in range(4)], 1000, len)
    assert len(kept) == 4


def test_the_best_passage_of_a_source_may_be_more_than_its_share() -> None:
    kept, _ = fit([passage("a", 700), passage("b", 100)], 1000, len)
    assert [hit.passage.id for hit in kept] == ["a", "b"]


def test_the_ledger_and_the_request_name_the_page_of_a_pdf_alike() -> None:
    hit = document_hit("plan", "The pier.", source="/plan.pdf", start_line=4, end_line=9, page=2)
    _, (entry,) = fit([hit], 100, len)
    (message,) = build("Where?", [hit], Window(), now=NOW).messages
    assert entry.name == message["content"][1]["source"] == "/plan.pdf, page 2"
    assert (entry.source, entry.start_line, entry.end_line, entry.page) == ("/plan.pdf", 4, 9, 2)


def test_the_ledger_and_the_request_name_a_memory_alike() -> None:
    hit = memory_hit("m", "Where is the pier?", "South.", time=NOW)
    _, (entry,) = fit([hit], 100, len)
    (message,) = build("Where?", [hit], Window(), now=NOW).messages
    assert entry.name == message["content"][1]["source"]
    assert (entry.source, entry.start_line, entry.page) == ("Talk", None, None)
