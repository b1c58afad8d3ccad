"""Sessions of tools for writing code: Claude Code, Codex, Gemini CLI, editors and others."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from exports import SAMPLES, code, file, origin_of, read, said, spoken

from ingest.transcripts import Unread, recognise


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


TOOL: dict[str, Any] = {"type": "tool_use", "name": "Bash", "input": {}}


def test_what_is_said_between_two_prompts_is_one_answer_with_its_narration(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "Why is it slow?", uuid="1"),
        code("assistant", [*spoken("Let me look."), TOOL], id="m1", uuid="2", parentUuid="1"),
        code("user", [{"type": "tool_result", "content": "ok"}], uuid="3", parentUuid="2"),
        code("assistant", spoken("The index is missing."), id="m2", uuid="4", parentUuid="3"),
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


def test_pictures_and_commands_without_arguments_are_prompts_of_their_own(tmp_path: Path) -> None:
    picture = {"type": "image", "source": {"type": "base64", "data": "aGk="}}
    clear = "<command-name>/clear</command-name><command-args></command-args>"
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", clear, uuid="1"),
        code("user", "Which mast?", uuid="2", parentUuid="1"),
        code("assistant", spoken("The aft one."), uuid="3", parentUuid="2"),
        code("user", [picture], uuid="4", parentUuid="3"),
        code("assistant", spoken("A mast."), uuid="5", parentUuid="4"),
        code("user", "<command-name>/review</command-name>", uuid="6", parentUuid="5"),
        code("user", spoken("Review it all"), uuid="7", parentUuid="6", isMeta=True),
        code("assistant", spoken("Two bugs."), uuid="8", parentUuid="7"),
    )
    (found,) = read(path)
    assert said(found) == [
        ("user", "Which mast?"),
        ("assistant", "The aft one."),
        ("user", "[attached: an image]"),
        ("assistant", "A mast."),
        ("user", "/review"),
        ("assistant", "Two bugs."),
    ]


@pytest.mark.parametrize("tables", [["message_store"], ["agent_sessions", "agent_messages"]])
def test_databases_of_talk_are_named_by_their_tables(tmp_path: Path, tables: list[str]) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database:
        for table in tables:
            database.execute(f"CREATE TABLE {table} (id INTEGER)")
    assert isinstance(recognise(path), Unread)


def test_older_conversations_of_cursor_are_in_its_workspace(tmp_path: Path) -> None:
    bubbles = [{"type": "user", "text": "Which mast?"}, {"type": "ai", "rawText": "The aft one."}]
    tabs = {"tabs": [{"tabId": "t", "chatTitle": "Masts", "bubbles": bubbles}]}
    path = tmp_path / "state.vscdb"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE ItemTable (key TEXT, value BLOB)")
        key = "workbench.panel.aichat.view.aichat.chatdata"
        database.execute("INSERT INTO ItemTable VALUES (?, ?)", (key, json.dumps(tabs)))
        database.commit()
    (found,) = read(path)
    assert (found.origin, found.title) == ("cursor", "Masts")
    assert said(found) == [("user", "Which mast?"), ("assistant", "The aft one.")]


def test_rewound_prompts_and_forks_do_not_double(tmp_path: Path) -> None:
    fork = {"sessionId": "t", "forkedFrom": {"sessionId": "s", "messageUuid": "1"}}
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "Where?", uuid="1"),
        code("assistant", spoken("Here."), uuid="2", parentUuid="1"),
        code("user", "Not this", uuid="3", parentUuid="2"),
        code("assistant", spoken("Abandoned."), uuid="4", parentUuid="3"),
        code("user", "But this", uuid="5", parentUuid="2", cwd="/home/sam/shop", gitBranch="main"),
        code("user", "Where?", uuid="1", **fork),
        code("user", "Elsewhere", uuid="9", parentUuid="1", sessionId="t"),
    )
    first, second = read(path)
    assert [words for _, words in said(first)] == ["Where?", "Here.", "But this"]
    assert first.dropped == {"3", "4"}
    assert (first.project, first.branch) == ("/home/sam/shop", "main")
    assert [words for _, words in said(second)] == ["Elsewhere"]


def event(kind: str, **payload: Any) -> dict[str, Any]:
    """A line of a session of Codex."""
    return {"timestamp": "2026-05-01T10:00:00Z", "type": kind, "payload": payload}


def test_an_answer_of_codex_that_no_event_shows_is_said(tmp_path: Path) -> None:
    def item(text: str) -> dict[str, Any]:
        content = [{"type": "output_text", "text": text}]
        return event("response_item", type="message", role="assistant", content=content)

    path = file(
        tmp_path,
        "rollout-y.jsonl",
        event("session_meta", id="c2", cwd="/home/sam"),
        event("event_msg", type="user_message", message="Where?"),
        item("Here."),
        event("event_msg", type="agent_message", message="Here."),
        event("event_msg", type="user_message", message="And then?"),
        item("There."),
    )
    assert [text for _, text in said(read(path)[0])] == ["Where?", "Here.", "And then?", "There."]


def test_what_codex_rolled_back_was_not_said(tmp_path: Path) -> None:
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


def test_the_database_of_cursor_is_read_in_the_order_of_the_conversation(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    heads = [{"bubbleId": id_} for id_ in ("q", "b", "a")]
    rows = {
        "composerData:c1": {"composerId": "c1", "name": "Login", "createdAt": 1778572800000,
                            "fullConversationHeadersOnly": heads,
                            "modelConfig": {"modelName": "claude-sonnet-5-5"}},
        "bubbleId:c1:a": {"bubbleId": "a", "type": 2, "text": "A missing await."},
        "bubbleId:c1:b": {"bubbleId": "b", "type": 2, "text": "Let me look.",
                          "toolFormerData": {"name": "read_file"}},
        "bubbleId:c1:q": {"bubbleId": "q", "type": 1, "text": "Why is login flaky?",
                          "createdAt": "2026-05-12T08:00:05.000Z"},
        "bubbleId:c1:gone": {"bubbleId": "gone", "type": 1, "text": "Taken back"},
        "composerData:c2": {"composerId": "c2", "fullConversationHeadersOnly": []},
        "messageRequestContext:c1": {},
    }  # fmt: skip
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE cursorDiskKV (key TEXT UNIQUE, value BLOB)")
        encoded = [(key, json.dumps(value).encode()) for key, value in rows.items()]
        database.executemany("INSERT INTO cursorDiskKV VALUES (?, ?)", encoded)
        database.commit()
    assert origin_of(path) == "cursor"
    (found,) = read(path)
    assert (found.key, found.title) == ("c1", "Login")
    asked, answer = found.messages
    assert asked.time.isoformat() == "2026-05-12T08:00:05+00:00"
    assert (answer.sent_text, answer.model) == (
        "(Cursor answered:)\n\nA missing await.",
        "claude-sonnet-5-5",
    )


def test_a_log_of_changes_of_vscode_is_one_session(tmp_path: Path) -> None:
    whole = {"sessionId": "v", "responderUsername": "GitHub Copilot", "requests": []}
    first = {"requestId": "r", "timestamp": 1778572800000, "message": {"text": "Old words"}}
    path = file(
        tmp_path,
        "v.jsonl",
        {"kind": 0, "v": whole},
        {"kind": 2, "k": ["requests"], "v": [first]},
        {"kind": 1, "k": ["requests", 0, "message"], "v": {"text": "Which port?"}},
        {"kind": 2, "k": ["requests", 0, "response"], "v": [{"value": "Port 80"}]},
        {"kind": 2, "k": ["requests", 0, "response"], "i": 0, "v": [{"value": "Port 8080."}]},
        {"kind": 1, "k": ["inputState", "no", "such"], "v": 1},
    )
    assert said(read(path)[0]) == [("user", "Which port?"), ("assistant", "Port 8080.")]


def test_prompts_that_gemini_cli_logs_are_not_read_twice(tmp_path: Path) -> None:
    entry = {"sessionId": "g", "messageId": 0, "type": "user", "message": "hi",
             "timestamp": "2026-03-01T00:00:00Z"}  # fmt: skip
    found = recognise(file(tmp_path, "logs.json", [entry, {**entry, "messageId": 1}]))
    assert isinstance(found, Unread)
    assert "prompts" in found.reason


def test_a_saved_chat_of_gemini_cli_begins_with_the_first_question(tmp_path: Path) -> None:
    history = [
        ("user", {"text": "This is the Gemini CLI. We are setting up the context for our chat."}),
        ("model", {"text": "Got it. Thanks for the context!"}),
        ("user", {"text": "When?"}),
        ("model", {"text": "Hm.", "thought": True}),
        ("model", {"text": "At nine."}),
    ]
    path = file(tmp_path, "c.json", [{"role": role, "parts": [part]} for role, part in history])
    (found,) = read(path)
    assert [(turn.spoken_by(), turn.text) for turn in found.messages] == [
        ("you", "When?"),
        ("Gemini", "At nine."),
    ]


def test_the_first_sessions_of_codex_are_read(tmp_path: Path) -> None:
    session = {"timestamp": "2025-04-20T08:00:00Z", "id": "s1", "instructions": ""}
    items = [
        {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
        for role, text in (("user", "When?"), ("assistant", "At nine."))
    ]
    (found,) = read(file(tmp_path, "r.json", {"session": session, "items": items}))
    assert (found.origin, found.key, found.messages[0].time.year) == ("codex", "s1", 2025)
    assert said(found) == [("user", "When?"), ("assistant", "At nine.")]
