"""Events that a question counts time from."""

from __future__ import annotations

import pytest

from ragchat.query.events import named_event


@pytest.mark.parametrize(
    ("question", "words", "side"),
    [
        ("What did we decide about the schema before the release?", "the release", "before"),
        ("Before the release, which database did we use?", "the release", "before"),
        ("what did I eat since I moved to Berlin?", "I moved to Berlin", "after"),
        ("How did he feel after returning from Rome?", "returning from Rome", "after"),
        ("Which plans were there until Easter?", "Easter", "before"),
        ("what was there before breathing exercises?", "breathing exercises", "before"),
        ("what did I carry before I forgot the bag?", "I forgot the bag", "before"),
        ("how was it before this release?", "this release", "before"),
        ("Before I forget, what did we use till the release?", "the release", "before"),
    ],
)
def test_an_event_is_read_with_the_side_that_is_asked_for(
    question: str, words: str, side: str
) -> None:
    event = named_event(question)
    assert event is not None
    assert (event.words, event.side) == (words, side)


@pytest.mark.parametrize(
    "question",
    [
        "after how long is a request given up?",
        "since when do I have the dog?",
        "have I said this before?",
        "what happens after a crash?",
        "what stands on the page after?",
        "Before I forget, what is the port?",
        "before I forget about it: what is the port?",
        "Before we start, which port is it?",
        "what has to be checked before anything is deployed?",
        "what comes after everything?",
        "do the bakers work until morning?",
        "which chores are there before evening?",
        "and what did we do before that?",
        "is the lock free after this?",
    ],
)
def test_what_names_no_event_has_none(question: str) -> None:
    assert named_event(question) is None
