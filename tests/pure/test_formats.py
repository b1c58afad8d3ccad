"""Each format of conversations, read as it was meant: its sample, and the traps of its kind."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from exports import chatgpt, claude_ai, code, file, human, origin_of, read, said

from ingest.errors import ReadError
from ingest.origins import TOOL_NAMES
from ingest.transcripts import NAMES, Unread, notes, recognise

SAMPLES = Path(__file__).parents[2] / "data" / "conversations"


@pytest.mark.parametrize(
    ("sample", "origin", "speakers", "last"),
    [
        ("codex/*.jsonl", "codex", "you Codex", "added"),
        ("gemini-cli/*.jsonl", "gemini-cli", "you Gemini", "north-quay"),
        ("qwen-code/*.jsonl", "qwen-code", "you Qwen", "the spare box"),
        ("opencode/*.json", "opencode", "you opencode", "twelve seconds"),
        ("gemini-takeout/*.json", "gemini", "you Gemini", "twenty minutes"),
        ("open-webui/*.json", "open-webui", "you llama4", "The sheet bend"),
        ("librechat/*.json", "librechat", "you GPT-5.5", "20 May"),
        ("llm/*.json", "llm", "you gpt-5.5", "Six feet"),
        ("aichat/*.yaml", "aichat", "you Claude", "bar buoy"),
        ("slack/harbour/*.json", "slack", "Ines Olaf", "unload & weigh"),
        ("gemini-takeout/*.html", "gemini", "you Gemini", "two below"),
        ("telegram/*.json", "telegram", "Ines Olaf", "the key"),
        ("telegram/*.html", "telegram", "Ines Ines Olaf", "manual & the invoice"),
        ("vscode/*.json", "vscode", "you GitHub Copilot", "Add one."),
        ("whatsapp/*.txt", "whatsapp", "Ines Olaf", "I pack the spare lamp."),
        ("copilot/*.jsonl", "copilot", "you Copilot", "metres"),
        ("cursor/*.jsonl", "cursor", "you Cursor", "left corner"),
    ],
)
def test_each_format_has_a_sample_with_its_speakers(
    sample: str, origin: str, speakers: str, last: str
) -> None:
    (path,) = SAMPLES.glob(sample)
    assert origin_of(path) == origin
    (found,) = read(path)
    assert " ".join(turn.spoken_by() for turn in found.messages) == speakers
    words = found.messages[-1].text
    assert last in words or last == "added"
    assert all(turn.time.year == 2026 for turn in found.messages)


def test_every_origin_has_a_name_for_people() -> None:
    assert {**TOOL_NAMES, **NAMES} == TOOL_NAMES


def test_the_database_of_opencode_says_what_its_export_says(tmp_path: Path) -> None:
    (path,) = SAMPLES.glob("opencode/*.json")
    (printed,) = read(path)
    session = json.loads(path.read_text())
    info = session["info"]
    kept = tmp_path / "opencode.db"
    with closing(sqlite3.connect(kept)) as database, database:
        database.execute(
            "CREATE TABLE session (id, parent_id, title, directory, revert, time_created,"
            " time_updated)"
        )
        database.execute("CREATE TABLE message (id, session_id, data)")
        database.execute("CREATE TABLE part (id, message_id, data)")
        row = (info["id"], None, info["title"], info["directory"], None, *info["time"].values())
        database.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        work = ("ses_of_a_subagent", info["id"], *row[2:])
        database.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", work)
        for message in session["messages"]:
            said_ = message["info"]
            for owner in (info["id"], "ses_of_a_subagent"):
                values = (said_["id"] + owner[-1], owner, json.dumps(said_))
                database.execute("INSERT INTO message VALUES (?, ?, ?)", values)
            for part in message["parts"]:
                values = (part["id"], said_["id"] + info["id"][-1], json.dumps(part))
                database.execute("INSERT INTO part VALUES (?, ?, ?)", values)
    assert origin_of(kept) == "opencode"
    (found,) = read(kept)
    assert (found.key, found.title, found.project) == (printed.key, printed.title, printed.project)
    assert said(found) == said(printed)
    assert said(found)[0] == ("user", "How often does the new lamp flash?\n\n[attached: lamp.md]")
    with closing(sqlite3.connect(kept)) as database, database:
        reverted = json.dumps({"messageID": session["messages"][1]["info"]["id"]})
        database.execute("UPDATE session SET revert = ?", (reverted,))
    (found,) = read(kept)
    assert [role for role, _ in said(found)] == ["user"]


def test_what_was_rewound_in_qwen_code_was_not_said(tmp_path: Path) -> None:
    def line(id_: str, parent: str | None, kind: str, words: str) -> dict[str, Any]:
        message = {"role": kind, "parts": [{"text": words}]}
        known = {"uuid": id_, "parentUuid": parent, "sessionId": "q", "type": kind}
        return {**known, "timestamp": "2026-05-01T10:00:00Z", "message": message}

    lines = [
        line("1", None, "user", "When is low water?"),
        line("2", "1", "assistant", "At four."),
        line("3", "2", "user", "And on the moon?"),
        line("4", "3", "assistant", "There is none."),
        line("5", "2", "user", "And tomorrow?"),
        line("6", "5", "assistant", "At five."),
    ]
    (found,) = read(file(tmp_path, "q.jsonl", *lines))
    assert [words for _, words in said(found)] == [
        "When is low water?",
        "At four.",
        "And tomorrow?",
        "At five.",
    ]


# Recognised by whole values, wherever they are cut


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_long_first_line_that_is_not_a_message_hides_nothing(
    tmp_path: Path, bom: bytes, end: bytes
) -> None:
    picture = {"type": "image", "source": {"type": "base64", "data": "iVBORw0K" * 40_000}}
    lines = [
        {"type": "queue-operation", "sessionId": "s", "content": "x" * 90_000},
        code("user", [picture, {"type": "text", "text": "What is this?"}], uuid="u"),
        code("assistant", [{"type": "text", "text": "A heron."}], uuid="a", parentUuid="u"),
    ]
    path = tmp_path / "s.jsonl"
    path.write_bytes(bom + end.join(json.dumps(line).encode() for line in lines) + end)
    assert origin_of(path) == "claude-code"
    assert said(read(path)[0]) == [("user", "What is this?"), ("assistant", "A heron.")]


@pytest.mark.parametrize(
    "value",
    [
        [{"role": "human", "content": "My size is 43."}, {"role": "ai", "content": "Noted."}],
        [{"author": {"role": "user"}, "message": "My size is 43."}, {"role": "bot", "text": "Ok"}],
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "My size is 43."}]}]},
        [{"id": "x", "conversations": [{"from": "human", "value": "My size is 43."}]}],
    ],
)
def test_turns_are_read_in_other_words(tmp_path: Path, value: object) -> None:
    path = file(tmp_path, "any.json", value)
    assert origin_of(path) == "turns"
    assert said(read(path)[0])[0] == ("user", "My size is 43.")


def test_json_lines_in_other_words_keep_their_times_and_conversations(tmp_path: Path) -> None:
    line = {"chat_id": 9, "author": "Ana", "message": "Peas?", "created_at": "2026-03-07T09:12:00Z"}
    (found,) = read(file(tmp_path, "talk.jsonl", line, {**line, "author": "Ben"}))
    assert (found.key, [turn.speaker for turn in found.messages]) == ("9", ["Ana", "Ben"])
    assert found.messages[0].time.isoformat() == "2026-03-07T09:12:00+00:00"


def test_a_log_is_not_a_talk(tmp_path: Path) -> None:
    line = {"level": "info", "author": "cron", "message": "done", "timestamp": "2026-03-07T09:12"}
    assert recognise(file(tmp_path, "log.jsonl", line, line)) is None


def test_one_conversation_as_an_object_is_read_however_it_is_indented(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(claude_ai(human("Hi"))[0], indent=1))
    assert origin_of(path) == "claude.ai"
    assert said(read(path)[0]) == [("user", "Hi")]


# What looks like conversations and is not read


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("a.json", {"dialog": {"log": [{"sender": "user", "parts": ["a"]}] * 2}}, "page 13"),
        ("users.json", [{"uuid": "1", "email_address": "a@example.org"}], "personal"),
        ("manifest-1.json", {"files": [{"name": "x.zip", "url": "https://x"}]}, "personal"),
        ("history.jsonl", {"display": "hi", "sessionId": "s", "timestamp": 1}, "prompts"),
        ("history.jsonl", {"display": "hi", "project": "/a", "timestamp": 1}, "prompts"),
    ],
)
def test_lookalikes_are_said(tmp_path: Path, name: str, value: object, reason: str) -> None:
    found = recognise(file(tmp_path, name, value))
    assert isinstance(found, Unread)
    assert reason in found.reason


def test_ordinary_json_is_a_document(tmp_path: Path) -> None:
    package = {"name": "heron", "author": "Ann", "dependencies": {"a": "1"}, "type": "module"}
    assert recognise(file(tmp_path, "package.json", package)) is None


def test_an_export_in_parts_brings_projects_and_memories_as_notes(tmp_path: Path) -> None:
    project = {"uuid": "p", "name": "Boat", "prompt_template": "In cm.", "docs": [
        {"filename": "offer.md", "content": "The teak deck costs 8,400 euros."}]}  # fmt: skip
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("projects/p.json", json.dumps(project))
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.write(inner, "projects-000.zip")
        archive.writestr("users.json", json.dumps([{"email_address": "a@example.org"}]))
        archive.writestr(
            "memories.json", json.dumps([{"conversations_memory": "Runs a boatyard."}])
        )
        archive.writestr("conversations-000.json", json.dumps(claude_ai(human("Hi"))))
    path = tmp_path / "data.zip"
    assert origin_of(path) == "claude.ai"
    assert "# Claude.ai project: Boat" in notes(path)
    assert "8,400 euros" in notes(path)
    assert "Runs a boatyard." in notes(path)
    assert "example.org" not in notes(path)


def test_a_zip_that_unpacks_a_thousandfold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b"[" + b" " * 60_000_000 + b"]")
    found = recognise(path)
    assert isinstance(found, Unread)
    assert "100 times smaller" in found.reason
    with pytest.raises(ReadError, match="100 times smaller"):
        read(path)


# Claude Code


def text(words: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": words, **fields}]


TOOL: dict[str, Any] = {"type": "tool_use", "name": "Bash", "input": {}}


def test_what_is_said_between_two_prompts_is_one_answer_with_its_narration(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "Why is it slow?", uuid="1"),
        code("assistant", [*text("Let me look."), TOOL], id="m1", uuid="2", parentUuid="1"),
        code("user", [{"type": "tool_result", "content": "ok"}], uuid="3", parentUuid="2"),
        code("assistant", text("The index is missing."), id="m2", uuid="4", parentUuid="3"),
    )
    answer = read(path)[0].messages[1]
    assert answer.text[: answer.narration].strip() == "Let me look."
    assert answer.sent_text == "The index is missing."


def test_words_of_a_person_are_told_from_the_machines(tmp_path: Path) -> None:
    queued = {"type": "queued_command", "prompt": "and the CSV, too", "commandMode": "prompt"}
    command = "<command-name>/plan</command-name>\n<command-args>Rename it</command-args>"
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", command, uuid="1"),
        {
            "type": "attachment",
            "sessionId": "s",
            "uuid": "2",
            "parentUuid": "1",
            "attachment": queued,
        },
        code("user", "Forty minutes.\n\n<system-reminder>\nNo todo.\n</system-reminder>", uuid="3"),
        code("user", '<teammate-message teammate_id="w">Done</teammate-message>', uuid="4"),
        code(
            "user", "<command-name>/model</command-name><command-args>opus</command-args>", uuid="5"
        ),
        code("user", "<local-command-stdout>Set model</local-command-stdout>", uuid="6"),
        code("user", "Explain <system-reminder> to me", uuid="7"),
    )
    assert [words for _, words in said(read(path)[0])] == [
        "/plan Rename it",
        "and the CSV, too",
        "Forty minutes.",
        "Explain <system-reminder> to me",
    ]


def test_rewound_prompts_and_forks_do_not_double(tmp_path: Path) -> None:
    fork = {"sessionId": "t", "forkedFrom": {"sessionId": "s", "messageUuid": "1"}}
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "Where?", uuid="1"),
        code("assistant", text("Here."), uuid="2", parentUuid="1"),
        code("user", "Not this", uuid="3", parentUuid="2"),
        code("assistant", text("Abandoned."), uuid="4", parentUuid="3"),
        code("user", "But this", uuid="5", parentUuid="2", cwd="/home/sam/shop", gitBranch="main"),
        code("user", "Where?", uuid="1", **fork),
        code("user", "Elsewhere", uuid="9", parentUuid="1", sessionId="t"),
    )
    first, second = read(path)
    assert [words for _, words in said(first)] == ["Where?", "Here.", "But this"]
    assert first.dropped == {"3", "4"}
    assert (first.project, first.branch) == ("/home/sam/shop", "main")
    assert [words for _, words in said(second)] == ["Elsewhere"]


# Claude.ai and ChatGPT


def test_of_claude_ai_the_branch_of_the_newest_leaf_is_read(tmp_path: Path) -> None:
    root = "00000000-0000-4000-8000-000000000000"
    parents = {"a": root, "b": "a", "c": root, "d": "c"}
    messages = [
        human(id_, uuid=id_, parent_message_uuid=parent, created_at=f"2026-03-0{n}T09:00:00Z")
        for n, (id_, parent) in enumerate(parents.items(), start=1)
    ]
    (found,) = read(file(tmp_path, "a.json", claude_ai(*messages)))
    assert [words for _, words in said(found)] == ["c", "d"]
    assert found.dropped == {"a", "b"}


def test_pastes_artifacts_and_content_as_a_string_are_what_was_said(tmp_path: Path) -> None:
    pasted = {"file_name": "", "extracted_content": "Minutes of the meeting."}
    artifact = {
        "type": "tool_use",
        "name": "artifacts",
        "input": {"title": "Plan", "content": "Monday: sow."},
    }
    messages = (
        human("", uuid="1", attachments=[pasted, {"file_name": "map.pdf"}]),
        {"uuid": "2", "sender": "assistant", "content": [*text("Here it is."), artifact]},
        human("", uuid="3", content=json.dumps(text("As a string."))),
    )
    (found,) = read(file(tmp_path, "a.json", claude_ai(*messages)))
    assert [words for _, words in said(found)] == [
        "Minutes of the meeting.\n\n[attached: map.pdf]",
        "Here it is.\n\n[document: Plan]\n\nMonday: sow.",
        "As a string.",
    ]


OBAN = '\ue200entity\ue202["city","Oban"]\ue201'


def test_chatgpt_names_files_and_keeps_the_links_of_its_marks(tmp_path: Path) -> None:
    mark = "\ue200cite\ue202turn0search3\ue201"
    reference = {
        "matched_text": mark,
        "items": [{"title": "Ferries", "url": "https://ferry.example"}],
    }
    tree = chatgpt(
        None,
        ("q", None, "user", {"content": {"content_type": "text", "parts": [""]},
                             "metadata": {"attachments": [{"name": "tariff.pdf"}]}}),
        ("a", "q", "assistant", {"content": {"content_type": "text", "parts": [
            f"About 21 pounds {mark}. {OBAN} \u30107\u2020fare\u3011"]},
            "metadata": {"content_references": [reference], "model_slug": "gpt-5-5"}}),
    )  # fmt: skip
    (found,) = read(file(tmp_path, "a.json", tree))
    asked, answer = found.messages
    assert asked.text == "[attached: tariff.pdf]"
    assert answer.text == "About 21 pounds ([Ferries](https://ferry.example)). Oban"
    assert (answer.spoken_by(), answer.model) == ("ChatGPT", "gpt-5-5")


def test_without_a_current_node_the_newest_leaf_counts_and_a_secret_talk_is_left_out(
    tmp_path: Path,
) -> None:
    tree = chatgpt(
        None,
        ("q", None, "user", "Which?"),
        ("new", "q", "assistant", {"create_time": 1.75e9}),
        ("old", "q", "assistant", {"create_time": 1.74e9}),
    )
    for node, words in (("new", "That."), ("old", "This.")):
        content = {"content_type": "text", "parts": [words]}
        tree[0]["mapping"][node]["message"]["content"] = content
    assert said(read(file(tmp_path, "a.json", tree))[0]) == [
        ("user", "Which?"),
        ("assistant", "That."),
    ]
    tree[0]["is_do_not_remember"] = True
    assert read(file(tmp_path, "b.json", tree)) == []


# Others


def test_what_codex_rolled_back_was_not_said(tmp_path: Path) -> None:
    def event(kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": "2026-05-01T10:00:00Z", "type": kind, "payload": payload}

    path = file(
        tmp_path,
        "rollout-x.jsonl",
        event("session_meta", id="c1", cwd="/home/sam"),
        event("event_msg", type="user_message", message="Context\n## My request for Codex:\nDo it"),
        event("event_msg", type="agent_message", message="Done."),
        event("event_msg", type="user_message", message="Not this"),
        event("event_msg", type="thread_rolled_back", num_turns=1),
    )
    assert said(read(path)[0]) == [("user", "Do it"), ("assistant", "Done.")]


def test_the_database_of_llm_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE conversations (id TEXT, name TEXT, model TEXT)")
        database.execute(
            "CREATE TABLE responses (id TEXT, model TEXT, prompt TEXT, response TEXT,"
            " conversation_id TEXT, datetime_utc TEXT)"
        )
        database.execute("INSERT INTO conversations VALUES ('c', 'Glue', 'gpt-5.5')")
        row = ("r", "gpt-5.5", "Which glue?", "None.", "c", "2026-05-01T10:00:00")
        database.execute("INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?)", row)
        database.commit()
    before = path.read_bytes()
    (found,) = read(path)
    assert (found.title, said(found)) == ("Glue", [("user", "Which glue?"), ("assistant", "None.")])
    assert path.read_bytes() == before


NEWER_LLM = """
CREATE TABLE conversations (id, name, model);
CREATE TABLE responses (id, model, resolved_model, prompt, response, conversation_id, datetime_utc);
CREATE TABLE fragments (id, source, content);
CREATE TABLE prompt_fragments (response_id, fragment_id);
CREATE TABLE attachments (id, path, url);
CREATE TABLE prompt_attachments (response_id, attachment_id);
CREATE TABLE threads (id, name);
CREATE TABLE turns (id, thread_id, parent_message_hash, model, resolved_model, datetime_utc);
CREATE TABLE turn_search (turn_id, prompt, response);
CREATE TABLE turn_fragments (turn_id, fragment_id, kind);
CREATE TABLE parts (id, message_hash);
CREATE TABLE part_attachments (part_id, attachment_id);
INSERT INTO conversations VALUES ('c', 'Glue', 'gpt-5.5');
INSERT INTO responses VALUES ('r', 'gpt-5.5', NULL, 'Which glue?', 'None.', 'c', '2026-05-01');
INSERT INTO responses VALUES ('t1', 'gpt-5.5', NULL, 'Which nail?', 'Copper.', 'c', '2026-05-02');
INSERT INTO threads VALUES ('c', 'Glue');
INSERT INTO turns VALUES ('t1', 'c', 'm1', 'gpt-5.5', NULL, '2026-05-02');
INSERT INTO turn_search VALUES ('t1', 'Which nail?', 'Copper.');
INSERT INTO turns VALUES ('t2', 'c', 'm2', 'gpt-5.5', NULL, '2026-05-03');
INSERT INTO turn_search VALUES ('t2', 'And what is this?', 'A rivet.');
INSERT INTO fragments VALUES (1, 'stores.txt', 'Rivets: 40');
INSERT INTO turn_fragments VALUES ('t2', 1, 'prompt');
INSERT INTO parts VALUES (1, 'm2');
INSERT INTO attachments VALUES ('a', '/home/sam/rivet.jpg', NULL);
INSERT INTO part_attachments VALUES (1, 'a');
"""


def test_what_newer_versions_of_llm_keep_as_turns_is_read_with_what_is_older(
    tmp_path: Path,
) -> None:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(NEWER_LLM)
    (found,) = read(path)
    assert (found.key, found.title) == ("c", "Glue")
    assert said(found) == [
        ("user", "Which glue?"),
        ("assistant", "None."),
        ("user", "Which nail?"),
        ("assistant", "Copper."),
        ("user", "And what is this?\n\n[attached: stores.txt, /home/sam/rivet.jpg]"),
        ("assistant", "A rivet."),
    ]


def test_fragments_that_llm_prints_with_a_prompt_are_named_apart(tmp_path: Path) -> None:
    row: dict[str, Any] = {"id": "r", "model": "gpt-5.5", "datetime_utc": "2026-05-01T10:00:00"}
    row |= {"response": "40."}
    row |= {"conversation_id": "c", "prompt": "Rivets: 40\n\nHow many rivets?"}
    row |= {"prompt_fragments": [{"hash": "d6", "content": "Rivets: 40\n", "aliases": ["stores"]}]}
    (found,) = read(file(tmp_path, "logs.json", [row]))
    assert said(found)[0] == ("user", "How many rivets?\n\n[attached: stores]")
    page = tmp_path / "logs.md"
    page.write_text(
        "# 2026-05-01T10:00:00    conversation: c id: r\n\nModel: **gpt-5.5**\n\n## Prompt\n\n"
        "How many rivets?\n\n### Prompt fragments\n\n- d6\n- e7\n\n## Response\n\n40.\n"
    )
    (found,) = read(page)
    assert said(found) == [("user", "How many rivets?"), ("assistant", "40.")]


def test_the_database_of_open_webui_is_read_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    (path,) = SAMPLES.glob("open-webui/*.json")
    (chat,) = json.loads(path.read_text())
    kept = tmp_path / "webui.db"
    with closing(sqlite3.connect(kept)) as database, database:
        for table in ("auth (id)", "user (id)", "chat (id, title, chat, created_at, updated_at)"):
            database.execute(f"CREATE TABLE {table}")
        row = (chat["id"], chat["title"], json.dumps(chat["chat"]), 1778839200, 1778839260)
        database.execute("INSERT INTO chat VALUES (?, ?, ?, ?, ?)", row)
    assert said(read(kept)[0]) == said(read(path)[0])
    with closing(sqlite3.connect(kept)) as database, database:
        database.execute("DROP TABLE chat")
    assert recognise(kept) is None
    with closing(sqlite3.connect(kept)) as database, database:
        database.execute("CREATE TABLE threads (id)")
        database.execute("CREATE TABLE messages (id, text)")
    found = recognise(kept)
    assert isinstance(found, Unread)
    assert "looks like conversations" in found.reason
