"""What a file is taken for: conversations in many words, chats in Markdown, other pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from exports import SAMPLES, claude_ai, code, file, human, origin_of, read, said

from ingest.origins import TOOL_NAMES
from ingest.transcripts import NAMES, Unread, recognise
from ingest.transcripts.formats import FORMATS


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
        ("discord/*.json", "discord", "Ines Olaf", "before the tide."),
        ("messenger/*.json", "messenger", "Ines Olaf", "before the tide."),
        ("signal/*.jsonl", "signal", "Ines Olaf", "before the tide."),
        ("google-chat/*.json", "google-chat", "Ines Olaf", "before the tide."),
        ("mattermost/*.jsonl", "mattermost", "Ines Olaf", "before the tide."),
        ("line/*.txt", "line", "Ines Olaf", "before the tide."),
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


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (
            "a.json",
            {"dialog": {"log": [{"sender": "user", "parts": ["a"]}] * 2}},
            "help importing-conversations",
        ),
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


def test_an_ordinary_page_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text('<div class="message default">Hello</div>\n' * 80)
    assert recognise(path) is None


MARKDOWN = {
    "# Gate\n\n## User\n\nWhen does it open?\n\n---\n\n## Assistant\n\nAt nine.\n": "Assistant",
    "**User**\n\nWhen does it open?\n\n---\n\n**Cursor**\n\nAt nine.\n": "Cursor",
    "#### You:\nWhen does it open?\n\n#### ChatGPT:\nAt nine.\n": "ChatGPT",
    "## 👤 User\n\nWhen does it open?\n\n## 🤖 Gemini\n\nAt nine.\n": "Gemini",
    "_**User**_\n\nWhen does it open?\n\n_**Agent (opus-9)**_\n\nAt nine.\n": "Assistant",
    "### USER\nWhen does it open?\n\n### CLAUDE\n<details>hm</details>At nine.\n": "Claude",
}


@pytest.mark.parametrize(("text", "speaker"), MARKDOWN.items())
def test_chats_in_markdown_are_read_with_their_speakers(
    tmp_path: Path, text: str, speaker: str
) -> None:
    path = tmp_path / "chat.md"
    path.write_text(text, encoding="utf-8")
    (found,) = read(path)
    assert origin_of(path) == "markdown"
    assert said(found) == [("user", "When does it open?"), ("assistant", "At nine.")]
    assert found.messages[1].spoken_by() == speaker


@pytest.mark.parametrize(
    "text",
    [
        "# Roles\n\n## System\n\nFrame.\n\n## User\n\nAsks.\n\n## Assistant\n\nAnswers.\n",
        "# Roles\n\n## User\n\nAsks.\n\n## Assistant\n\nAnswers.\n\n## Tools\n\nAct.\n",
        "# Guide\n\n## User\n\nHow to log in.\n\n## Admin\n\nHow to add users.\n",
        "Say **User** first.\n\n```\n## User\nHi\n## Assistant\nYo\n```\n",
    ],
)
def test_a_page_about_roles_is_not_a_chat(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(text)
    assert recognise(path) is None


def test_times_in_markdown_are_those_of_the_messages(tmp_path: Path) -> None:
    path = tmp_path / "chat.md"
    path.write_text(
        "# Gate (2026-03-04 10:00Z)\n\n_**User (2026-03-05 10:00:05Z)**_\n\nWhen?\n\n"
        "_**Assistant**_\n\nAt nine.\n"
    )
    (found,) = read(path)
    assert [turn.time.day for turn in found.messages] == [5, 5]
    path.write_text("# Gate\nDate: 2026-03-04\n\n## User\nWhen?\n\n## Claude\nAt nine.\n")
    (found,) = read(path)
    assert (found.title, found.messages[0].time.day) == ("Gate", 4)


def test_an_object_without_fields_is_no_conversation() -> None:
    assert not [known.name for known in FORMATS if known.recognises([{}, "line", 1])]
