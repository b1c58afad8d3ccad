"""How many of something, in words: one is never many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import Output

from ingest.text.amounts import counted

ONE_OF_MANY = re.compile(
    r"(?<![\d.,/])1 (chunks|files|turns|exchanges|conversations|tokens|records|answers|sources)\b"
)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (2000, "2,000 files")]
)
def test_an_amount_agrees_with_its_noun(number: int, words: str) -> None:
    assert counted(number, "file") == words


def test_no_command_speaks_of_1_files(ragchat: Output, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("High water is at noon.\n")
    (tmp_path / "one.jsonl").write_text(
        '{"conversation": "c", "id": 1, "time": "2026-03-04", "role": "user", "text": "Hello you."}'
    )
    said = [
        ragchat("ingest", tmp_path / "a.md", tmp_path / "one.jsonl"),
        ragchat("rebuild"),
        ragchat("doctor"),
        ragchat("forget", "--conversation", "turns:c"),
        ragchat("ingest", tmp_path / "one.jsonl", "--again"),
        ragchat("sources", "remove", tmp_path / "a.md"),
    ]
    spoken = "\n".join(out + err for _, out, err in said)
    assert "1 chunk, 1 turn" in spoken
    assert "rebuilt the index: 2 records" in spoken
    assert ONE_OF_MANY.findall(spoken) == []
