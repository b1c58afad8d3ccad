"""Talk with assistants in exports, logs of requests, and texts that people copy together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from exports import file, origin_of, read

from ingest.transcripts import Unread, recognise

ASKED, ANSWERED = "How long do I soak chickpeas?", "Twelve hours, in cold water."
AGAIN, SHORTER = "And if I forgot?", "Then boil them for two hours."
AT = "2026-03-02T09:00:00Z"


def side(role: str, words: str) -> dict[str, Any]:
    return {"role": role, "content": words}


NEO = {
    "turns": [
        {
            "turn_key": {"chat_id": "c", "turn_id": who},
            "create_time": f"2026-03-02T09:0{n}:00Z",
            "author": {"name": who, "is_human": who == "Wren"},
            "primary_candidate_id": "b",
            "candidates": [
                {"candidate_id": "a", "raw_content": "No idea."},
                {"candidate_id": "b", "raw_content": words},
            ],
        }
        for n, who, words in ((1, "Cook", ANSWERED), (0, "Wren", ASKED))
    ]
}
HISTORIES = {
    "histories": {
        "histories": [
            {
                "external_id": "h",
                "msgs": [
                    {"text": ASKED, "src": {"name": "Wren", "is_human": True}},
                    {"text": "No.", "src": {"name": "Cook"}, "is_alternative": True},
                    {"text": ANSWERED, "src": {"name": "Cook", "is_human": False}},
                ],
            }
        ]
    }
}
STEPS = [{"step_type": "FINAL", "content": {"answer": json.dumps({"answer": ANSWERED})}}]
PERPLEXITY = {"entries": [{"uuid": "u", "query_str": ASKED, "text": json.dumps(STEPS)}]}
BLOCKS = [{"intended_usage": "ask_text", "markdown_block": {"answer": ANSWERED}}]
QWEN = {
    "data": [
        {
            "id": "q",
            "chat": {
                "history": {
                    "currentId": "b",
                    "messages": {
                        "a": {"parentId": None, **side("user", ASKED)},
                        "b": {
                            "parentId": "a",
                            "model": "qwen3-max",
                            **side("assistant", ""),
                            "content_list": [
                                {"phase": "think", "content": "Hm."},
                                {"phase": "answer", "content": ANSWERED},
                            ],
                        },
                    },
                }
            },
        }
    ]
}
EXPORTER = {
    "metadata": {"title": "Peas", "powered_by": "an extension"},
    "messages": [{"role": "Prompt", "say": ASKED}, {"role": "Response", "say": ANSWERED}],
}
ZED = {
    "title": "Peas",
    "version": "0.3.0",
    "model": {"model": "claude-x"},
    "messages": [
        {"User": {"id": "1", "content": [{"Text": ASKED}]}},
        {"Agent": {"content": [{"Thinking": {"text": "Hm."}}, {"Text": ANSWERED}]}},
    ],
}
CONTEXT = {
    "zed": "context",
    "id": "z",
    "text": f"Säge? {ASKED}{ANSWERED}",
    "messages": [
        {"start": 0, "metadata": {"role": "system"}},
        {"start": len("Säge? ".encode()), "metadata": {"role": "user"}},
        {"start": len(f"Säge? {ASKED}".encode()), "metadata": {"role": "assistant"}},
    ],
}


@pytest.mark.parametrize(
    ("origin", "content", "assistant"),
    [
        ("character.ai", NEO, "Cook"),
        ("character.ai", HISTORIES, "Cook"),
        ("perplexity", PERPLEXITY, "Perplexity"),
        ("perplexity", {"query_str": ASKED, "blocks": BLOCKS}, "Perplexity"),
        ("perplexity", {"query_str": ASKED, "text": ANSWERED}, "Perplexity"),
        (
            "turns",
            {
                "messages": [
                    {"sender": "You", "text": ASKED},
                    {"sender": "Claude", "text": ANSWERED},
                ]
            },
            "Claude",
        ),
        ("turns", EXPORTER, "Assistant"),
        ("qwen", QWEN, "qwen3-max"),
        ("zed", ZED, "Zed"),
        ("zed", CONTEXT, "Zed"),
    ],
)
def test_more_assistants_are_read(
    tmp_path: Path, origin: str, content: Any, assistant: str
) -> None:
    (found,) = read(file(tmp_path, "a.json", content))
    assert found.origin == origin
    assert [turn.text for turn in found.messages] == [ASKED, ANSWERED]
    assert [turn.spoken_by("Wren") for turn in found.messages] == ["Wren", assistant]


CALL = {"type": "tool_use", "id": "t", "name": "look", "input": {}}
ANTHROPIC = {
    "model": "claude-x",
    "messages": [
        side("user", ASKED),
        {"role": "assistant", "content": [{"type": "text", "text": "I look it up."}, CALL]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "12"}]},
    ],
}
REPLY = {"role": "assistant", "model": "claude-x", "content": [{"type": "text", "text": ANSWERED}]}


def openai(*messages: dict[str, Any]) -> dict[str, Any]:
    *asked, answered = messages
    return {
        "timestamp": AT,
        "request": json.dumps({"model": "gpt-9", "messages": asked}),
        "response": {"choices": [{"message": answered}]},
    }


LONGER = [*map(side, ("user", "assistant", "user", "assistant"), (ASKED, ANSWERED, AGAIN, SHORTER))]
HUMAN = {"lc": 1, "type": "constructor", "kwargs": {"type": "human", "content": ASKED}}


@pytest.mark.parametrize(
    ("lines", "said", "assistant"),
    [
        (
            [{"request": ANTHROPIC, "response": REPLY}],
            [ASKED, f"I look it up.\n\n{ANSWERED}"],
            "Claude",
        ),
        ([openai(*LONGER[:2]), openai(*LONGER)], [ASKED, ANSWERED, AGAIN, SHORTER], "gpt-9"),
        (
            [
                {
                    "object": "response",
                    "model": "gpt-9",
                    "input": [side("user", ASKED)],
                    "output": [
                        {"type": "reasoning", "summary": []},
                        {
                            "type": "message",
                            "role": "assistant",
                            "content": [{"type": "output_text", "text": ANSWERED}],
                        },
                    ],
                }
            ],
            [ASKED, ANSWERED],
            "gpt-9",
        ),
        (
            [
                {
                    "run_type": "llm",
                    "inputs": {"messages": [[HUMAN]]},
                    "outputs": {"generations": [[{"message": side("assistant", ANSWERED)}]]},
                }
            ],
            [ASKED, ANSWERED],
            "Assistant",
        ),
        (
            [{"input": [side("user", ASKED)], "output": ANSWERED, "timestamp": AT}],
            [ASKED, ANSWERED],
            "Assistant",
        ),
    ],
    ids=["Anthropic", "OpenAI, two requests of one talk", "Responses", "LangSmith", "Langfuse"],
)
def test_logs_of_requests_are_conversations(
    tmp_path: Path, lines: list[object], said: list[str], assistant: str
) -> None:
    path = file(tmp_path, "a.jsonl", *lines)
    assert origin_of(path) == "api-log"
    (found,) = read(path)
    assert [turn.text for turn in found.messages] == said
    assert found.messages[-1].spoken_by() == assistant


def test_an_answer_around_tools_is_one_and_its_narration_is_known(tmp_path: Path) -> None:
    (found,) = read(file(tmp_path, "a.json", {"messages": [*ANTHROPIC["messages"], REPLY]}))
    asked, answered = found.messages
    assert (asked.text, answered.text) == (ASKED, f"I look it up.\n\n{ANSWERED}")
    assert answered.text[answered.narration :] == ANSWERED


CHATS = {
    f"User: {ASKED}\n\nAssistant: {ANSWERED}\n": "Assistant",
    f"Human: {ASKED}\nClaude: {ANSWERED}\n": "Claude",
    f"**You:** {ASKED}\n\n**ChatGPT:** {ANSWERED}\n": "ChatGPT",
    f"You said:\n{ASKED}\nChatGPT said:\n{ANSWERED}\n": "ChatGPT",
    f"Du hast gesagt:\n{ASKED}\nChatGPT hat gesagt:\n{ANSWERED}\n": "ChatGPT",
    f"**Vous :** {ASKED}\n\n**ChatGPT :** {ANSWERED}\n": "ChatGPT",
    f"Dijiste:\n{ASKED}\nChatGPT dijo:\n{ANSWERED}\n": "ChatGPT",
    f"## Вы\n\n{ASKED}\n\n## ChatGPT\n\n{ANSWERED}\n": "ChatGPT",
    f"你说：\n{ASKED}\nChatGPT 说：\n{ANSWERED}\n": "ChatGPT",
    f"あなた：{ASKED}\nChatGPT：{ANSWERED}\n": "ChatGPT",
    f"#### _User_\n\n> {ASKED}\n\n#### _Assistant_\n\n> {ANSWERED}\n": "Assistant",
    f"# Peas\n\n## Prompt\n\n{ASKED}\n\n## Response\n\n{ANSWERED}\n": "Assistant",
    (
        f"[2026-03-02 09:00:00] User: {ASKED}\n[2026-03-02 09:01:00] Assistant: {ANSWERED}\n"
    ): "Assistant",
    f"## USER 🧑‍💻\n\n{ASKED}\n\n---\n\n## MODEL ✨\n\n{ANSWERED}\n": "Assistant",
    f"##### You said:\n\n{ASKED}\n\n###### ChatGPT said:\n\n{ANSWERED}\n": "ChatGPT",
    f"**You** (09:00)\n{ASKED}\n\n**Claude** (09:01)\n{ANSWERED}\n": "Claude",
    (
        f"<|im_start|>system\nBe brief<|im_end|>\n<|im_start|>user\n{ASKED}<|im_end|>\n"
        f"<|im_start|>assistant\n{ANSWERED}<|im_end|>\n"
    ): "Assistant",
    f"[User]\n{ASKED}\n\n[Assistant]\n{ANSWERED}\n": "Assistant",
    f"### Human: {ASKED}\n### Assistant: {ANSWERED}\n": "Assistant",
    f"### User Input\n\n{ASKED}\n\n### Planner Response\n\n{ANSWERED}\n": "Assistant",
    f"# Peas\n\n**User:** Wren\n\n## You\n{ASKED}\n\n## ChatGPT\n{ANSWERED}\n": "ChatGPT",
    (
        f"## you asked\n\nmessage time: 2026-03-02 09:00:00\n\n{ASKED}\n\n---\n\n"
        f"## gemini response\n\n{ANSWERED}\n"
    ): "gemini",
    (
        f'<img src="https://x.org/pplx-logo.png" style="height:64px"/>\n\n# {ASKED}\n\n'
        f'{ANSWERED}[^1_1]\n\n<div style="text-align: center">⁂</div>\n\n[^1_1]: https://x.org\n'
    ): "Perplexity",
    (
        f"\n▐▛███▜▌   Claude Code v2.3.1\n▝▜█████▛▘  Opus\n\n> /context\n  ⎿  12k tokens\n\n"
        f"> {ASKED}\n\n● Bash(grep -r soak)\n  ⎿  peas.txt\n\n● {ANSWERED}\n"
    ): "Claude",
}


@pytest.mark.parametrize(("text", "assistant"), CHATS.items())
def test_chats_as_text_are_read(tmp_path: Path, text: str, assistant: str) -> None:
    path = tmp_path / "chat.md"
    path.write_text(text, encoding="utf-8")
    (found,) = read(path)
    assert [turn.text for turn in found.messages] == [ASKED, ANSWERED]
    assert found.messages[1].spoken_by() == assistant


@pytest.mark.parametrize(
    "text",
    [
        "Q: When is high water?\nA: At nine.\n",
        "Du: fährst mit.\nIch: bleibe hier.\n",
        "Wren: When is high water?\nOlaf: At nine.\n",
        "user: wren\nassistant: none\npath: /srv\n",
        "# Guide\n\n## User\n\nTo log in.\n\n### Assistant\n\nA window.\n\n## Admin\n\nMore.\n",
        "Note: the user said little.\nAssistant: Olaf Berg\n",
    ],
)
def test_text_with_colons_is_not_a_chat(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.txt"
    path.write_text(text)
    assert recognise(path) is None


@pytest.mark.parametrize(
    "content",
    [
        {"history": [[ASKED, ANSWERED], [AGAIN, SHORTER]]},
        {"history": [{"user": {"content": {"Prompt": ASKED}}, "assistant": {"Response": "x"}}]},
        {"attributes": {"gen_ai.system": "x", "gen_ai.prompt.0.content": ASKED}},
    ],
    ids=["Gradio", "Amazon Q", "OpenTelemetry"],
)
def test_talk_that_is_not_read_is_named(tmp_path: Path, content: object) -> None:
    assert isinstance(recognise(file(tmp_path, "a.json", content)), Unread)


@pytest.mark.parametrize(
    "rows",
    [
        ["role,content", "user,{asked}", 'assistant,"{answered}"'],
        [
            "sender,text,isCreatedByUser,messageId,createdAt",
            f"User,{{asked}},true,1,{AT}",
            f'GPT,"{{answered}}",false,2,{AT}',
        ],
        [
            "Conversation,Time,Author,Message",
            f"Peas,{AT},Human,{{asked}}",
            f'Peas,{AT},AI,"{{answered}}"',
        ],
    ],
    ids=["role and content", "LibreChat", "Microsoft Copilot"],
)
def test_tables_of_assistants_are_read(tmp_path: Path, rows: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows).format(asked=ASKED, answered=ANSWERED))
    (found,) = read(path)
    assert [(turn.role, turn.text) for turn in found.messages] == [
        ("user", ASKED),
        ("assistant", ANSWERED),
    ]


def test_data_with_inputs_and_outputs_is_a_document(tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl", *[{"input": ASKED, "output": ANSWERED}] * 3)
    assert recognise(path) is None
