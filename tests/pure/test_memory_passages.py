"""Which part of a long side of an exchange is shown and sent."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.conversation import Exchange, Turn
from ingest.search.passages import memory_passage

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WORK = "I'll look at the slow report first.\n\n" + "Let me run the slow report again.\n\n" * 40
OUTCOME = "The report was slow because the index on invoices was dropped in April."


def answered(text: str, narration: int, *found: str) -> str:
    asked = Turn("user", "Why is the report slow?", NOON, "1")
    answer = Turn("assistant", text, NOON, "2", narration=narration)
    return memory_passage(Exchange("e", "c", asked, answer), "T", found).answered


def test_the_outcome_of_narrated_work_comes_first_whatever_was_found() -> None:
    assert answered(WORK + OUTCOME, len(WORK)) == OUTCOME
    assert answered(WORK + OUTCOME, len(WORK), OUTCOME) == OUTCOME
    shown = answered(WORK + OUTCOME, len(WORK), "I'll look at the slow report first.")
    assert shown == f"{OUTCOME}\n\n… I'll look at the slow report first. …"


def test_of_a_long_answer_the_found_part_is_shown() -> None:
    text = "First. " + "Words of no account. " * 60 + "The fee is 12 euros."
    assert answered(text, 0, "The fee is 12 euros.") == "… The fee is 12 euros. …"
    assert answered(text, 0).startswith("First. ")
