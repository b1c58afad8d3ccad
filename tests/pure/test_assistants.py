"""Exports and databases of assistants: Claude.ai, ChatGPT, Gemini, Open WebUI, llm and others."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exports import SAMPLES, chatgpt, claude_ai, file, human, origin_of, read, said, spoken

from ingest.errors import ReadError
from ingest.transcripts import Unread, notes, recognise
from ingest.transcripts import read as read_file
from ingest.transcripts.times import instant


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
        {"uuid": "2", "sender": "assistant", "content": [*spoken("Here it is."), artifact]},
        human("", uuid="3", content=json.dumps(spoken("As a string."))),
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


def test_what_was_marked_drawn_and_said_in_a_group_of_chatgpt_is_read(tmp_path: Path) -> None:
    pointer = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://f"}
    drawn = {**pointer, "metadata": {"dalle": {"prompt": "A quay in rain"}}}
    asked = {"content_type": "multimodal_text", "parts": [pointer]}
    as_parts = {"content_type": "multimodal_text", "parts": [{"content_type": "text", "text": "B"}]}
    lovely = {"content_type": "text", "parts": ["Lovely."]}
    picture = {
        "author": {"role": "tool", "name": "t2uay3k"},
        "content": {"content_type": "multimodal_text", "parts": [drawn]},
    }
    (found,) = read(
        file(
            tmp_path,
            "conversations.json",
            chatgpt(
                "f",
                ("a", None, "user", {"content": asked, "author": {"role": "user", "name": "Ana"}}),
                ("b", "a", "assistant", "An engine."),
                ("c", "b", "user", {"metadata": {"targeted_reply": "engine"}, "content": as_parts}),
                ("d", "c", "tool", picture),
                ("e", "d", "assistant", "Here."),
                ("f", "e", "user", {"author": {"role": "user", "name": "Bo"}, "content": lovely}),
            ),
        )
    )
    assert [(turn.spoken_by(), turn.text) for turn in found.messages] == [
        ("Ana", "[attached: an image]"),
        ("ChatGPT", "An engine."),
        ("you", "> engine\n\nB"),
        ("ChatGPT", "[image: A quay in rain]\n\nHere."),
        ("Bo", "Lovely."),
    ]


@pytest.mark.parametrize("title", ["New chat", "Untitled"])
def test_a_title_that_says_nothing_is_not_one(tmp_path: Path, title: str) -> None:
    (found,) = read(file(tmp_path, "a.json", claude_ai(human("Which rope?"), name=title)))
    assert (found.title, found.titled) == ("Which rope?", False)


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


def test_messages_of_open_webui_in_a_list_follow_one_another(tmp_path: Path) -> None:
    asked, answered = (
        {"role": "user", "content": "Rope?"},
        {"role": "assistant", "content": "Hemp."},
    )
    chat = {"messages": [{"id": "x", **asked}, {"id": "y", **answered}]}
    (found,) = read(file(tmp_path, "chat-export-1.json", [{"id": "o", "chat": chat}]))
    assert said(found) == [("user", "Rope?"), ("assistant", "Hemp.")]


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


def test_takeout_is_read_in_the_language_of_the_account(tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = [
        {
            "header": "Gemini アプリ",
            "title": f"送信したメッセージ: {asked}",
            "time": f"2026-03-0{n}T05:45:15.582Z",
            "safeHtmlItem": [{"html": f"<p>{answer}</p>"}],
            "attachedFiles": ["map.png"] if n == 1 else [],
        }
        for n, (asked, answer) in enumerate([("海?", "青"), ("空?", "灰"), ("山?", "緑")], start=1)
    ]
    entries.append({"header": "Gemini アプリ", "title": "使用", "time": "2026-03-01T05:45:15Z"})
    found = read(file(tmp_path, "マイアクティビティ.json", entries))
    assert [words for _, words in said(found[0])] == ["海?\n\n[attached: map.png]", "青"]
    assert len(found) == 3


CELL = (
    '<div class="outer-cell mdl-cell"><p class="mdl-typography--title">{product}<br></p>'
    '<div class="content-cell mdl-typography--body-1">Prompted&nbsp;{asked}<br>{stamp}<br>'
    '<p>{answer}</p></div><div class="content-cell mdl-typography--caption">x</div></div>'
)


def test_a_page_of_takeout_is_read_without_other_products(tmp_path: Path) -> None:
    path = tmp_path / "MyActivity.html"
    rows = [
        ("Gemini Apps", "Tide?", "Low.", "Mar 2, 2026, 5:01:10\u202fPM UTC"),
        ("Search", "news", "-", "Mar 2, 2026, 5:00:10 PM UTC"),
        ("Gemini Apps", "Wind?", "West.", "2 ožu 2026. u 16:59"),
    ]
    cells = [
        CELL.format(product=product, asked=asked, answer=answer, stamp=stamp)
        for product, asked, answer, stamp in rows
    ]
    path.write_text(f"<html><body>{''.join(cells)}</body></html>")
    remarks: Counter[str] = Counter()
    talks = list(read_file(path, remarks=remarks))
    assert sorted(words for talk in talks for _, words in said(talk)) == [
        "Low.", "Tide?", "West.", "Wind?"]  # fmt: skip
    assert "no time that is understood: taken for that of the file" in remarks
    dated = next(talk for talk in talks if talk.key == "2026-03-02")
    assert dated.messages[0].time.isoformat() == "2026-03-02T17:01:10+00:00"


def test_the_page_of_a_chatgpt_export_is_named_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "chat.html"
    path.write_text("<html><body><script>\nvar jsonData = [{}]\n</script></body></html>")
    found = recognise(path)
    assert isinstance(found, Unread)
    assert "as a page" in found.reason


def test_an_assistant_without_a_name_is_not_taken_for_claude(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert read(file(tmp_path, "a.json", turns))[0].messages[1].spoken_by() == "Assistant"
    turns[1]["model"] = "claude-opus-4-5"
    assert read(file(tmp_path, "b.json", turns))[0].messages[1].spoken_by() == "Claude"
    chat = {"chatId": "l", "contentChunks": None, "createdAt": "2026-03-01T00:00:00Z"}
    mistral = [{**chat, **turn} for turn in turns[:1]]
    mistral.append({**chat, "role": "assistant", "content": "Bonjour"})
    assert read(file(tmp_path, "c.json", mistral))[0].messages[1].spoken_by() == "Le Chat"


def test_a_template_of_a_prompt_is_no_session_of_aichat(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("model: claude:x\nmessages:\n- role: user\n  content: Hi\n")
    assert origin_of(path) == "aichat"
    path.write_text("model: openai/x\nevaluators: []\nmessages:\n- role: user\n  content: Hi\n")
    assert recognise(path) is None


def test_what_was_not_to_be_remembered_is_remarked(tmp_path: Path) -> None:
    tree = chatgpt(None, ("q", None, "user", "My pin is 1234"))
    tree[0]["is_do_not_remember"] = True
    remarks: Counter[str] = Counter()
    (left_out,) = read_file(file(tmp_path, "a.json", tree), remarks=remarks)
    assert not left_out.messages
    assert list(remarks) == ["left out a conversation that ChatGPT was told not to remember"]


def test_the_log_of_llm_is_read_as_it_is_printed(tmp_path: Path) -> None:
    entry = (
        "# 2026-03-04T10:0{0}:00    conversation: 01abc id: 0{0}\n\nModel: **gpt-5**\n\n"
        "## Prompt\n\n{1}\n\n## Response\n\n{2}\n\n"
    )
    path = tmp_path / "log.md"
    path.write_text(
        entry.format(1, "When?", "## Prompt\nAt nine.") + entry.format(2, "Why?", "Tide.")
    )
    (found,) = read(path)
    assert origin_of(path) == "llm"
    assert [turn.text for turn in found.messages] == [
        "When?",
        "## Prompt\nAt nine.",
        "Why?",
        "Tide.",
    ]
    assert found.messages[3].model == "gpt-5"


def test_a_prompt_of_ai_studio_is_read_without_its_thoughts(tmp_path: Path) -> None:
    chunks = [
        {"role": "user", "text": "When?"},
        {"role": "model", "text": "Hm.", "isThought": True},
        {"role": "model", "text": "At nine."},
        {"role": "user", "driveImage": {"id": "x"}},
    ]
    prompt = {"runSettings": {"model": "models/gemini-3"}, "chunkedPrompt": {"chunks": chunks}}
    path = file(tmp_path, "Gate.json", prompt)
    (found,) = read(path)
    assert (found.origin, found.title, found.messages[1].model) == (
        "gemini-studio",
        "Gate",
        "gemini-3",
    )
    assert [turn.text for turn in found.messages] == ["When?", "At nine.", "[attached: image]"]


def test_the_report_of_a_research_and_a_document_without_a_name_are_said(tmp_path: Path) -> None:
    report = {
        "author": {"role": "tool", "name": "research_kickoff_tool.start_research_task"},
        "metadata": {"is_async_task_result_message": True},
    }
    change = {
        "recipient": "canmore.update_textdoc",
        "content": {
            "content_type": "code",
            "text": '{"updates": [{"replacement": "Sow on Monday."}]}',
        },
    }
    export = chatgpt(
        "d",
        ("a", None, "user", "Look into beans"),
        ("b", "a", "assistant", "I will report."),
        ("c", "b", "tool", "# Beans\n\nThey like warmth【3†L1-L2】."),
        ("d", "c", "assistant", change),
    )
    export[0]["mapping"]["c"]["message"] |= report
    (found,) = read(file(tmp_path, "conversations.json", export))
    assert [text for _, text in said(found)] == [
        "Look into beans",
        "I will report.\n\n# Beans\n\nThey like warmth.\n\n[document]\n\nSow on Monday.",
    ]


def test_of_grok_the_newest_branch_is_read_without_its_cards(tmp_path: Path) -> None:
    def response(id_: str, parent: str | None, sender: str, words: str, time: int) -> object:
        moment = {"$date": {"$numberLong": str(1_772_442_000_000 + time)}}
        fields = {"_id": id_, "parent_response_id": parent, "sender": sender, "message": words}
        return {"response": {**fields, "create_time": moment, "model": "grok-4"}}

    card = '<grok:render card_id="x"><argument name="citation_id">0</argument></grok:render>'
    plan = '<xaiArtifact artifact_id="1" title="Plan" contentType="x">\nSow.\n</xaiArtifact>'
    export = {
        "conversations": [
            {
                "conversation": {"id": "g", "title": "Beans"},
                "responses": [
                    response("1", None, "human", "When to sow?", 1),
                    response("2", "1", "assistant", "In April.", 2),
                    response("3", "1", "ASSISTANT", f"In May. {card}\n\n{plan}", 3),
                ],
            }
        ]
    }
    (found,) = read(file(tmp_path, "prod-grok-backend.json", export))
    assert [text for _, text in said(found)] == [
        "When to sow?",
        "In May.\n\n[document: Plan]\n\nSow.",
    ]
    assert found.dropped == {"2"}


@pytest.mark.parametrize("count", [1_772_442_000, 1_772_442_000_000_000, 1_772_442_000 * 10**9])
def test_times_may_count_parts_of_a_second(tmp_path: Path, count: int) -> None:
    turns = [{"author": "human", "text": "Is it open?", "creationTime": count}]
    (found,) = read(file(tmp_path, "chat.json", {"messages": turns}))
    assert found.messages[0].time == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Mar 2, 2026, 10:00:00 AM CET", 9),
        ("Jul 2, 2026, 10:00:00 AM CEST", 8),
        ("Mar 2, 2026, 1:00:00 AM PST", 9),
        ("Mar 2, 2026, 9:00:00 AM CST", 9),  # of North America, of China, of Cuba
    ],
)
def test_a_zone_counts_where_its_name_means_only_one(written: str, hour: int) -> None:
    moment = instant(written)
    assert moment is not None
    assert moment.hour == hour


def test_what_an_assistant_of_openai_cites_is_not_said(tmp_path: Path) -> None:
    text = {"value": "At noon 【4:0†tides.pdf】.", "annotations": []}
    asked = {"role": "user", "content": "When is high water 【4:0†x】?"}
    answered = {"role": "assistant", "content": [{"type": "text", "text": text}]}
    (found,) = read(file(tmp_path, "thread.json", [asked, answered]))
    assert [turn.text for turn in found.messages] == [asked["content"], "At noon."]


def test_the_user_of_a_claude_ai_export_may_be_called_so(tmp_path: Path) -> None:
    messages = [{**human("Where?"), "sender": "user"}]
    (found,) = read(file(tmp_path, "conversations.json", claude_ai(*messages)))
    assert said(found) == [("user", "Where?")]
