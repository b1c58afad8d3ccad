from __future__ import annotations

import pytest
from hits import document_hit

from ragchat.answer.citations import AnswerSource
from ragchat.answer.quotations import checked

TEXT = "The harbour is closed at high water,\nwhich is at ten past noon. Boats wait outside."


def source(text: str = TEXT, *quotes: str) -> AnswerSource:
    return AnswerSource(1, document_hit("a", text), cited=True, quotes=quotes)


def found(answer: str, *quotes: str) -> list[tuple[str, bool]]:
    return [
        (quotation.text, quotation.found)
        for quotation in checked(answer, [source(TEXT, *quotes)], ["is it open?"])
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "It says “The harbour is closed at high water”[1].",
        'It says "harbour is closed at high water, which is at ten past noon".',
        "> The harbour is closed at high water, which\n> is at ten past noon. [1]",
        "« The harbour is closed at high water »",
        "It says “The harbour is closed … Boats wait outside”.",
    ],
)
def test_a_quotation_that_stands_in_a_source_is_found(answer: str) -> None:
    assert [ok for _, ok in found(answer)] == [True]


def test_a_quotation_that_stands_nowhere_is_flagged() -> None:
    assert found("It says “the harbour is open at high water”.") == [
        ("the harbour is open at high water", False)
    ]


def test_terms_and_code_are_no_quotations() -> None:
    assert found('The “high water” is ``a "quite long string of code"`` here.') == []


def test_what_claude_cites_natively_is_checked_too() -> None:
    assert found("Closed.", "Boats wait outside.") == [("Boats wait outside.", True)]
    assert found("Closed.", "Boats never wait.") == [("Boats never wait.", False)]


def test_words_of_the_question_may_be_quoted() -> None:
    answer = "You ask “when does the ferry leave today”."
    (only,) = checked(answer, [source()], ["when does the ferry leave today?"])
    assert only.found


@pytest.mark.parametrize(
    ("answer", "stands"),
    [
        ("手册说：“图书馆早上九点开门”。", True),
        ("「上九点开门，借书要带学生证」とあります。", True),
        ("手册说：「图书馆晚上十点关门」。", False),
        ("『図書館は日曜日の朝に開きます』", False),
    ],
)
def test_quotations_in_scripts_without_spaces_are_checked(answer: str, stands: bool) -> None:
    text = "图书馆早上九点开门，借书要带学生证。"
    assert [quote.found for quote in checked(answer, [source(text)], [])] == [stands]
    assert checked("「学生证」", [source(text)], []) == ()
