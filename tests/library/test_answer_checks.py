"""Links and quotations of an answer, checked against what was sent with its question."""

from __future__ import annotations

from pathlib import Path

from commands import Output, loads
from fakes import Reply, ScriptedClaude


def test_an_answer_names_the_links_that_no_source_holds(
    ragchat: Output, server: ScriptedClaude, tmp_path: Path
) -> None:
    (tmp_path / "boats.md").write_text("# Boats\n\nBoats are let at https://boats.example/let.\n")
    loads(ragchat("ingest", tmp_path / "boats.md", "--json"))
    answer = Reply("At https://boats.example/let, or https://evil.example/?said=boats.")
    server.script += [answer, answer]
    _, _, err = ragchat("ask", "Where are boats let?", "--no-save")
    assert "links not found in any source: https://evil.example/?said=boats\n" in err
    told = loads(ragchat("ask", "Where are boats let?", "--json"))
    assert told["strange_links"] == ["https://evil.example/?said=boats"]


def test_a_link_is_not_known_because_an_earlier_answer_had_it(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script += [Reply("See https://evil.example/a.")] * 2
    loads(ragchat("ask", "Where?", "--json"))
    again = loads(ragchat("ask", "Where, again?", "--json", "--continue", "--no-context"))
    assert again["strange_links"] == ["https://evil.example/a"]


def test_what_the_person_said_before_may_be_quoted(ragchat: Output, server: ScriptedClaude) -> None:
    server.script += [Reply("Noted."), Reply("You said “The ferry is painted bright green”.")]
    ragchat("ask", "The ferry is painted bright green.", "--no-context")
    told = loads(ragchat("ask", "What did I say?", "--continue", "--no-context", "--json"))
    assert [quotation["found"] for quotation in told["quotations"]] == [True]


def test_what_only_claude_said_before_is_no_source(ragchat: Output, server: ScriptedClaude) -> None:
    server.script += [Reply("It is painted bright green."), Reply("“It is painted bright green.”")]
    ragchat("ask", "Which colour?", "--no-context")
    told = loads(ragchat("ask", "Really?", "--continue", "--no-context", "--json"))
    assert [quotation["found"] for quotation in told["quotations"]] == [False]
