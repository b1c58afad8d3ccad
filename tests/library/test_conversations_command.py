"""Conversations on the command line: found by a title or a part of an id, shown, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import Output, loads
from fakes import Broken, Reply, ScriptedClaude

from ingest.models.embedder import Embedder

if TYPE_CHECKING:
    pass


def test_an_exchange_is_found_and_forgotten_by_its_short_id(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script.append(Reply("The keel was laid in 1911."))
    assert ragchat("ask", "When was the keel laid?", "--no-context")[0] == 0
    [hit] = loads(ragchat("recall", "When was the keel laid?", "--json"))
    for command in ("recall", "search"):
        _, out, _ = ragchat(command, "When was the keel laid?")
        assert f"] {hit['id'][:8]}  " in out
    assert ragchat("conversations", "show", hit["id"][:8])[1].count("1911") == 1
    code, out, _ = ragchat("forget", hit["id"][:8], "--yes")
    assert (code, out) == (0, "forgot 1 exchange\n")
    assert loads(ragchat("recall", "When was the keel laid?", "--json")) == []


@pytest.fixture
def cut_short(ragchat: Output, tiny: Embedder, server: ScriptedClaude) -> str:
    """The id of a conversation whose only answer broke off."""
    server.script.append(Broken("reset", "The keel was laid"))
    assert ragchat("ask", "When was the keel laid?", "--no-context")[0] == 4
    [listed] = loads(ragchat("conversations", "list", "--json"))
    return str(listed["id"])


def test_a_conversation_is_shown_and_continued_by_its_title(
    ragchat: Output, cut_short: str, server: ScriptedClaude
) -> None:
    code, out, _ = ragchat("conversations", "show", "the KEEL")
    assert code == 0
    assert out.rstrip().endswith("The keel was laid\n(cut off)")
    assert ragchat("ask", "And then?", "--no-context", "--conversation", "keel")[0] == 0
    assert "When was the keel laid?" in str(server.requests[-1])
    [listed] = loads(ragchat("conversations", "list", "keel", "--json"))
    assert (listed["id"], listed["exchanges"]) == (cut_short, 2)


def test_a_part_of_an_id_deletes_only_after_asking_or_with_yes(
    ragchat: Output, cut_short: str
) -> None:
    for part in (cut_short[:4], "keel"):
        code, _, err = ragchat("conversations", "delete", part)
        assert code == 2
        assert f"{part!r} is only a part of {cut_short}: give the whole id, or --yes" in err
    code, out, _ = ragchat("conversations", "delete", cut_short[:4], "--yes")
    assert (code, out) == (0, "forgot 1 exchange\n")
    assert loads(ragchat("conversations", "list", "--json")) == []


def test_a_title_is_the_question_without_its_attachments(
    ragchat: Output, notes: Path, server: ScriptedClaude
) -> None:
    assert ragchat("ask", "Who is it?", "--file", notes / "crew.md", "--docs-only")[0] == 0
    [listed] = loads(ragchat("conversations", "list", "--json"))
    assert listed["title"] == "Who is it?"
