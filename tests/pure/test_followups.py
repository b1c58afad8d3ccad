"""The labelled follow-up questions are what the measurement takes them for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from followups import FollowUp, Place, load

DOCS = Path(__file__).parents[2] / "data" / "docs"
FOLLOW_UPS = load()


def places(asked: FollowUp) -> list[Place]:
    return [*asked.evidence, *(place for each in asked.earlier for place in each.cited)]


def test_half_of_at_least_150_questions_change_the_topic_in_every_set() -> None:
    assert len(FOLLOW_UPS) >= 150
    count = Counter((each.set, each.topic_change) for each in FOLLOW_UPS)
    assert {each for each, _ in count} == {"handbook", "locomo", "claude-docs"}
    assert all(count[each, True] == count[each, False] for each, _ in count)


def test_both_halves_of_the_set_are_alike() -> None:
    tune, hold = (
        Counter((each.set, each.topic_change) for each in FOLLOW_UPS if each.split == split)
        for split in ("tune", "hold")
    )
    assert tune.total() + hold.total() == len(FOLLOW_UPS)
    assert all(abs(tune[each] - hold[each]) <= 1 for each in tune | hold)


def test_no_question_stands_in_the_set_twice() -> None:
    assert len({each.id for each in FOLLOW_UPS}) == len(FOLLOW_UPS)
    assert len({(each.earlier, each.question) for each in FOLLOW_UPS}) == len(FOLLOW_UPS)


def test_a_follow_up_differs_from_the_question_that_it_stands_for() -> None:
    assert all(each.question != each.ideal for each in FOLLOW_UPS if not each.topic_change)


def test_every_question_and_every_earlier_answer_has_its_evidence() -> None:
    for each in FOLLOW_UPS:
        assert each.evidence, each.id
        assert all(one.question and one.answer and one.cited for one in each.earlier), each.id
        assert bool(each.conv) == (each.set == "locomo"), each.id


def test_words_of_the_handbook_stand_in_their_file_exactly_once() -> None:
    texts = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    for asked in FOLLOW_UPS:
        for place in places(asked):
            if asked.set == "handbook":
                span = place.span(texts[place.id])
                assert span is not None, (asked.id, place)
                assert place.span(texts[place.id][span[1] :]) is None, (asked.id, place)
            else:
                assert not place.words, (asked.id, "holds words of a set that is not ours")


def test_words_are_found_across_a_line_break() -> None:
    assert Place("x.md", "two words").span("one\ntwo\n   words") == (4, 16)
    assert Place("x.md", "no words").span("two words") is None
