"""What stands below an answer."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from ingest.conversation import Exchange, Turn
from ingest.document import DocumentPassage, Hit
from ragchat.answer.checked_answer import CheckedAnswer
from ragchat.answer.citations import AnswerSource
from ragchat.claude.wire import Answer, Piece
from ragchat.terminal.answering import show_foot
from ragchat.terminal.screen import Screen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "the answer was stopped\n"),
        ("Of", "the answer was stopped\n1 source, none cited: /sources\n0 tokens in · 0 out\n"),
    ],
)
def test_an_answer_stopped_before_a_word_has_neither_sources_nor_tokens(
    text: str, shown: str
) -> None:
    question = Turn("user", "What is the hull of?", datetime(2026, 3, 4, tzinfo=UTC), "q")
    exchange = Exchange("e", "c", question, Turn("assistant", text, question.time, "a"))
    pieces = (Piece(text),) if text else ()
    answer = Answer(pieces, "interrupted", reason="the answer was stopped")
    source = AnswerSource(1, Hit(DocumentPassage("d", "/hull.md", "Oak."), 0.9), cited=False)
    out, err = io.StringIO(), io.StringIO()
    answered = CheckedAnswer(exchange, answer, text, (source,), None, None)
    show_foot(Screen(out, err, io.StringIO()), answered, lambda _: "/sources")
    assert (out.getvalue(), err.getvalue()) == ("", shown)
