"""What a user typed, pasted or passed on, told from what a tool put around it."""

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
from ingest.transcripts import read as read_file


def codex(folder: Path, *prompts: dict[str, Any], items: bool = False) -> Path:
    def line(kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": "2026-05-01T10:00:00Z", "type": kind, "payload": payload}

    lines = [line("session_meta", id="c1", cwd="/home/sam")]
    for prompt in prompts:
        lines.append(
            line("response_item", type="message", role="user", content=[prompt])
            if items
            else line("event_msg", type="user_message", **prompt)
        )
        answer = {"type": "agent_message", "message": "Yes."}
        spoken = {"type": "message", "role": "assistant", "content": [{"text": "Yes."}]}
        lines.append(line("response_item", **spoken) if items else line("event_msg", **answer))
    return file(folder, "rollout-x.jsonl", *lines)


def test_a_prompt_for_codex_may_begin_with_a_tag_or_be_a_picture(tmp_path: Path) -> None:
    path = codex(
        tmp_path,
        {"message": "<table> does not scroll, why?"},
        {"message": "", "local_images": ["/home/sam/screen 1.png"]},
        {"message": "<environment_context>\n<cwd>/x</cwd>\n</environment_context>"},
    )
    assert [words for role, words in said(read(path)[0]) if role == "user"] == [
        "<table> does not scroll, why?",
        "[attached: screen 1.png]",
    ]


def test_what_codex_puts_before_a_prompt_is_not_typed(tmp_path: Path) -> None:
    context = "<user_instructions>\nBe brief.\n</user_instructions>\n\n<skill>\nx\n</skill>\n"
    path = codex(tmp_path, {"text": f"{context}Rename the <b> helper"}, items=True)
    assert said(read(path)[0])[0] == ("user", "Rename the <b> helper")


def test_a_command_of_the_shell_is_a_question_if_claude_answers_it(tmp_path: Path) -> None:
    def shell(command: str, uuid: str, parent: str) -> list[dict[str, Any]]:
        printed = f"<bash-stdout>{command} done</bash-stdout><bash-stderr></bash-stderr>"
        return [
            code("user", f"<bash-input>{command}</bash-input>", uuid=uuid, parentUuid=parent),
            code("user", printed, uuid=f"{uuid}o", parentUuid=uuid),
        ]

    lines = [
        code("user", "Mend the lamp", uuid="a"),
        code("assistant", [{"type": "text", "text": "Mended."}], uuid="b", parentUuid="a"),
        *shell("make lamp", "c", "b"),
        code("assistant", [{"type": "text", "text": "It builds."}], uuid="d", parentUuid="co"),
        *shell("git push", "e", "d"),
        code("user", "And the bell", uuid="f", parentUuid="eo"),
        code("assistant", [{"type": "text", "text": "Rings."}], uuid="g", parentUuid="f"),
    ]
    (found,) = read(file(tmp_path, "s.jsonl", *lines))
    assert said(found) == [
        ("user", "Mend the lamp"),
        ("assistant", "Mended."),
        ("user", "! make lamp"),
        ("assistant", "It builds."),
        ("user", "And the bell"),
        ("assistant", "Rings."),
    ]


def test_what_gemini_cli_adds_is_not_typed_and_its_tools_end_no_answer(tmp_path: Path) -> None:
    added = [
        {"text": "Is @tide.md right?"},
        {"text": "\n--- Content from referenced files ---"},
        {"text": "\nContent from @tide.md:\n"},
        {"text": "Low at four."},
        {"text": "\n--- End of content ---"},
    ]
    context = (
        "<session_context>\nToday is Monday.\n- **Workspace Directories:**\n  - /home/sam/port\n"
    )
    called = {"functionResponse": {"name": "read_file", "response": {"output": "Low at four."}}}
    said_ = [
        ("user", [{"text": f"{context}</session_context>"}]),
        ("user", added),
        ("gemini", "I will look at the table."),
        ("user", [called]),
        ("gemini", "Yes: low water is at four."),
        ("user", [{"text": "<hook_context>Be brief.</hook_context>"}]),
    ]
    messages = [
        {"id": f"m{n}", "timestamp": f"2026-05-01T10:00:{n:02}Z", "type": kind, "content": content}
        for n, (kind, content) in enumerate(said_)
    ]
    messages[2]["toolCalls"] = [{"id": "t", "name": "read_file"}]
    session = {"sessionId": "g1", "projectHash": "p", "startTime": "2026-05-01T10:00:00Z"}
    (found,) = read(file(tmp_path, "session-1.jsonl", session, *messages))
    answer = "I will look at the table.\n\nYes: low water is at four."
    assert said(found) == [("user", "Is @tide.md right?"), ("assistant", answer)]
    assert found.project == "/home/sam/port"
    messages[1]["displayContent"] = [{"text": "Is the table right?"}]
    (found,) = read(file(tmp_path, "session-2.jsonl", session, *messages))
    assert said(found)[0] == ("user", "Is the table right?")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/home/sam/tide.py raises an error", True),
        ("/model/train.py is slow", True),
        ("? what is this", True),
        ("/chat save tides", False),
        ("/quit", False),
    ],
)
def test_a_path_is_not_a_command_of_gemini_cli(tmp_path: Path, typed: str, kept: bool) -> None:
    messages = [{"id": "1", "type": "user", "content": typed, "timestamp": "2026-05-01T10:00:00Z"}]
    session = {"sessionId": "s", "projectHash": "p", "messages": messages}
    found = read(file(tmp_path, "session-1.json", session))
    assert [words for talk in found for _, words in said(talk)] == [typed] * kept


