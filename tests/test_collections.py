"""Collections: what one holds is neither shown nor changed in another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands import Output, loads

SAID = [("user", "Where is the spare key?"), ("assistant", "Under the blue flower pot.")]


def write_export(path: Path, said: list[tuple[str, str]]) -> Path:
    """Turns of one conversation; exports of it have the same ids however long they are."""
    lines: list[dict[str, Any]] = [
        {"conversation": "key", "id": n, "time": f"2026-03-0{n + 1}", "role": role, "text": text}
        for n, (role, text) in enumerate(said)
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_an_answer_is_recalled_only_from_the_collection_that_holds_it(
    ragchat: Output, tmp_path: Path
) -> None:
    older = write_export(tmp_path / "older.jsonl", SAID[:1])
    newer = write_export(tmp_path / "newer.jsonl", SAID)
    loads(ragchat("ingest", older, "--collection", "a", "--json"))
    loads(ragchat("ingest", newer, "--collection", "work", "--json"))
    question = ("recall", "where is the spare key", "--json", "--collection")
    (hit,) = loads(ragchat(*question, "a"))
    assert hit["text"] == "You: Where is the spare key?"
    (hit,) = loads(ragchat(*question, "work"))
    assert hit["text"].endswith("Claude: Under the blue flower pot.")
