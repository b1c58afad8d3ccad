"""Searching a part of the library: documents by their tags, memory by project and branch."""

from __future__ import annotations

from pathlib import Path

import exports
import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude


@pytest.fixture
def notes(ragchat: Output, tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, tags in (("oban", "[Trip/2026, boat]"), ("mull", "[trip]"), ("dues", "[money]")):
        (folder / f"{name}.md").write_text(f"---\ntags: {tags}\n---\nThe berth at {name}.\n")
    (folder / "plain.md").write_text("The berth without a tag.\n")
    for number in range(20):
        (folder / f"other{number}.md").write_text(f"Sheep number {number} is in the field.\n")
    assert ragchat("ingest", folder)[0] == 0
    return folder


def found(output: tuple[int, str, str]) -> set[str]:
    return {Path(hit["source"]).stem for hit in loads(output)}


@pytest.mark.usefixtures("notes")
def test_tags_narrow_the_documents(ragchat: Output) -> None:
    for tags, expected in (
        (["trip"], {"oban", "mull"}),
        (["#TRIP", "boat"], {"oban"}),
        (["tri"], set()),
    ):
        chosen = [part for tag in tags for part in ("--tag", tag)]
        assert found(ragchat("search", "berth", "--json", *chosen)) == expected


@pytest.mark.usefixtures("notes")
def test_a_question_is_answered_from_documents_with_its_tag(
    ragchat: Output, server: ScriptedClaude
) -> None:
    server.script = [Reply("At Mull.")]
    assert ragchat("ask", "Where is the berth at dues?", "--tag", "money")[0] == 0
    sent = str(server.requests[-1])
    assert "berth at dues" in sent
    assert "berth at mull" not in sent
    assert "berth at oban" not in sent
    code, _, err = ragchat("ask", "Where?", "--tag", "money", "--memory-only")
    assert code == 2
    assert "--tag chooses documents" in err


def test_memory_is_narrowed_to_a_project_and_a_branch(ragchat: Output, tmp_path: Path) -> None:
    for number, (folder, branch) in enumerate(
        [("/home/sam/shop", "main"), ("/home/sam/shop_2", "main"), ("C:\\work\\shop", "dev")]
    ):
        session = f"0000000{number}-0000-4000-8000-000000000000"
        path = exports.file(
            tmp_path,
            f"{session}.jsonl",
            exports.code(
                "user",
                f"Why does the invoice test fail? {number}",
                uuid="1",
                sessionId=session,
                cwd=folder,
                gitBranch=branch,
            ),
        )
        assert ragchat("ingest", path)[0] == 0

    def recalled(*options: str) -> list[str]:
        hits = loads(ragchat("recall", "invoice test", "--json", *options))
        return sorted(hit["conversation"][18:20] for hit in hits)

    assert len(recalled()) == 3
    assert len(recalled("--project", "shop")) == 2
    assert len(recalled("--project", "sam/shop")) == 1
    assert len(recalled("--project", "shop", "--branch", "dev")) == 1
    assert "[Claude Code in shop_2, " in ragchat("recall", "invoice", "--project", "shop_2")[1]
