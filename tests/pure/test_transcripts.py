from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exports import NOON, chatgpt, claude_ai, code, file, human, origin_of, read, said, turn

SAMPLES = Path(__file__).parents[2] / "data" / "conversations"


@pytest.mark.parametrize(
    ("sample", "origin", "counts"),
    [
        ("claude-ai/conversations.json", "claude.ai", [6, 4, 2]),
        ("chatgpt/conversations.json", "chatgpt", [4, 4]),
        ("claude-code/*.jsonl", "claude-code", [4]),
        ("notes.jsonl", "turns", [6, 3]),
    ],
)
def test_each_sample_is_recognised_and_read(sample: str, origin: str, counts: list[int]) -> None:
    (path,) = SAMPLES.glob(sample)
    assert origin_of(path) == origin
    assert [len(transcript.messages) for transcript in read(path)] == counts


def test_a_claude_ai_message_is_its_text_without_thinking_and_tools(tmp_path: Path) -> None:
    blocks = [{"type": kind, "text": kind} for kind in ("thinking", "text", "tool_use")]
    answer = {"uuid": "a", "sender": "assistant", "content": blocks, "text": "text tool_use"}
    path = file(tmp_path, "conversations.json", claude_ai(human("Hi"), answer))
    (found,) = read(path)
    assert (found.key, found.title) == ("c", "A title")
    assert said(found) == [("user", "Hi"), ("assistant", "text")]


def test_attachments_are_named_after_the_text(tmp_path: Path) -> None:
    more = {"attachments": [{"file_name": "a.txt"}, 7], "files": [{"file_name": "b\n.png"}]}
    (found,) = read(file(tmp_path, "a.json", claude_ai(human("See", **more))))
    assert found.messages[0].text == "See\n\n[attached: a.txt, b .png]"


def test_of_a_chatgpt_tree_the_branch_that_the_person_sees_is_read(tmp_path: Path) -> None:
    tree = chatgpt(
        "new",
        ("q", None, "user", "Which?"),
        ("old", "q", "assistant", "This."),
        ("new", "q", "assistant", "That."),
    )
    path = file(tmp_path, "conversations.json", tree)
    assert origin_of(path) == "chatgpt"
    assert said(read(path)[0]) == [("user", "Which?"), ("assistant", "That.")]


def test_what_chatgpt_hides_is_left_out(tmp_path: Path) -> None:
    def content(kind: str, *parts: object) -> dict[str, Any]:
        return {"content_type": kind, "parts": list(parts)}

    hidden = {"is_visually_hidden_from_conversation": True}
    tree = chatgpt(
        "e",
        ("a", None, "system", "Be brief."),
        ("b", "a", "user", {"metadata": hidden, "content": content("text", "x")}),
        ("c", "b", "user", {"content": content("multimodal_text", {"pointer": 1}, "Look")}),
        ("d", "c", "assistant", {"recipient": "web", "content": content("text", "search()")}),
        ("e", "d", "assistant", {"content": content("code", "x = 1")}),
    )
    assert said(read(file(tmp_path, "a.json", tree))[0]) == [("user", "Look")]


def test_a_circle_of_chatgpt_messages_is_walked_once(tmp_path: Path) -> None:
    tree = chatgpt("b", ("a", "b", "user", "One"), ("b", "a", "assistant", "Two"))
    assert said(read(file(tmp_path, "a.json", tree))[0]) == [("user", "One"), ("assistant", "Two")]


def test_a_claude_code_message_of_several_lines_is_one(tmp_path: Path) -> None:
    blocks = [[{"type": "text", "text": text}] for text in ("First.", "Then.")]
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "Go", uuid="u"),
        code("assistant", blocks[0], id="m", uuid="a1", model="claude-x"),
        code("user", [{"type": "tool_result", "content": "ls"}], uuid="r"),
        code("assistant", blocks[1], id="m", uuid="a2", model="claude-x"),
    )
    answer = read(path)[0].messages[1]
    assert (answer.id, answer.text, answer.model) == ("a1", "First.\n\nThen.", "claude-x")


def test_what_no_one_typed_into_claude_code_is_left_out(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "s.jsonl",
        code("user", "<command-name>/clear</command-name>", uuid="1"),
        code("user", "Caveat", uuid="2", isMeta=True),
        code("user", "Explore", uuid="3", isSidechain=True),
        code("user", [{"type": "text", "text": "<system-reminder>x"}], uuid="4"),
        code("assistant", "API Error", uuid="5", model="<synthetic>"),
        code("user", "Typed", uuid="6"),
        code("user", "Typed", uuid="6"),
    )
    assert said(read(path)[0]) == [("user", "Typed")]


def test_a_line_that_claude_code_is_still_writing_is_ignored(tmp_path: Path) -> None:
    path = file(tmp_path, "s.jsonl", code("user", "Go", uuid="u"), code("user", "Stop"))
    path.write_bytes(path.read_bytes()[:-9])
    assert said(read(path)[0]) == [("user", "Go")]


