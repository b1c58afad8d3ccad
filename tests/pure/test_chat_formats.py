"""Chats of people and of editors, in the languages and shapes in which they are exported."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from exports import chatgpt, file, origin_of, read, said

from ingest.transcripts import Unread, recognise
from ingest.transcripts import read as read_file

# WhatsApp


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("[03.04.26, 21:16:05] Petra: ", (4, 3)),
        ("4/13/26, 9:16\u202fPM - Petra: ", (4, 13)),
        ("13/04/2026, 21:16 - Petra: ", (4, 13)),
        ("2026-04-13, 21:16 - Petra: ", (4, 13)),
        ("13/04/2026 à 21:16 - Petra: ", (4, 13)),
        ("[13.4.2026 klo 21.16.05] Petra: ", (4, 13)),
        ("2026년 4월 13일 오후 9:16 - Petra: ", (4, 13)),
        ("2026/4/13 下午9:16 - Petra: ", (4, 13)),
        ("[2026/04/13 21:16:05] Petra: ", (4, 13)),
        ("١٣\u200f/٤\u200f/٢٠٢٦، ٩:١٦ م - Petra: ", (4, 13)),
        ("13. 4. 2026 21:16 - Petra: ", (4, 13)),
        ("2026. 04. 13. 21:16 - Petra: ", (4, 13)),
        ("13.04.26 г., 21:16 - Petra: ", (4, 13)),
        ("21:16, 13/04/2026 - Petra: ", (4, 13)),
        ("13/4/2026, 9:16 p. m. - Petra: ", (4, 13)),
        ("13/4/2569 21:16 - Petra: ", (4, 13)),
    ],
)
def test_whatsapp_writes_dates_as_the_phone_does(
    tmp_path: Path, head: str, day: tuple[int, int]
) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text(f"{head}The regatta is moved\nto June\n", encoding="utf-8")
    (found,) = read(path)
    (turn,) = found.messages
    local = turn.time.astimezone()
    assert (turn.speaker, turn.text) == ("Petra", "The regatta is moved\nto June")
    assert (local.year, local.month, local.day, local.hour) == (2026, *day, 21)


def test_the_order_of_messages_tells_days_from_months(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    heads = ("3/2/26, 9:16 pm", "4/1/26, 9:16 pm", "5/1/26, 9:16 pm")
    path.write_text("".join(f"{head} - Al: yes\n" for head in heads))
    (found,) = read(path)
    assert [turn.time.astimezone().month for turn in found.messages] == [3, 4, 5]


def test_a_date_that_can_be_read_in_two_ways_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    path.write_text("[03/02/2026, 21:16:05] Al: yes\n")
    remarks: Counter[str] = Counter()
    (found,) = read_file(path, remarks=remarks)
    assert found.messages[0].time.astimezone().month == 2
    assert list(remarks) == ["days and months cannot be told apart: read as day/month"]
    path.write_text("[23/02/2026, 21:16:05] Al: yes\n")
    remarks.clear()
    list(read_file(path, remarks=remarks))
    assert not remarks


@pytest.mark.parametrize(
    ("heads", "day"),
    [
        (["[14.02.26, 07:05:11]", "[16.02.26, 08:00:00]"], (2026, 2, 14)),
        (["11-07-26 21:16 -"], (2026, 7, 11)),
        (["[26. 7. 11. 오후 9:16:05]"], (2026, 7, 11)),
        (["2026/7/9 21:16 -"], (2026, 7, 9)),
    ],
)
def test_a_year_of_two_digits_comes_first_in_east_asia_alone(
    tmp_path: Path, heads: list[str], day: tuple[int, int, int]
) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text("".join(f"{head} Al: yes\n" for head in heads), encoding="utf-8")
    remarks: Counter[str] = Counter()
    (found,) = read_file(path, remarks=remarks)
    local = found.messages[0].time.astimezone()
    assert ((local.year, local.month, local.day), dict(remarks)) == (day, {})


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp-Chat mit Petra Müller.txt", "Petra Müller"),
        ("Discussion WhatsApp avec Équipage.txt", "Équipage"),
        ("Conversa do WhatsApp com Rui.txt", "Rui"),
    ],
)
def test_a_chat_is_called_by_the_name_of_its_file(tmp_path: Path, name: str, title: str) -> None:
    inner = "13/04/2026 21:16 - Rui: A chave está na caixa.\n"
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, inner)
    (found,) = read(path)
    assert (found.title, found.key) == (title, title)


def test_what_whatsapp_says_itself_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Crew.txt"
    path.write_text(
        '13/04/2026, 21:16 - Al changed the group name to "Trip: Oban"\n'
        "13/04/2026, 21:17 - Al: Mensagem apagada\n"
        "13/04/2026, 21:18 - Al: \u200eplan of the day.pdf (archivo adjunto)\n"
        "[13/04/2026, 21:19:00] Al: \u200echart 7.pdf • \u200e3 pages \u200edocument omitted\n"
    )
    (found,) = read(path)
    assert said(found) == [
        ("user", "[attached: plan of the day.pdf]"),
        ("user", "[attached: chart 7.pdf]"),
    ]


# Gemini, Telegram


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


def test_an_ordinary_page_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text('<div class="message default">Hello</div>\n' * 80)
    assert recognise(path) is None


# Editors


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


# Who it was


def test_an_assistant_without_a_name_is_not_taken_for_claude(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert read(file(tmp_path, "a.json", turns))[0].messages[1].spoken_by() == "Assistant"
    turns[1]["model"] = "claude-opus-4-5"
    assert read(file(tmp_path, "b.json", turns))[0].messages[1].spoken_by() == "Claude"
    chat = {"chatId": "l", "contentChunks": None, "createdAt": "2026-03-01T00:00:00Z"}
    mistral = [{**chat, **turn} for turn in turns[:1]]
    mistral.append({**chat, "role": "assistant", "content": "Bonjour"})
    assert read(file(tmp_path, "c.json", mistral))[0].messages[1].spoken_by() == "Le Chat"


def test_prompts_that_gemini_cli_logs_are_not_read_twice(tmp_path: Path) -> None:
    entry = {"sessionId": "g", "messageId": 0, "type": "user", "message": "hi",
             "timestamp": "2026-03-01T00:00:00Z"}  # fmt: skip
    found = recognise(file(tmp_path, "logs.json", [entry, {**entry, "messageId": 1}]))
    assert isinstance(found, Unread)
    assert "prompts" in found.reason


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


# Markdown, and other shapes of tools that are known


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


def test_messages_of_messenger_are_in_order_and_in_their_letters(tmp_path: Path) -> None:
    messages = [
        {"sender_name": name, "timestamp_ms": 1772618400000 + at, "content": text}
        for at, name, text in ((60_000, "Bo", "GrÃ¼Ã\x9fe"), (0, "Ann", "Moin"))
    ]
    (found,) = read(file(tmp_path, "message_1.json", {"title": "Ann", "messages": messages}))
    assert [(turn.speaker, turn.text) for turn in found.messages] == [
        ("Ann", "Moin"),
        ("Bo", "Grüße"),
    ]


def test_direct_messages_of_slack_are_called_by_who_takes_part(tmp_path: Path) -> None:
    users = [{"id": "U1", "name": "ann"}, {"id": "U2", "profile": {"real_name": "Bo"}}]
    message = {"type": "message", "text": "Moin", "user": "U1", "ts": "1772618400.0"}
    file(tmp_path, "users.json", users)
    file(tmp_path, "dms.json", [{"id": "D12", "members": ["U1", "U2"]}])
    (tmp_path / "D12").mkdir()
    (found,) = read(file(tmp_path / "D12", "2026-03-04.json", [message]))
    assert found.title == "ann, Bo"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Anna ile WhatsApp Sohbeti.txt", "Anna"),
        ("与张三的 WhatsApp 聊天.txt", "张三"),
        ("Чат WhatsApp с контактом Анна.txt", "Анна"),
        ("محادثة واتساب مع علي.txt", "علي"),
        ("민수님과의 WhatsApp 대화.txt", "민수"),
    ],
)
def test_a_chat_has_its_name_in_other_orders_of_words(
    tmp_path: Path, name: str, title: str
) -> None:
    path = tmp_path / name
    path.write_text(
        "04.03.2026, 21:16 - Анна: Привет\n04.03.2026, 21:17 - Анна: Сообщение удалено\n"
        "04.03.2026, 21:18 - Jan: Bu mesaj silindi.\n04.03.2026, 21:19 - Jan: Missed voice call\n",
        encoding="utf-8",
    )
    (found,) = read(path)
    assert (found.title, len(found.messages)) == (title, 1)
