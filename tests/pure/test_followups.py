"""The labelled follow-up questions are what the measurement takes them for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from followups import FollowUp, Place, load

DOCS = Path(__file__).parents[2] / "data" / "docs"
FOLLOW_UPS = load()


def places(asked: FollowUp) -> list[Place]:
    return [*asked.evidence, *(place for turn in asked.earlier for place in turn.cited)]


def test_half_of_at_least_150_questions_change_the_topic_in_every_set() -> None:
    assert len(FOLLOW_UPS) >= 150
    count = Counter((follow_up.set, follow_up.topic_change) for follow_up in FOLLOW_UPS)
    assert {group for group, _ in count} == {"handbook", "locomo", "claude-docs"}
    assert all(count[group, True] == count[group, False] for group, _ in count)


def test_both_halves_of_the_set_are_alike() -> None:
    tune, hold = (
        Counter(
            (follow_up.set, follow_up.topic_change)
            for follow_up in FOLLOW_UPS
            if follow_up.split == split
        )
        for split in ("tune", "hold")
    )
    assert tune.total() + hold.total() == len(FOLLOW_UPS)
    assert all(abs(tune[kind] - hold[kind]) <= 1 for kind in tune | hold)


def test_no_question_stands_in_the_set_twice() -> None:
    assert len({follow_up.id for follow_up in FOLLOW_UPS}) == len(FOLLOW_UPS)
    assert len({(follow_up.earlier, follow_up.question) for follow_up in FOLLOW_UPS}) == len(
        FOLLOW_UPS
    )


def test_a_follow_up_differs_from_the_question_that_it_stands_for() -> None:
    assert all(
        follow_up.question != follow_up.ideal
        for follow_up in FOLLOW_UPS
        if not follow_up.topic_change
    )


def test_every_question_and_every_earlier_answer_has_its_evidence() -> None:
    for follow_up in FOLLOW_UPS:
        assert follow_up.evidence, follow_up.id
        assert all(one.question and one.answer and one.cited for one in follow_up.earlier), (
            follow_up.id
        )
        assert bool(follow_up.conv) == (follow_up.set == "locomo"), follow_up.id


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
