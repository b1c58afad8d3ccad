"""Collections: what one holds is neither shown nor changed in another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
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
    assert hit["text"].endswith("Assistant: Under the blue flower pot.")


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
    assert [exchange["conversation"] for exchange in told["quoted_by"]] == [talk]
    assert "key.md" not in ragchat("conversations", "show", talk)[1]


def test_with_all_conversations_are_listed_and_shown_wherever_they_stand(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply("Under the pot."), Reply("Beneath the mat.")]
    first = loads(ragchat("ask", "Where is the key?", "--json"))["conversation"]
    asked = loads(ragchat("ask", "And at work?", "--json", "--collection", "work"))
    listed = loads(ragchat("conversations", "list", "--all", "--json"))
    assert [(conversation["id"], conversation["collection"]) for conversation in listed] == [
        (asked["conversation"], "work"),
        (first, "default"),
    ]
    assert "\t1\twork\tAnd at work?\n" in ragchat("conversations", "list", "--all")[1]
    for command, place in (("show", asked["conversation"]), ("show", asked["turn"]),
                           ("export", asked["conversation"])):  # fmt: skip
        assert ragchat("conversations", command, place)[0] == 2
        assert "Beneath the mat." in ragchat("conversations", command, place, "--all")[1]


def test_a_conversation_that_stands_in_two_collections_is_not_chosen_between(
    ragchat: Output, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export.jsonl", SAID)
    for name in ("a", "work"):
        ragchat("ingest", export, "--collection", name)
    code, _, err = ragchat("conversations", "show", "turns:key", "--all")
    assert (code, "is in a, work: choose one with --collection" in err) == (2, True)


@pytest.mark.parametrize(
    "command",
    [
        ("conversations", "rename", "turns:key", "The key"),
        ("conversations", "delete", "turns:key"),
        ("forget", "--conversation", "turns:key"),
        ("sources", "remove", "/"),
        ("ingest", "/"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_nothing_is_changed_in_every_collection_at_once(
    ragchat: Output, tmp_path: Path, command: tuple[str, ...]
) -> None:
    ragchat("ingest", write_export(tmp_path / "export.jsonl", SAID))
    before = loads(ragchat("conversations", "list", "--json"))
    code, _, err = ragchat(*command, "--all", "--yes")
    assert (code, "--all works only with commands that read" in err) == (2, True)
    assert loads(ragchat("conversations", "list", "--json")) == before


@pytest.mark.parametrize(
    "command",
    [
        ("conversations", "list"),
        ("conversations", "show", "nobody"),
        ("sources", "list"),
        ("sources", "remove", "/nowhere"),
        ("forget", "--before", "2020-01-01"),
        ("recall", "x", "--conversation", "nobody"),
        ("ask", "x", "--dry-run"),
        ("ingest", __file__, "--dry-run"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_collection_that_is_looked_in_is_not_made(
    ragchat: Output, server: ScriptedClaude, command: tuple[str, ...]
) -> None:
    code, _, _ = ragchat(*command, "--collection", "typo", "--json")
    assert code in (0, 2)
    assert loads(ragchat("status", "--json"))["collections"] == []


def test_a_collection_is_made_with_its_first_exchange(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply("Under the pot.")]
    ragchat("ask", "Where is the key?", "--collection", "new")
    (made,) = loads(ragchat("status", "--json"))["collections"]
    assert (made["name"], made["exchanges"]) == ("new", 1)


def test_a_name_that_no_collection_can_have_is_refused_before_anything_is_sent(
    ragchat: Output, server: ScriptedClaude
) -> None:
    assert ragchat("ask", "Where is the key?", "--collection", "a/b")[0] == 2
    assert server.requests == []
