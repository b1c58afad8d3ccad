"""What a text says, as sets that can be compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragchat.query.wording import measures, together, wording


def test_words_lose_their_endings_and_those_that_only_hold_a_sentence_together_go() -> None:
    assert wording("They moved the offices").items == wording("is moving an office").items


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It costs 1,500 euros", {"1500", "euros"}),
        ("on the 3rd of May 2026", {"3", "2026"}),
        ("at 10:30 on tuesday", {"10:30", "tuesday"}),
        ("minus means cold: -5 and 5", {"-5", "5"}),
        ("within two weeks, for 49 €", {"two", "weeks", "49", "€"}),
        ("Python 3.12 on the Z6", {"3.12", "z6"}),
        ("截止日期是5月10日", {"5", "10"}),
    ],
)
def test_numbers_dates_and_their_units_are_figures(text: str, figures: set[str]) -> None:
    assert wording(text).figures == figures


def test_capitals_within_a_sentence_are_names_and_at_its_beginning_may_be() -> None:
    said = wording("Deploying is done by Anna. **Apollo** waits for Petra’s word.")
    assert said.names == {"anna", "petra"}
    assert said.openers == {"deploy", "apollo"}


@pytest.mark.parametrize(
    "text",
    ["do not deploy", "don't deploy", "never deploy", "nicht deploy", "n'deploy", "cannot deploy"],
)
def test_a_denied_word_is_another_word(text: str) -> None:
    said = wording(text)
    assert said.items == ("not deploy",)
    assert said.affirmed == {"deploy"}
    assert said.negations == {"not deploy"}


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert wording("No, deploy").items == ("deploy",)
    assert wording("No, deploy").negations == {"not"}


def test_scripts_without_spaces_are_taken_in_pairs() -> None:
    assert wording("我住在北京。").items == ("我住", "住在", "在北", "北京")
    assert wording("我不住").negations == {"我不", "不住"}


def test_the_vowel_signs_of_india_do_not_split_a_word() -> None:
    assert wording("हिन्दी भाषा।").items == ("हिंदी", "भाषा")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the résumé of Zoë", "the resume of Zoe"),
        ("die Straße", "die STRASSE"),
        ("всё ещё", "все еще"),
        ("ｄｅａｄｌｉｎｅ ５", "deadline 5"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert wording(one).words == wording(other).words


def test_what_figures_measure() -> None:
    assert measures(wording("on sábado at 9 am").figures) == {"times"}
    assert measures(wording("49 € in May").figures) == {"money"}
    assert measures(wording("room 4").figures) == frozenset()


@given(st.text(), st.text())
def test_two_texts_together_say_what_they_say_one_after_the_other(one: str, other: str) -> None:
    assert together(wording(one), wording(other)) == wording(f"{one}\n{other}")


@given(st.text())
def test_every_detail_is_among_the_words(text: str) -> None:
    said = wording(text)
    assert said.figures | said.names | said.openers | said.caseless <= said.words | said.affirmed
    assert set(said.items) == said.words