def test_telegram_says_what_was_passed_on_and_what_was_voted(tmp_path: Path) -> None:
    def message(number: int, **fields: Any) -> dict[str, Any]:
        return {"id": number, "type": "message", "date_unixtime": "1767607200", "from": "Ines"} | (
            fields
        )

    poll = {
        "question": "Which quay?",
        "answers": [{"text": "North", "voters": 3}, {"text": "South", "voters": 0}],
    }
    chat = [
        message(1, text="Low water at six", forwarded_from="Harbour office"),
        message(2, text="", poll=poll),
    ]
    path = file(tmp_path, "result.json", {"name": "Crew", "id": 1, "messages": chat})
    assert [words for _, words in said(read(path)[0])] == [
        "[forwarded from Harbour office]\n\nLow water at six",
        "Which quay?\n\n- North (3)\n- South (0)",
    ]


def test_a_fragment_is_the_prompt_of_llm_where_there_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "logs.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """
            CREATE TABLE conversations (id, name, model);
            CREATE TABLE responses (id, model, prompt, response, conversation_id, datetime_utc);
            CREATE TABLE fragments (id, hash, content, datetime_utc, source);
            CREATE TABLE prompt_fragments (response_id, fragment_id, "order");
            CREATE TABLE attachments (id, type, path, url, content);
            CREATE TABLE prompt_attachments (response_id, attachment_id, "order");
            INSERT INTO conversations VALUES ('c', 'Knots', 'gpt-5.5');
            INSERT INTO responses VALUES
                ('r1', 'gpt-5.5', '', 'A bowline.', 'c', '2026-05-01T10:00:00'),
                ('r2', 'gpt-5.5', 'And here?', 'A hitch.', 'c', '2026-05-01T10:01:00');
            INSERT INTO fragments VALUES (1, 'h', 'Which knot for a loop?', '', 'ask.txt');
            INSERT INTO attachments VALUES ('a', 'image/png', '/home/sam/post.png', NULL, NULL);
            INSERT INTO prompt_fragments VALUES ('r1', 1, 0), ('r2', 1, 0);
            INSERT INTO prompt_attachments VALUES ('r2', 'a', 0);
            """
        )
    (found,) = read(path)
    assert said(found) == [
        ("user", "Which knot for a loop?"),
        ("assistant", "A bowline."),
        ("user", "And here?\n\n[attached: ask.txt, /home/sam/post.png]"),
        ("assistant", "A hitch."),
    ]


def test_a_zip_with_a_file_for_each_conversation_of_claude_ai_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claude-export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"user_id": "u"}))
        for n in ("a", "b"):
            archive.writestr(f"conversations/{n}.json", json.dumps(claude_ai(human(f"tide {n}"))))
    assert [words for talk in read(path) for _, words in said(talk)] == ["tide a", "tide b"]


def test_a_document_is_not_narration_though_tools_are_used_after_it(tmp_path: Path) -> None:
    canvas = {
        "recipient": "canmore.create_textdoc",
        "content": {
            "content_type": "code",
            "text": json.dumps({"name": "Rota", "content": "Ada rows bow."}),
        },
    }
    nodes = chatgpt(
        "e", ("a", None, "user", "Write a rota"), ("b", "a", "assistant", "I begin."),
        ("c", "b", "assistant", canvas), ("d", "c", "tool", "created"),
        ("e", "d", "assistant", "There it is."),
    )  # fmt: skip
    answer = read(file(tmp_path, "conversations.json", nodes))[0].messages[1]
    assert answer.text[answer.narration :].startswith("[document: Rota]\n\nAda rows bow.")


def test_slack_apps_say_something_in_blocks_or_attachments(tmp_path: Path) -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Low water"}]}
    messages = [
        {"user": "U1", "text": "", "blocks": [{"type": "rich_text", "elements": [section]}]},
        {"user": "U2", "text": "", "attachments": [{"fallback": "Gate opened by Bo"}]},
        {"user": "U2", "blocks": [{"type": "section", "text": {"text": "Tide"}}], "text": ""},
    ]
    sent = [message | {"type": "message", "ts": f"177261840{n}.1"} for n, message in
            enumerate(messages)]  # fmt: skip
    (tmp_path / "quay").mkdir()
    found = read(file(tmp_path / "quay", "2026-03-04.json", sent))
    assert [words for _, words in said(found[0])] == ["Low water", "Gate opened by Bo", "Tide"]


def test_telegram_names_links_contacts_and_what_is_not_a_file(tmp_path: Path) -> None:
    contact = {"first_name": "Olaf", "phone_number": "+49 1"}
    fields: list[dict[str, Any]] = [
        {"text": ["read ", {"type": "text_link", "text": "this", "href": "https://quay.example"}]},
        {"text": "", "contact_information": contact},
        {"text": "", "media_type": "voice_message"},
    ]
    chat = [
        {"id": n, "type": "message", "date_unixtime": "1767607200", "from": "Ines", **field}
        for n, field in enumerate(fields)
    ]
    path = file(tmp_path, "result.json", {"name": "Crew", "id": 1, "messages": chat})
    assert [words for _, words in said(read(path)[0])] == [
        "read this (https://quay.example)",
        "[attached: Olaf +49 1]",
        "[attached: voice message]",
    ]


def test_an_export_of_one_object_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    chat = [
        {"id": n, "type": "message", "date_unixtime": "1767607200", "from": "Ines", "text": f"w{n}"}
        for n in range(9)
    ]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"name": "Crew", "id": 1, "messages": chat}, indent=1)[:-60])
    found = read_file(path)
    assert [turn.text for turn in next(found).messages] == [f"w{n}" for n in range(8)]
    with pytest.raises(ReadError, match="breaks off"):
        next(found)
    assert origin_of(path) == "telegram"


def test_a_name_that_is_not_among_the_contacts_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text("[23.02.26, 21:16:05] ~\u202fBo Lund: at nine\n", encoding="utf-8")
    assert read(path)[0].messages[0].speaker == "Bo Lund"
