"""An answer without a model: the sentences that are nearest to the question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from ingest.document import DocumentPassage, MemoryPassage, Passage
from ingest.text.sentences import words_held
from ragchat.answer.extracts import extracts, sentences

TEXT = """# Tides

The tide turns twice a day at the harbour. Boats leave with it.

- Fishing boats go out first thing in the morning.
- Ferries follow an hour later, when the wind allows.
"""


def passage(text: str) -> DocumentPassage:
    return DocumentPassage(id=text[:8], source="/a.md", text=text)


def shortest_first(texts: Sequence[str]) -> list[float]:
    return [-float(len(text)) for text in texts]


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("# Tides\n\n", "# Tides\n")])
def test_sentences_are_whole_and_without_marks(text: str) -> None:
    assert sentences(text) == [
        "The tide turns twice a day at the harbour.",
        "Fishing boats go out first thing in the morning.",
        "Ferries follow an hour later, when the wind allows.",
    ]


def test_the_nearest_come_first_with_their_passage() -> None:
    found = extracts([passage(TEXT)], shortest_first)
    assert [len(quote.text) for quote in found] == sorted(len(quote.text) for quote in found)
    assert found[0].text in TEXT
    assert found[0].passage.label() == "/a.md"


def test_the_same_sentence_is_quoted_once() -> None:
    found = extracts([passage(TEXT), passage("Again: " + TEXT)], shortest_first)
    assert len({quote.text for quote in found}) == len(found)


def memory(day: int, asked: str) -> MemoryPassage:
    time = datetime(2026, 3, day, tzinfo=UTC)
    return MemoryPassage(id=f"m{day}", title="Roof", asked=asked, time=time)


def test_a_sentence_stands_below_the_later_one_that_changes_it() -> None:
    old, new = "You: The slates arrive on the 23rd.", "You: Sorry, the slates arrive on the 26th."
    passages: list[Passage] = [memory(14, old[5:]), memory(15, new[5:]), passage(TEXT)]
    found = extracts(passages, shortest_first, lambda one, other: (one, other) == (new, old))
    assert [(quote.text, quote.is_earlier) for quote in found[:2]] == [(new, False), (old, True)]


def test_an_older_sentence_changes_nothing() -> None:
    passages = [memory(15, "The slates arrive on the 26th."), memory(14, "They are paid for now.")]
    found = extracts(passages, shortest_first, lambda one, other: one != other)
    assert [quote.passage.id for quote in found if quote.is_earlier] == ["m14"]


def test_without_passages_there_is_nothing_to_quote() -> None:
    assert extracts([], shortest_first) == []


def test_sentences_of_a_script_without_spaces_end_at_their_own_marks() -> None:
    text = "# 图书馆\n\n图书馆九点开门。借书要带学生证！「电脑室」在三楼吗？好。"
    assert sentences(text) == ["图书馆九点开门。", "借书要带学生证！", "「电脑室」在三楼吗？"]


def test_the_words_of_the_question_are_counted_where_the_model_knows_no_word() -> None:
    texts = ["图书馆九点开门。", "借书要带学生证。"]
    few, many = words_held("借书要带什么？", texts, "zh")
    assert few < many
