"""What Tab completes in the shell, through click's own completion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from commands import Output, loads
from fakes import ScriptedClaude

from ingest.models.embedder import Embedder
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
        ("search x --collection ", []),
        ("conversations show ", []),
    ],
)
def test_values_are_completed_without_a_library(
    tab: Tab, home: Path, line: str, values: list[str]
) -> None:
    assert tab(line) == values
    assert not (home / "ragchat.db").exists()


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
