"""Which files of a coding tool's folders hold conversations."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.transcripts.tools import (
    belongs_to_session,
    folders_of,
    is_claude_projects,
    is_session_file,
    takes_of_tool,
)

SESSION = "0b5f2c1e-1a2b-4c3d-8e4f-5a6b7c8d9e0f"


@pytest.mark.parametrize(
    ("name", "folders", "known"),
    [
        ("projects", ["-home-ida-pier", "C--Users-ida"], True),
        ("projects", ["-home-ida-pier", "notes"], False),
        ("projects", [], False),
        ("work", ["-home-ida-pier"], False),
    ],
)
def test_the_projects_of_claude_code_are_known_by_their_names(
    tmp_path: Path, name: str, folders: list[str], *, known: bool
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "a-file.txt").touch()
    for folder in folders:
        (tmp_path / name / folder).mkdir()
    assert is_claude_projects(tmp_path / name) is known
    assert not is_claude_projects(tmp_path / "projects" / "missing" / "projects")


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        (f"{SESSION}.jsonl", True),
        ("agent-1234.jsonl", False),
        (f"{SESSION}.json", False),
        ("memory/pier.md", True),
        ("notes/pier.md", False),
    ],
)
def test_sessions_and_memories_are_read_and_nothing_else(path: str, *, holds: bool) -> None:
    assert is_session_file(Path("/x/projects/-x") / path) is holds


def test_what_tools_did_in_a_session_is_beside_its_file(tmp_path: Path) -> None:
    assert not belongs_to_session(tmp_path / SESSION)
    (tmp_path / f"{SESSION}.jsonl").touch()
    assert belongs_to_session(tmp_path / SESSION)
    (tmp_path / "notes.jsonl").touch()
    assert not belongs_to_session(tmp_path / "notes")


def test_a_tool_s_folder_may_be_moved_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    assert folders_of("claude-code") == []
    (tmp_path / "claude" / "projects").mkdir(parents=True)
    assert folders_of("claude-code") == [tmp_path / "claude" / "projects"]
    takes = takes_of_tool(tmp_path / "claude" / "projects" / "-x")
    assert takes is not None
    assert takes(Path(f"{SESSION}.jsonl"))
    assert not takes(Path("todo.jsonl"))
    assert takes_of_tool(tmp_path / "elsewhere") is None
