"""Conversations in the words of many tools: lists of turns, trees, lists within exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exports import file, origin_of, read, said

from ingest.transcripts import Unread, recognise

ASKED, ANSWERED = "Which buoy marks the bar?", "The green one."
BOTH = [ASKED, ANSWERED]
TURNS = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWERED}]


def told(path: Path) -> list[str]:
    return [turn.text for found in read(path) for turn in found.messages]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            [
                {"type": "human", "data": {"content": ASKED, "type": "human"}},
                {"type": "ai", "data": {"content": ANSWERED, "type": "ai", "tool_calls": []}},
                {"type": "tool", "data": {"content": "42", "tool_call_id": "a"}},
            ],
            id="LangChain",
        ),
        pytest.param(
            [
                {"lc": 1, "kwargs": {"type": "human", "content": ASKED}},
                {"lc": 1, "kwargs": {"type": "ai", "content": ANSWERED}},
            ],
            id="LangChain, dumped",
        ),
        pytest.param(
            [
                {**turn, "thread_id": "t", "content": [{"type": "text", "text": {"value": words}}]}
                for turn, words in zip(TURNS, BOTH, strict=True)
            ],
            id="Jan, threads of OpenAI",
        ),
        pytest.param({"data": {"chats": [{"id": "c", "messages": TURNS}]}}, id="TypingMind"),
        pytest.param(
            {"chat-next-web-store": {"sessions": [{"id": "s", "topic": "x", "messages": TURNS}]}},
            id="NextChat",
        ),
        pytest.param(
            {
                "conversations": [
                    {"from": "human", "value": ASKED},
                    {"from": "function_call", "value": "{}"},
                    {"from": "observation", "value": "42"},
                    {"from": "gpt", "value": ANSWERED},
                ]
            },
            id="ShareGPT, with tools",
        ),
        pytest.param(
            {
                "chat-sessions": [
                    {
                        "id": "s",
                        "messages": [
                            {"role": "user", "contentParts": [{"type": "text", "text": ASKED}]},
                            {
                                "role": "assistant",
                                "contentParts": [
                                    {"type": "reasoning", "text": "Hm."},
                                    {"type": "text", "text": ANSWERED},
                                ],
                            },
                        ],
                    }
                ]
            },
            id="Chatbox",
        ),
        pytest.param(
            {
                "messages": [
                    {"from": "system", "content": "Be brief.", "id": "r", "ancestors": []},
                    {"from": "user", "content": ASKED, "id": "a", "ancestors": ["r"]},
                    {"from": "assistant", "content": "Red.", "id": "b", "ancestors": ["r", "a"]},
                    {"from": "assistant", "content": ANSWERED, "id": "c", "ancestors": ["r", "a"]},
                ]
            },
            id="HuggingChat, an answer made again",
        ),
        pytest.param(
            {
                "messages": [
                    {"id": "1", "role": "user", "content": ASKED, "parentId": None},
                    {"id": "2", "role": "assistant", "content": ANSWERED, "parentId": "1"},
                ]
            },
            id="a tree without branches",
        ),
        pytest.param(
            {"messages": [{**TURNS[0], "createdAt": 1_772_000_000}, TURNS[1]]},
            id="an answer without a time",
        ),
        pytest.param(
            [
                {"user_name": "Ana", "character_name": "Pilot"},
                {"name": "Ana", "is_user": True, "mes": ASKED, "send_date": "March 2, 2026 9:00am"},
                {"name": "Pilot", "is_user": False, "mes": ANSWERED},
            ],
            id="SillyTavern",
        ),
        pytest.param(
            {
                "messages": [
                    {"sender": f"@{who}:sea.org", "content": {"body": words}, "origin_server_ts": n}
                    for who, words, n in (
                        ("ana", ASKED, 1_772_000_000_000),
                        ("bo", ANSWERED, 1_772_000_060_000),
                    )
                ]
            },
            id="Matrix",
        ),
        pytest.param(
            {
                "object": "list",
                "data": [
                    {**turn, "created_at": at}
                    for turn, at in zip(TURNS[::-1], (1_772_000_060, 1_772_000_000), strict=True)
                ],
            },
            id="a page of an API, the newest first",
        ),
        pytest.param(
            {
                "conversations": [
                    {
                        "id": "8:bo",
                        "displayName": "Bo",
                        "MessageList": [
                            {
                                "id": str(n),
                                "from": f"8:{who}",
                                "originalarrivaltime": f"2026-03-02T10:0{n}:00Z",
                                "messagetype": "RichText",
                                "content": f"<b>{words}</b>",
                            }
                            for n, who, words in ((2, "bo", ANSWERED), (1, "ana", ASKED))
                        ],
                    }
                ]
            },
            id="Skype",
        ),
        pytest.param(
            {
                "name": "Buoys",
                "createdAt": 1_772_000_000_000,
                "messages": [
                    {
                        "currentlySelected": 0,
                        "versions": [
                            {"role": "user", "content": [{"type": "text", "text": ASKED}]}
                        ],
                    },
                    {
                        "currentlySelected": 1,
                        "versions": [
                            {"role": "assistant", "steps": [{"content": [{"text": "Red."}]}]},
                            {
                                "role": "assistant",
                                "steps": [
                                    {"style": {"type": "thinking"}, "content": [{"text": "Hm."}]},
                                    {"content": [{"type": "text", "text": ANSWERED}]},
                                ],
                            },
                        ],
                    },
                ],
            },
            id="LM Studio",
        ),
        pytest.param(
            [
                {"ts": 1_772_000_000_000, "type": "say", "say": "text", "text": ASKED},
                {"ts": 1_772_000_001_000, "type": "say", "say": "api_req_started", "text": "{}"},
                {"ts": 1_772_000_002_000, "type": "ask", "ask": "tool", "text": "{}"},
                {
                    "ts": 1_772_000_003_000,
                    "type": "say",
                    "say": "completion_result",
                    "text": ANSWERED,
                },
            ],
            id="Cline, Roo Code",
        ),
    ],
)
def test_turns_are_read_in_the_words_of_many_tools(tmp_path: Path, content: Any) -> None:
    assert told(file(tmp_path, "a.json", content)) == BOTH


def test_a_reply_in_a_group_is_not_a_branch(tmp_path: Path) -> None:
    turns = [
        {"id": n, "parent_id": parent, "author": who, "content": f"Word {n}", "timestamp": 1772e6}
        for n, parent, who in ((1, None, "Ana"), (2, 1, "Bo"), (3, 1, "Cy"))
    ]
    assert len(told(file(tmp_path, "a.json", {"messages": turns}))) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zed.json", {"messages": [{"User": {"content": []}}, {"Agent": {"content": []}}]}),
        ("oobabooga.json", {"internal": [BOTH], "visible": [BOTH]}),
        (
            "anythingllm.json",
            [{"prompt": ASKED, "response": ANSWERED, "createdAt": "2026-03-02T09:00:00Z"}],
        ),
        (
            "big-agi.json",
            {"chats": [{"messages": [{"role": turn["role"], "fragments": [1]} for turn in TURNS]}]},
        ),
        (
            "api_conversation_history.json",
            [
                {
                    "role": "user",
                    "content": f"{ASKED} <environment_details>a.py</environment_details>",
                }
            ],
        ),
    ],
)
def test_conversations_of_other_kinds_are_said_to_be_such(
    tmp_path: Path, name: str, content: Any
) -> None:
    assert isinstance(recognise(file(tmp_path, name, content)), Unread)


def test_questions_and_answers_that_are_data_are_a_document(tmp_path: Path) -> None:
    path = file(tmp_path, "faq.json", [{"question": ASKED, "answer": ANSWERED}] * 3)
    assert recognise(path) is None


def test_sessions_of_aider_are_read_without_commands_and_edits(tmp_path: Path) -> None:
    path = tmp_path / ".aider.chat.history.md"
    path.write_text(
        "\n# aider chat started at 2026-03-02 09:00:00\n\n> Model: gpt-5 with diff format  \n\n"
        "#### /add buoy.py  \n> Added buoy.py to the chat  \n\n#### /ask Why is it red?  \n"
        "#### It was green.  \n\nThe palette changed.\n\nbuoy.py\n```python\n<<<<<<< SEARCH\nred\n"
        "=======\ngreen\n>>>>>>> REPLACE\n```\n\n> Applied edit to buoy.py  \n"
        "\n# aider chat started at 2026-03-03 10:00:00\n\n#### Thanks  \n\nWelcome.\n",
    )
    assert origin_of(path) == "aider"
    first, second = read(path)
    assert said(first) == [
        ("user", "Why is it red?\nIt was green."),
        ("assistant", "The palette changed.\n\nbuoy.py"),
    ]
    assert (first.messages[1].model, first.messages[1].assistant) == ("gpt-5", "Aider")
    assert first.key != second.key


@pytest.mark.parametrize("model", ["", "gpt-5", "openai:gpt-5"])
def test_a_model_that_is_not_claude_is_never_called_claude(tmp_path: Path, model: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        f"model: '{model}'\nmessages:\n- role: user\n  content: Hm?\n"
        "- role: assistant\n  content: Yes.\n"
    )
    (found,) = read(path)
    assert found.messages[1].spoken_by() == (model.rpartition(":")[2] or "Assistant")


def test_prompts_and_responses_in_markdown_have_the_time_below_them(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"## Prompt:\n3/2/2026, 9:00:05 PM\n\n{ASKED}\n\n## Response:\n{ANSWERED}\n")
    (found,) = read(path)
    assert said(found) == [("user", ASKED), ("assistant", ANSWERED)]
    assert found.messages[0].time.isoformat() == "2026-03-02T21:00:05+00:00"


def test_turns_of_several_conversations_in_one_list_are_told_apart(tmp_path: Path) -> None:
    turns = [
        {
            "threadId": thread,
            "messageId": f"{thread}{n}",
            "role": role,
            "content": f"{role} {thread}",
        }
        for n, role in enumerate(("user", "assistant"))
        for thread in "ab"
    ]
    export = {"threads": [{"threadId": "b", "title": "Bees"}], "messages": turns}
    one, two = read(file(tmp_path, "chats.json", export))
    assert [(found.key, found.title) for found in (one, two)] == [("a", "user a"), ("b", "Bees")]
    assert said(two) == [("user", "user b"), ("assistant", "assistant b")]


def test_how_long_a_model_thought_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("You said:\nWhen is ebb?\nChatGPT said:\nThought for 5 seconds\n\nAt nine.\n")
    (found,) = read(path)
    assert [text for _, text in said(found)] == ["When is ebb?", "At nine."]
