from __future__ import annotations

import pytest

from ragchat.query.long_questions import LONG, LONG_IN_PAIRS, PART, parts_that_ask

STORY = "The pier was built of oak. " * 20


def test_a_question_that_is_not_long_has_no_parts() -> None:
    assert parts_that_ask("x" * LONG) == ()
    assert parts_that_ask(f"  {'x' * LONG}\n") == ()
    assert parts_that_ask("x" * (LONG + 1)) != ()


def test_a_script_without_spaces_is_long_sooner() -> None:
    assert parts_that_ask("船" * LONG_IN_PAIRS) == ()
    assert parts_that_ask("船" * (LONG_IN_PAIRS + 1)) != ()
    assert parts_that_ask("船" * 90 + "x" * 91) == ()  # most of it has spaces


@pytest.mark.parametrize("question", ["How long is it?", "它有多长？", "كم طوله؟"])
def test_a_question_within_a_long_text_is_a_part(question: str) -> None:
    parts = parts_that_ask(f"{STORY}\n{question}\n{STORY}")
    assert parts[-1] == question
    assert "The pier was built of oak." in parts


def test_the_last_two_questions_are_parts_and_no_part_is_long_or_twice_there() -> None:
    asked = [f"Is plank {n} sound?" for n in range(4)]
    parts = parts_that_ask(f"{STORY}{' '.join(asked)} {'y' * 300}")
    assert [part for part in parts if part in asked] == asked[-2:]
    assert max(map(len, parts)) <= PART
    assert len(set(parts)) == len(parts)


def test_the_first_and_the_last_part_are_whole_sentences_while_they_fit() -> None:
    parts = parts_that_ask(f"{'One. ' * 100}\n{'Two. ' * 100}")
    assert parts[0] == " ".join(["One."] * (PART // 4))[:PART]
    assert parts[1] == " ".join(["Two."] * (PART // 4))[-PART:]
