from __future__ import annotations

import pytest

from ingest.search.asked_words import BESIDE, ENOUGH_TERMS, AskedWords


def test_a_chunk_holds_the_share_of_the_rarity_of_its_words() -> None:
    words = AskedWords(0)
    rare, common = words.add(3.0, 3.0, 0), words.add(1.0, 1.0, 0)
    assert words.coverage({1: rare, 2: common, 3: rare | common, 4: 0}) == {1: 0.75, 2: 0.25, 3: 1}


def test_a_word_in_another_spelling_is_held_in_part() -> None:
    words = AskedWords(0)
    asked = words.add(2.0, 1.0, 0)
    assert words.share(asked) == 0.5


def test_what_only_a_neighbour_holds_counts_for_a_part() -> None:
    words = AskedWords(0)
    own, beside = words.add(1.0, 1.0, 0), words.add(1.0, 1.0, 0)
    assert words.share(own, beside) == pytest.approx(0.5 + 0.5 * BESIDE)
    assert words.share(own, own) == 0.5  # it is not counted again


def test_of_a_long_question_the_part_counts_that_a_chunk_holds_best() -> None:
    words = AskedWords(2)
    first, second = words.add(1.0, 1.0, 0b01), words.add(1.0, 1.0, 0b10)
    both = words.add(1.0, 1.0, 0b11)
    aside = words.add(5.0, 5.0, 0)
    assert words.share(first | both) == 1.0
    assert words.share(second) == 0.5
    assert words.share(aside) == 0.0


def test_more_words_than_a_passage_can_be_asked_for_need_not_be_held() -> None:
    words = AskedWords(0)
    bits = [words.add(1.0, 1.0, 0) for _ in range(2 * ENOUGH_TERMS)]
    held = 0
    for bit in bits[:ENOUGH_TERMS]:
        held |= bit
    assert words.share(held) == 1.0
    assert words.share(held | bits[-1]) == 1.0


def test_a_question_without_words_is_held_by_nothing() -> None:
    assert AskedWords(0).share(0) == 0.0
    assert AskedWords(0).coverage({1: 0}) == {}
