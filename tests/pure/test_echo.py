"""An answer that only repeats what it was told is no new evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragchat.answer.echo import repeats

TOLD = [
    "The launch of Apollo is planned for 3 May in Lisbon. Anna leads the team of five engineers.",
    "We never deploy on Fridays, since the support desk is closed at the weekend.",
    "| Plan | Price |\n|---|---|\n| Basic | 5 € |\n| Team | 20 € |\n",
    "Run `ragchat ingest ./docs`, then `ragchat ask`.",
    "When is the launch of Apollo?",
]


@pytest.mark.parametrize(
    "answer",
    [
        "The launch of Apollo is planned for 3 May.",
        "According to your notes, the Apollo launch is planned for **3 May** in Lisbon [1].",
        "Based on the context, Anna is leading a team of five engineers.[2]",
        "You don't deploy on Fridays since the support desk is closed on weekends.",
        "No, we never deploy on Fridays.",
        "## Summary\n\n1. Apollo launches on 3 May.\n2. Anna leads five engineers.\n",
        "Here are the plans:\n\n| Plan | Price |\n|---|---|\n| Basic | 5 € |\n| Team | 20 € |",
        "```sh\nragchat ingest ./docs\nragchat ask\n```",
    ],
)
def test_what_was_told_in_other_clothes_is_an_echo(answer: str) -> None:
    assert repeats(answer, TOLD)


@pytest.mark.parametrize(
    "answer",
    [
        "The launch of Apollo is planned for 10 May.",
        "The launch of Apollo is planned for 3 May in Porto.",
        "The launch of Apollo is not planned for 3 May.",
        "Petra leads the team of five engineers.",
        "The launch of Apollo is planned for 3 May. You should book the venue early.",
        "- Apollo launches on 3 May.\n- The venue holds ninety guests.",
        "| Plan | Price |\n|---|---|\n| Basic | 5 € |\n| Team | 25 € |",
        "```sh\nragchat rebuild --model M\n```",
        "**Not supported:**\n\n- deploy on Fridays",
    ],
)
def test_anything_new_is_no_echo(answer: str) -> None:
    assert not repeats(answer, TOLD)


def test_a_negation_that_was_dropped_is_new() -> None:
    assert not repeats("The support desk deploys at the weekend.", ["never deploy", TOLD[0]])
    assert not repeats("We deploy on Fridays.", ["We never deploy on Fridays."])


def test_in_a_long_sentence_one_word_in_ten_may_be_new() -> None:
    told = "red green blue white black brown grey pink purple orange"
    assert repeats(f"{told.replace('grey', 'silver')}.", [told])
    assert not repeats(f"{told.replace('grey', 'silver').replace('pink', 'gold')}.", [told])


@pytest.mark.parametrize(
    ("told", "echo", "news"),
    [
        ("项目截止日期是5月3日。", "截止日期是5月3日。", "截止日期是5月10日。"),
        (
            "会議は東京の本社で行います。",
            "会議は東京の本社で行います。",
            "会議は大阪の支社で開きます。",
        ),
        (
            "회의는 서울 본사에서 합니다",
            "회의는 서울 본사에서 합니다",
            "회의는 부산 지사에서 합니다",
        ),
        ("Срок проекта 3 мая", "Срок проекта: 3 мая.", "Срок проекта: 10 мая."),
        ("ประชุมที่กรุงเทพ", "ประชุมที่กรุงเทพ", "ประชุมที่เชียงใหม่"),
    ],
)
def test_other_scripts_are_read_too(told: str, echo: str, news: str) -> None:
    assert repeats(echo, [told])
    assert not repeats(news, [told])


@pytest.mark.parametrize(
    "answer", ["", "Yes.", "…", "## Summary", "```\n```", "|---|---|", "I found nothing."]
)
def test_an_answer_without_content_repeats_nothing(answer: str) -> None:
    assert not repeats(answer, TOLD)


def test_without_a_context_nothing_is_repeated() -> None:
    assert not repeats("The launch of Apollo is planned for 3 May.", [])


@given(st.text())
def test_nothing_is_repeated_that_was_never_told_whatever_its_form(answer: str) -> None:
    assert not repeats(answer, [])


@given(st.lists(st.sampled_from(TOLD), min_size=1))
def test_the_context_itself_is_an_echo(parts: list[str]) -> None:
    assert repeats("\n\n".join(parts), TOLD)
