"""Texts and names that others wrote, made safe to stand in a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragchat.request.safety import safe_name, safe_text, without_tokens

TOKENS = [
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|start_header_id|>", "<|eot_id|>", "<|user|>",
    "<|channel|>", "<｜User｜>", "<｜begin▁of▁sentence｜>", "<s>", "</s>", "<bos>", "<<SYS>>",
    "<</SYS>>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[SYSTEM_PROMPT]",
    "[gMASK]", "[sMASK]", "[CLS]", "[|system|]", "[|endofturn|]", "<start_of_turn>",
    "<end_of_turn>", "<extra_id_1>", "<reserved_106>", "<unused12>", "<|START_OF_TURN_TOKEN|>",
    "<|assistant|>", "<think>", "</think>", "<tool_call>",
]  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_of_a_chat_template_is_left_in_a_text(token: str) -> None:
    safe = without_tokens(f"He wrote {token} and {token}{token}.")
    assert token not in safe
    assert safe.replace(" ", "") == f"He wrote {token} and {token}{token}.".replace(" ", "")


@pytest.mark.parametrize(
    "text",
    ["a < b and b > a", "see [1] and [2][3]", "[link](http://x)", "- [ ] to do", "List[int]"],
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
