"""What Tab completes in the shell, through click's own completion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from commands import Output, loads
from fakes import ScriptedClaude

from ingest.conversation import Turn
from ingest.intake.conversation_import import File, add_transcript
from ingest.models.embedder import Embedder
from ingest.store import Store
from ingest.transcripts.transcript import Transcript
from ragchat.cli import cli

Tab = Callable[[str], list[str]]


@pytest.fixture
def tab() -> Tab:
    """Return what completes the last word of a line."""

    def completed(line: str) -> list[str]:
        *words, incomplete = line.split(" ")
        found = ShellComplete(cli, {}, "ragchat", "_X").get_completions(words, incomplete)
        return [item.value for item in found]

    return completed


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("config get max_co", ["max_cost_day", "max_cost_month"]),
        ("config set citat", ["citations"]),
        ("ask --effort m", ["medium", "max"]),
        ("ask --history ", ["rag", "window", "summary", "full"]),
        ("help trou", ["troubleshooting"]),
        ("conversations ren", ["rename"]),
        ("ask --model claude-haiku-5", ["claude-haiku-5-5"]),
        ("search x --collection ", []),
        ("search x --profile ", []),
        ("conversations show ", []),
    ],
)
def test_values_are_completed_without_a_library(
    tab: Tab, home: Path, line: str, values: list[str]
) -> None:
    assert tab(line) == values
    assert not (home / "ragchat.db").exists()


def test_profiles_are_completed_unless_their_file_is_broken(tab: Tab, home: Path) -> None:
    file = home / "config.toml"
    file.write_text("[profiles.work]\ntop_k = 3\n[profiles.boat]\n[profiles.'my boat']\n")
    assert tab("ask --profile ") == ["work", "boat"]
    file.write_text("profiles = 3\n")
    assert tab("ask --profile ") == []


def test_collections_and_conversations_are_completed(
    tab: Tab, ragchat: Output, tiny: Embedder, server: ScriptedClaude, tmp_path: Path
) -> None:
    first = loads(ragchat("ask", "What is new?", "--json"))["conversation"]
    other = loads(ragchat("ask", "What is old?", "--collection", "attic", "--json"))["conversation"]
    assert tab("search x --collection ") == ["attic", "default"]
    assert tab("search x --collection at") == ["attic"]
    assert sorted(tab("conversations show ")) == sorted([first, other])
    assert tab("ask --collection attic --conversation ") == [other]
    assert tab(f"forget --conversation {first[:5]}") == [first]
    (tmp_path / "none").mkdir()
    assert tab(f"conversations show --home {tmp_path / 'none'} ") == []


def test_what_a_shell_would_run_or_a_terminal_obey_is_not_completed(
    tab: Tab, ragchat: Output, home: Path, tiny: Embedder
) -> None:
    ids = ["$(touch sea)", "`touch sea`", "a;b", "a b", "-f", "good:1", "l" * 5_000, "a/b", "a:b"]
    with Store(home) as store:
        row = store.collection("default")
        for id_ in ids:
            turn = Turn("user", "Hello", datetime(2026, 3, 4, tzinfo=UTC), "q")
            title = "Rose\x1b]52;c;eA==\x07\u202e\n" + "s" * 500
            said = Transcript("turns", id_, title, turn.time, (turn,), titled=True)
            with store.transaction():
                add_transcript(store, row, said, File(home / "a.jsonl", turn.time))
    plain = [f"turns:{id_}" for id_ in ("-f", "a/b", "a:b", "good:1")]
    assert sorted(tab("conversations show ")) == plain
    (found, *_) = ShellComplete(cli, {}, "ragchat", "_X").get_completions(
        ["conversations", "show"], "turns:g"
    )
    assert (found.help or "").startswith("Rose s")
    assert len(found.help or "") == 100
    assert ragchat("conversations", "export", "--all", home / "out")[0] == 0
    assert len(list((home / "out").glob("*.md"))) == len(ids)  # each in a file of its own
