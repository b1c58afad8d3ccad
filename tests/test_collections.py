"""Collections: what one holds is neither shown nor changed in another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands import Output, loads
from fakes import Reply, ScriptedClaude

SAID = [("user", "Where is the spare key?"), ("assistant", "Under the blue flower pot.")]
CITING = Reply([("Under the pot.", [(0, "under the blue flower pot")])])


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


def test_forgetting_a_file_in_one_collection_leaves_the_citations_of_another(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    (tmp_path / "key.md").write_text("The spare key lies under the blue flower pot.\n")
    talks = {}
    for name in ("a", "b"):
        ragchat("ingest", tmp_path / "key.md", "--collection", name)
        server.script += [CITING]
        asked = ragchat("ask", "Where is the spare key?", "--collection", name, "--json")
        talks[name] = loads(asked)["conversation"]
    ragchat("forget", "--source", tmp_path / "key.md", "--collection", "a", "--yes")
    shown = {n: ragchat("conversations", "show", talks[n], "--collection", n)[1] for n in talks}
    assert "(forgotten)" in shown["a"]
    assert "key.md" in shown["b"]
    assert "(forgotten)" not in shown["b"]


def test_an_answer_from_an_older_version_of_a_file_goes_with_it(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    (tmp_path / "key.md").write_text("The spare key lies under the blue flower pot.\n")
    ragchat("ingest", tmp_path / "key.md")
    server.script += [CITING]
    talk = loads(ragchat("ask", "Where is the spare key?", "--json"))["conversation"]
    (tmp_path / "key.md").write_text("The spare key hangs in the shed.\n")
    ragchat("ingest", tmp_path / "key.md")
    told = loads(ragchat("forget", "--source", tmp_path / "key.md", "--json"))
    assert [each["conversation"] for each in told["quoted_by"]] == [talk]
    assert "key.md" not in ragchat("conversations", "show", talk)[1]
