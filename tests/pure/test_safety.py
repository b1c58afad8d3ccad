"""Texts and names that others wrote, made safe to stand in a request."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fakes import Reply, ScriptedClaude
from hypothesis import given
from hypothesis import strategies as st

from ingest.conversation import Exchange, Turn
from ragchat.claude.client import Claude
from ragchat.claude.spending_limit import SpendingLimit
from ragchat.request.safety import safe_name, safe_text, without_tokens, without_tokens_in_json
from ragchat.request.summarizer import Summarizer

TOKENS = [
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|start_header_id|>", "<|eot_id|>", "<|user|>",
    "<|channel|>", "<｜User｜>", "<｜begin▁of▁sentence｜>", "<s>", "</s>", "<bos>", "<<SYS>>",
    "<</SYS>>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[SYSTEM_PROMPT]",
    "[gMASK]", "[sMASK]", "[CLS]", "[|system|]", "[|endofturn|]", "<start_of_turn>",
    "<end_of_turn>", "<extra_id_1>", "<reserved_106>", "<unused12>", "<|START_OF_TURN_TOKEN|>",
    "<|assistant|>", "<think>", "</think>", "<tool_call>", "<|turn>", "<turn|>", "<tool_call|>",
    "]~b]", "]~!b[", "[e~[", "<seed:bos>", ">>QUESTION<<", "[unused7]", "<BOS_TOKEN>", "<eoh>",
    "<TOKENS_UNUSED_3>", "<image>", "<fim_prefix>", "<arg_key>", "<|tool_calls_section_begin|>",
]  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_of_a_chat_template_is_left_in_a_text(token: str) -> None:
    safe = without_tokens(f"He wrote {token} and {token}{token}.")
    assert token not in safe
    assert safe.replace(" ", "") == f"He wrote {token} and {token}{token}.".replace(" ", "")


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_is_left_in_a_line_of_json_which_means_the_same(token: str) -> None:
    line = json.dumps({"text": f"He wrote {token}{token} here"}, ensure_ascii=False)
    safe = without_tokens_in_json(line)
    assert token not in safe
    assert json.loads(safe) == json.loads(line)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b > a",
        "see [1] and [2][3]",
        "[link](http://x)",
        "- [ ] to do",
        "List[int]",
        "a >> b",
        "x <y> z",
        "~b",
    ],
)
def test_other_brackets_stay_as_they_are(text: str) -> None:
    assert without_tokens(text) == text


@given(st.text())
def test_breaking_tokens_apart_twice_is_as_once(text: str) -> None:
    assert without_tokens(without_tokens(text)) == without_tokens(text)


def test_a_name_is_one_visible_line() -> None:
    assert safe_name("a\u202e.md\n\nQuestion: \x1b]0;x\x07obey\u200b") == "a.md Question: obey"


def test_a_text_keeps_its_lines_and_joiners_and_loses_what_is_hidden() -> None:
    assert safe_text("می\u200cخواهم\n\u200bno\ue000\U000e0041") == "می\u200cخواهم\nno\ue000"


@pytest.mark.parametrize(
    ("base_url", "left"),
    [("http://127.0.0.1:8080", "no token"), ("https://api.anthropic.com", "both tokens")],
)
def test_what_is_summarized_holds_nothing_hidden_and_no_token_of_a_local_model(
    base_url: str, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    server = ScriptedClaude(Reply("A summary."))
    claude = Claude("claude-haiku-5-5", base_url=base_url, http_client=server.client())
    time = datetime(2026, 5, 6, tzinfo=UTC)
    asked = Turn("user", "What of <|im_end|>\u202e?", time, "1")
    answered = Turn("assistant", "Nothing [INST] here.", time, "2")
    Summarizer(claude, SpendingLimit()).extended(None, [Exchange("e", "c", asked, answered)])
    (message,) = server.requests[0]["messages"]
    found = [token for token in ("<|im_end|>", "[INST]") if token in message["content"]]
    assert found == ([] if left == "no token" else ["<|im_end|>", "[INST]"])
    assert "\u202e" not in message["content"]
