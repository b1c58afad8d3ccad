"""Memory that says the same is shown once, and of what disagrees the newest stands first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hits import document_hit, memory_hit
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Hit, MemoryPassage
from ragchat.query.wording import wording
from ragchat.retrieval.folding import SAME_SUBJECT, _likeness, _may_be_alike, fold

START = datetime(2026, 1, 1, tzinfo=UTC)


def memory(name: str, day: int, asked: str, answered: str = "Noted.", score: float = 0.5) -> Hit:
    return memory_hit(name, asked, answered, score=score, time=START + timedelta(days=day))


def document(name: str, score: float = 0.5) -> Hit:
    return document_hit(name, "Same text.", score=score)


def ids(folded: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.id for hit in folded]


def order(*sides: tuple[str, str]) -> list[str]:
    """The ids as shown when older (first) stands above newer: "0", "1"."""
    return ids(fold([memory(str(n), n, *side, 0.9 - n / 10) for n, side in enumerate(sides)]))


def test_documents_pass_alone_even_when_they_are_equal() -> None:
    found = [document("a"), document("b")]
    assert fold(found) == tuple(found)


def test_of_the_same_the_newest_is_shown_at_the_best_place_and_score() -> None:
    said = "My dentist is Dr. Weber in the Kantstraße."
    found = [
        memory("middle", 2, said, score=0.9),
        document("d", 0.8),
        memory("new", 3, said, "Noted!", score=0.7),
        memory("old", 1, said, score=0.6),
    ]
    first, second = fold(found)
    assert (first.passage.id, first.score) == ("new", 0.9)
    assert [hit.passage.id for hit in first.earlier] == ["middle", "old"]
    assert second.passage.id == "d"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ("When is the deadline?", "It is 3 May."),
            ("What’s the deadline?", "It's on the 3rd of May"),
        ),
        (("We tested it with Python.", "Noted."), ("We're testing it with python", "Noted.")),
        (("Remember: the budget is 1,500 €.", "Noted."), ("The budget is 1500 €.", "Noted!")),
        (("Ich wohne in Berlin.", "Notiert."), ("ich wohne jetzt in Berlin", "Notiert!")),
        (("截止日期是5月3日。", "好的。"), ("截止日期是5月3日", "好的")),
    ],
)
def test_the_same_in_nearly_the_same_words_is_folded(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert order(one, other) == ["1"]


LONG = (
    "We compared both ways at length, the slow careful one and the quick cheap one, side by side."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The budget is 1500 €.", "The budget is 1600 €."),
        ("The trial runs for two weeks.", "The trial runs for two days."),
        ("The launch is on 3 May.", "The launch is on 3 June."),
        ("Anna reviews the code.", "Petra reviews the code."),
        ("We deploy on Fridays.", "We never deploy on Fridays."),
        ("I drink tea, not coffee.", "I drink coffee, not tea."),
        ("I prefer tea over coffee.", "I prefer coffee over tea."),
        ("Anna reports to Petra.", "Petra reports to Anna."),
        ("我住在北京市朝阳区。", "我住在上海市朝阳区。"),
        (
            "Call me.",
            "Call me, and send the contract to the landlord before the keys change hands.",
        ),
    ],
)
def test_what_differs_in_a_detail_is_not_the_same_however_long_the_rest(
    one: str, other: str
) -> None:
    assert len(order((one, LONG), (other, LONG))) == 2
    assert len(order(("Sum it up.", f"{one} {LONG}"), ("Sum it up.", f"{other} {LONG}"))) == 2


def test_a_common_word_that_differs_in_a_short_statement_is_not_the_same() -> None:
    one, other = "My favourite colour is red.", "My favourite colour is blue."
    assert order((one, LONG), (other, LONG)) == ["0", "1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I live in Berlin.", "I live in Lisbon now."),
        ("I live in Berlin.", "I no longer live in Berlin, I live in Lisbon."),
        ("The deadline for Apollo is 3 May.", "The deadline for Apollo has moved to 10 May."),
        ("The licence costs 49 euros a month.", "The licence now costs 59 euros a month."),
        ("I like coriander in my food.", "I don't like coriander in my food."),
        ("My favourite editor is Vim.", "My favourite editor is Emacs."),
        ("I prefer Postgres for new projects.", "I prefer SQLite for new projects."),
        ("Our standup is on Tuesday at 9:30.", "Our standup is on Thursday at 10:00."),
        ("The staging server listens on port 8080.", "The staging server listens on port 9090."),
        ("We deploy on Fridays.", "We never deploy on Fridays."),
        ("My boss is called Anna.", "My boss is called Petra."),
        ("Ich wohne in Berlin.", "Ich wohne jetzt in Hamburg."),
        ("截止日期是5月3日。", "截止日期是5月10日。"),
    ],
)
def test_of_statements_that_disagree_the_newest_stands_first(old: str, new: str) -> None:
    assert order((old, "Noted."), (new, "Noted.")) == ["1", "0"]


def test_of_answers_to_one_question_that_disagree_the_newest_stands_first() -> None:
    old = ("When is the deadline for Apollo?", "The deadline for Apollo is 3 May.")
    new = ("What's the deadline for Apollo?", "The deadline for Apollo moved to 10 May.")
    assert order(old, new) == ["1", "0"]


def test_a_statement_overrules_an_older_answer() -> None:
    old = ("What is my favourite editor?", "Your favourite editor is Vim.")
    assert order(old, ("My favourite editor is Emacs.", "Noted.")) == ["1", "0"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ("How much is the Nikon Z6?", "It costs 1500 €."),
            ("How much is the Canon R5?", "2000 €."),
        ),
        (("The Nikon Z6 costs 1500 €.", "Noted."), ("The Canon R5 costs 2000 €.", "Noted.")),
        (("The Nikon Z6 is a good camera.", "Ok."), ("The Canon R5 is a good camera.", "Ok.")),
        (
            ("The deadline for Apollo is 3 May.", "Ok."),
            ("The deadline for Gemini is 9 May.", "Ok."),
        ),
        (("The deadline for Apollo is near.", "Ok."), ("The deadline for Gemini is near.", "Ok.")),
        (("For Apollo we use Postgres.", "Ok."), ("For Gemini we use Postgres.", "Ok.")),
        (("Anna's flat is in Berlin.", "Ok."), ("Ben's flat is in Lisbon.", "Ok.")),
        (("My sister lives in Berlin.", "Ok."), ("My brother lives in Lisbon.", "Ok.")),
        (("Write a poem about Berlin", "City."), ("Write a poem about Lisbon", "Water.")),
        (("Help me plan my trip to Berlin", "Fly."), ("Help me plan my trip to Rome", "Walk.")),
        (("I like Berlin.", "Ok."), ("I like Rust.", "Ok.")),
        (("What is new in Python 3.11?", "Speed."), ("What is new in Python 3.12?", "Errors.")),
        (("How do I cook rice?", "Boil 2 cups."), ("How do I cook pasta?", "Boil 4 litres.")),
        (
            ("Can you explain?", "A mutex has 1 owner."),
            ("Can you explain?", "Leaves make 2 sugars."),
        ),
        (("Das Passwort für den Drucker ist 12.", ""), ("Das Passwort für den Router ist 56.", "")),
    ],
)
def test_what_is_about_two_things_is_neither_folded_nor_moved(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert order(one, other) == ["0", "1"]


def test_places_are_swapped_and_scores_stay_with_their_places() -> None:
    found = [
        memory("old", 1, "I live in Berlin.", score=0.9),
        document("d", 0.8),
        memory("new", 2, "I live in Lisbon.", score=0.7),
    ]
    shown = fold(found)
    assert [(hit.passage.id, hit.score) for hit in shown] == [
        ("new", 0.9),
        ("d", 0.8),
        ("old", 0.7),
    ]


def test_speakers_are_not_part_of_what_they_said() -> None:
    one = memory("0", 1, "I live in Berlin.")
    other = memory_hit("1", "I live in Berlin.", "Noted.", asked_by="Anna", answered_by="GPT-4")
    assert len(fold([one, other])) == 1


def test_a_paragraph_that_begins_like_a_speakers_name_is_not_taken_for_the_answer() -> None:
    old = "The street party is on our side of the road.\n\nDeadline: 3 May, by letter."
    new = "The street party is on our side of the road.\n\nDeadline: 10 May, by letter."
    assert order((old, ""), (new, "")) == ["1", "0"]


SAID = [
    "I live in Berlin.",
    "I live in Lisbon now.",
    "I live in Lisbon",
    "I don't live in Lisbon.",
    "The budget is 500.",
    "The budget is 600.",
    "What is the budget?",
    "",
    "我住在北京。",
]


@st.composite
def listings(draw: st.DrawFn) -> list[Hit]:
    said = st.sampled_from(SAID) | st.text(max_size=30)
    found = []
    for n in range(draw(st.integers(0, 12))):
        score = 1 - n / 20
        if draw(st.booleans()):
            found.append(document(f"{n}", score))
        else:
            day = draw(st.integers(0, 5))
            found.append(memory(f"{n}", day, draw(said), draw(said), score))
    return found


@given(listings())
def test_nothing_is_lost_and_nothing_comes_twice(found: list[Hit]) -> None:
    out = [hit.passage.id for folded in fold(found) for hit in (folded, *folded.earlier)]
    assert sorted(out) == sorted(hit.passage.id for hit in found)


@given(listings())
def test_documents_keep_their_order_and_scores_go_down(found: list[Hit]) -> None:
    shown = fold(found)
    assert [hit for hit in shown if hit.passage.kind == "document"] == [
        hit for hit in found if hit.passage.kind == "document"
    ]
    scores = [hit.score for hit in shown]
    assert scores == sorted(scores, reverse=True)


@given(listings())
def test_what_is_folded_stays_as_it_is(found: list[Hit]) -> None:
    shown = [replace(hit, earlier=()) for hit in fold(found)]
    assert list(fold(shown)) == shown


@given(listings())
def test_what_goes_along_is_older_and_newest_first(found: list[Hit]) -> None:
    for folded in fold(found):
        passages = [hit.passage for hit in (folded, *folded.earlier)]
        times = [
            passage.time
            for passage in passages
            if isinstance(passage, MemoryPassage) and passage.time
        ]
        assert times == sorted(times, reverse=True)


WORDS = st.lists(st.sampled_from("Rust 2.0 May not tide Anna pier ship the wind 40 km".split()))


@given(WORDS, WORDS)
def test_the_quick_look_lets_all_through_that_is_alike(one: list[str], other: list[str]) -> None:
    wordings = wording(" ".join(one)), wording(" ".join(other))
    assert _may_be_alike(*wordings) or _likeness(*wordings)[0] < SAME_SUBJECT
