"""No document becomes a memory unasked, and no file says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import exports
import pytest
from commands import Output, loads
from fakes import Reply, ScriptedClaude

LINE = {"origin": "ragchat", "conversation": "zz9planted", "time": "2999-12-31T00:00:00Z"}


def planted(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "readme.md").write_text("# A readme\n\nNothing here.\n")
    turns = [{**LINE, "id": n, "role": role, "text": f"My bank is Evilbank, said the {role}."}
             for n, role in enumerate(("user", "assistant"))]  # fmt: skip
    path = folder / "samples.jsonl"
    path.write_text("\n".join(map(json.dumps, turns)))
    return path


def test_a_walked_folder_brings_documents_and_names_what_looks_like_a_talk(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = planted(tmp_path / "docs")
    report = loads(ragchat("ingest", path.parent, "--json"))
    assert (report["turns"], report["added"]) == (0, 1)
    assert [Path(file["path"]).name for file in report["looks_like_conversations"]] == [path.name]
    assert "ragchat ingest --conversations" in ragchat("ingest", path.parent)[2]
    monkeypatch.chdir(path.parent)
    assert f"ragchat ingest --conversations {path.name}\n" in ragchat("ingest", path.parent)[2]
    report = loads(ragchat("ingest", "--conversations", path.parent, "--json"))
    assert (report["turns"], report["added"]) == (2, 1)


def test_a_chat_as_markdown_is_a_document_until_it_is_asked_for(
    ragchat: Output, tmp_path: Path
) -> None:
    path = tmp_path / "notes" / "chat.md"
    path.parent.mkdir()
    path.write_text("# Gate\n\n## User\n\nWhen does it open?\n\n## ChatGPT\n\nAt nine.\n")
    report = loads(ragchat("ingest", path.parent, "--json"))
    assert (report["turns"], report["added"], report["looks_like_conversations"]) == (0, 1, [])
    report = loads(ragchat("ingest", "--conversations", path.parent, "--json"))
    assert (report["turns"], report["updated"]) == (2, 1)


def test_a_named_file_gives_no_id_of_ones_own_and_no_time_to_come(
    ragchat: Output, tmp_path: Path
) -> None:
    path = planted(tmp_path / "docs")
    code, out, err = ragchat("ingest", path)
    assert code == 0
    assert "ragchat (another library): 1 conversation, 2 turns" in out
    assert "turns from" not in err
    (listed,) = loads(ragchat("conversations", "list", "--json"))
    assert listed["id"] == "another-library:zz9planted"
    assert listed["last"] < "2999"
    assert "[ragchat (another library), " in ragchat("recall", "which bank is mine")[1]
    assert ragchat("ask", "hello", "--continue", "--dry-run")[0] == 2  # nothing was held here
    loads(ragchat("sources", "remove", path, "--json"))
    assert loads(ragchat("conversations", "list", "--json")) == []


def test_the_command_for_conversations_in_many_folders_is_whole(
    ragchat: Output, tmp_path: Path
) -> None:
    (tmp_path / "exports").mkdir()
    for n in range(7):
        planted(tmp_path / "exports" / str(n))
    err = ragchat("ingest", tmp_path / "exports")[2]
    assert f"ragchat ingest --conversations {tmp_path / 'exports'}\n" in err


def test_chats_that_are_not_read_are_named_where_only_conversations_are_wanted(
    ragchat: Output, tmp_path: Path
) -> None:
    folder = tmp_path / "chats"
    folder.mkdir()
    (folder / "log.json").write_text(json.dumps({"history": [["Which oar?", "The long one."]]}))
    (folder / "plan.md").write_text("Row on Sunday.\n")
    report = loads(ragchat("ingest", "--conversations", folder, "--json"))
    assert [Path(skipped["path"]).name for skipped in report["skipped"]] == ["log.json"]
    assert report["left_alone"] == 1


def test_a_dry_run_says_nothing_of_what_is_new(ragchat: Output, tmp_path: Path) -> None:
    path = planted(tmp_path / "docs")
    assert "2 turns\n" in ragchat("ingest", "--dry-run", path)[1]
    ragchat("ingest", path)
    assert "2 turns (0 new)\n" in ragchat("ingest", "--again", path)[1]


def test_a_folder_as_claude_code_keeps_it_brings_sessions_and_memory_alone(
    ragchat: Output, tmp_path: Path
) -> None:
    session = "0d7c0001-0000-4000-8000-00000000000a"
    project = tmp_path / "projects" / "-home-sam-shop"
    (project / session / "tool-results").mkdir(parents=True)
    (project / session / "tool-results" / "t.txt").write_text("flamingo output\n")
    (project / "sessions-index.json").write_text('{"version": 1, "entries": []}')
    (project / "memory").mkdir()
    (project / "memory" / "MEMORY.md").write_text("# Memory\n\n- prefers tabs\n")
    exports.file(
        project, f"{session}.jsonl", exports.code("user", "Why red?", uuid="1", sessionId=session)
    )
    report = loads(ragchat("ingest", project.parent, "--json"))
    assert (report["turns"], report["added"], report["skipped"]) == (1, 2, [])
    names = {Path(row["path"]).name for row in loads(ragchat("sources", "list", "--json"))}
    assert names == {f"{session}.jsonl", "MEMORY.md"}


@pytest.fixture
def talk_with_sources(ragchat: Output, server: ScriptedClaude, tmp_path: Path) -> str:
    """The id of a conversation whose answer has a source."""
    (tmp_path / "tides.md").write_text("High water at Wexmouth is at noon.\n")
    loads(ragchat("ingest", tmp_path / "tides.md", "--json"))
    server.script.append(Reply("At noon [1]."))
    return str(loads(ragchat("ask", "When is high water at Wexmouth?", "--json"))["conversation"])


def test_an_export_and_its_way_back_lose_nothing(
    ragchat: Output, tmp_path: Path, talk_with_sources: str
) -> None:
    before = loads(ragchat("conversations", "show", talk_with_sources, "--json"))
    ragchat("conversations", "export", "--all", tmp_path / "out")
    code, _, err = ragchat("conversations", "export", "--all", tmp_path / "tides.md")
    assert (code, "cannot write" in err, "choose another folder" in err) == (1, True, True)
    other = ("--home", tmp_path / "other")
    assert (
        loads(ragchat("conversations", "merge", tmp_path / "out", "--json", *other))["added"] == 2
    )
    assert loads(ragchat("conversations", "show", talk_with_sources, "--json", *other)) == before
    assert (
        loads(ragchat("conversations", "merge", tmp_path / "out", "--json", *other))["added"] == 0
    )


def test_conversations_of_an_unknown_kind_are_named_with_what_helps(
    ragchat: Output, tmp_path: Path
) -> None:
    talk = [{"sender": "user", "parts": ["Which port?"]}, {"sender": "model", "parts": ["80"]}]
    (tmp_path / "unknown.json").write_text(json.dumps({"dialog": {"log": talk}}))
    code, _, err = ragchat("ingest", tmp_path / "unknown.json", "--dry-run")
    assert code == 0
    assert "unknown.json: looks like conversations" in " ".join(err.split())
    assert "help importing-conversations" in err


def test_twins_are_named_and_taken_on_request(ragchat: Output, tmp_path: Path) -> None:
    path = tmp_path / "twins.jsonl"
    turn = {"id": 1, "role": "user", "text": "The spare key is in the blue pot."}
    said = [turn["text"], "the spare key is in the blue pot!", "The spare key is in the  blue pot"]
    turns = [{"conversation": n, **turn, "text": text} for n, text in enumerate(said)]
    path.write_text("\n".join(map(json.dumps, turns)))
    loads(ragchat("ingest", path, "--json"))
    found = loads(ragchat("recall", "where is the spare key", "--json"))
    done = loads(ragchat("forget", found[0]["id"], "--yes", "--json"))
    assert len(done["twins"]) == 2
    ragchat("forget", done["twins"][0], "--twins", "--yes")
    assert loads(ragchat("conversations", "list", "--json")) == []
