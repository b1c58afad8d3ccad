"""The file of what was typed: what is forgotten goes, and nothing else."""

from __future__ import annotations

from pathlib import Path

from ragchat.terminal.input_history import InputHistory


def left(path: Path, typed: list[str], forgotten: str) -> list[str]:
    history = InputHistory(path)
    for line in typed:
        history.add(line)
    history.forget([forgotten])
    return list(history.newest_first())[::-1]


def test_a_short_question_takes_no_line_along_that_only_has_its_letters(tmp_path: Path) -> None:
    typed = ["no", "what do we know?", "is there no ferry?", "/recall notes"]
    assert left(tmp_path / "history", typed, "no") == typed[1:]


def test_a_question_of_several_words_goes_wherever_it_was_typed(tmp_path: Path) -> None:
    typed = [
        "the ferry?",
        "/recall the  ferry?",
        "the\nferry? at noon",
        "other ferry",
        "the ferry?s",
    ]
    assert left(tmp_path / "history", typed, "the ferry?") == typed[3:]