def test_sessions_have_titles_of_their_own(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "s.jsonl",
        {"type": "summary", "summary": "Of another file", "leafUuid": "elsewhere"},
        code("user", "One", uuid="1"),
        code("user", "Two", uuid="2", sessionId="t"),
        code("user", "x" * 99, uuid="3", sessionId="v"),
        {"type": "summary", "summary": "Summed up", "leafUuid": "1"},
        {"type": "custom-title", "customTitle": "Renamed", "sessionId": "t"},
    )
    assert [transcript.title for transcript in read(path)] == [
        "Summed up",
        "Renamed",
        "x" * 59 + "…",
    ]


def test_of_people_the_first_to_speak_is_the_user(tmp_path: Path) -> None:
    lines = [turn(f"{who} speaks", who) for who in ("Ann", "Ben", "Cy", "Ann")]
    (found,) = read(file(tmp_path, "a.jsonl", *lines))
    assert [message.role for message in found.messages] == [
        "user",
        "assistant",
        "assistant",
        "user",
    ]
    assert [message.speaker for message in found.messages] == ["Ann", "Ben", "Cy", "Ann"]


def test_roles_need_no_speaker_and_a_tool_is_no_side(tmp_path: Path) -> None:
    roles = ("system", "user", "assistant", "tool")
    lines = [{"conv": 7, "role": role, "text": role} for role in roles]
    (found,) = read(file(tmp_path, "a.jsonl", *lines))
    assert (found.origin, found.key) == ("turns", "7")
    assert said(found) == [("user", "user"), ("assistant", "assistant")]


def test_conversations_may_be_mixed_and_keep_their_origin(tmp_path: Path) -> None:
    own = {"origin": "ragchat", "title": "Mine", "model": "claude-x"}
    lines = [turn("a", **own), turn("b", origin="chatgpt"), turn("c"), turn("d", **own)]
    path = file(tmp_path, "a.jsonl", *lines)
    assert origin_of(path) == "another-library"
    found = {transcript.claimed: transcript for transcript in read(path)}
    assert list(found) == ["ragchat", "chatgpt", ""]
    assert {conversation.origin for conversation in found.values()} == {"another-library"}
    assert [message.text for message in found["ragchat"].messages] == ["a", "d"]
    assert (found["ragchat"].title, found["ragchat"].messages[0].model) == ("Mine", "claude-x")


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-08T13:56:00Z",
        "2026-05-08 13:56",
        "2026-05-08T15:56:00.000+02:00",
        "1:56 pm on 8 May, 2026",
        "2026/05/08 (Fri) 13:56",
        "Fri, 08 May 2026 13:56:00 GMT",
        1778248560,
        1778248560000,
        "1778248560.0",
    ],
)
def test_a_time_is_read_as_people_and_tools_write_it(tmp_path: Path, written: object) -> None:
    (found,) = read(file(tmp_path, "a.jsonl", turn("Hi", date=written)))
    assert found.started == datetime(2026, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize("missing", [None, "", "May", "13:56", "soon", True, 1e300, "9" * 80, []])
def test_without_a_time_a_turn_follows_the_one_before_it(tmp_path: Path, missing: object) -> None:
    lines = [turn("a"), turn("b", time="March-15-2026"), turn("c", time=missing)]
    (found,) = read(file(tmp_path, "a.jsonl", *lines))
    day = datetime(2026, 3, 15, tzinfo=UTC)
    times = [message.time for message in found.messages]
    assert times == [NOON, day, day + timedelta(milliseconds=1)]


def test_ids_that_repeat_are_told_apart(tmp_path: Path) -> None:
    lines = [turn(str(n), id=id_) for n, id_ in enumerate((1, 1, "1#2", 1, None))]
    (found,) = read(file(tmp_path, "a.jsonl", *lines))
    assert [message.id for message in found.messages] == [
        "1",
        "1#2",
        "1#2#2",
        "1#3",
        found.messages[4].id,
    ]
    assert found.messages[4].id.startswith("~")


def test_a_bad_line_is_left_out(tmp_path: Path) -> None:
    path = file(tmp_path, "a.jsonl", turn("Hi"), turn(5), turn(" "), 7, [])
    deep, huge = "[" * 100_000, '{"id": ' + "9" * 5000 + "}"
    with path.open("a") as lines:
        lines.write(f'\n{deep}\n{huge}\n{{"broken"\n{json.dumps(turn("Bye"))}')
    assert [message.text for message in read(path)[0].messages] == ["Hi", "Bye"]


def test_text_can_always_be_stored(tmp_path: Path) -> None:
    (found,) = read(file(tmp_path, "a.jsonl", turn("a\ud800b\0c \ud83d\ude00", title="\udfff")))
    assert found.messages[0].text == "a\ufffdb\ufffdc \U0001f600"
    found.title.encode()
