"""Untrusted texts and names made safe for a request; pure.

Passages, turns and summaries hold what others wrote: an export, a web page, an answer that quotes
one. What a reader cannot see must not reach the model (OWASP LLM01), a name must stay on its line,
and a server that builds its prompt from a template must not find that template's tokens in a text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.text.cleaning import clean, visible

_NAMES = (
    "s|bos|eos|pad|unk|cls|sep|mask|im_start|im_end|im_sep|start_of_turn|end_of_turn|turn"
    "|start_header_id|end_header_id|begin_of_text|end_of_text|endoftext|begin_of_sentence"
    "|end_of_sentence|start_of_role|end_of_role|system|user|assistant|human|bot|model|think"
    "|tool_call|tool_response|tools|function_call|eod|eop|sop|eot|eoh|eoa|_user|_assistant|_system"
    "|_bot|answer|response|arg_key|arg_value|image|audio|video|img|(?:start|end)_of_image"
    "|(?:image|audio)_soft_token|fim[_-](?:prefix|middle|suffix|pad)|pre|suf|mid|file_sep"
    "|repo_?name|gh_stars|(?:bos|eos|pad|unk|mask|cls|sep)_token|seed:[a-z_]+"
)
# The control tokens of chat templates: ChatML and its kin <|im_start|>, <|start|>, DeepSeek's
# <｜User｜> and <｜begin▁of▁sentence｜>, Llama's <s> and <<SYS>>, Mistral's [INST],
# GLM's [gMASK], EXAONE's [|user|], Gemma's <start_of_turn> and <turn|>, Seed's <seed:bos>,
# numbered ones like <extra_id_1>, MiniMax's ]~b], Falcon's >>QUESTION<<, BERT's [unused1].
_TOKEN = re.compile(
    r"<(?=[|｜]|<\s*/?\s*SYS\s*>)"
    r"|<(?=/?\w{1,40}[|｜]>)"
    rf"|<(?=/?(?:{_NAMES})\s*/?>)"
    r"|<(?=/?(?:extra_id|reserved|unused|special|tokens_unused)_?\d+>)"
    r"|\[(?=/?(?-i:[A-Z][A-Z_]{2,}|[gs]MASK|unused\d+)\])"
    r"|\[(?=\||e~\[)"
    r"|\](?=~!?b[\[\]])"
    r"|>(?=>(?-i:[A-Z]{4,})<<)",
    re.IGNORECASE,
)
"""The first character of a token."""

REMEMBERED = 10_000
"""Characters of a text that is remembered once it is cleaned: a turn in the window is sent again
and again, and counted before it is sent."""


def safe_question(text: str) -> str:
    """Return the question without hidden characters; its secrets are sent as they were typed."""
    return visible(text)


def safe_text(text: str) -> str:
    """A text without hidden characters and secrets, and without lone surrogates, which UTF-8 and so
    a request cannot hold.
    """
    return _cleaned(text) if len(text) <= REMEMBERED else clean(text).text


@lru_cache(maxsize=512)
def _cleaned(text: str) -> str:
    return clean(text).text


def safe_name(name: str) -> str:
    """Return a name (path, title, speaker, model) on one line, cleaned as a text is."""
    return " ".join(safe_text(name).split())


def without_tokens(text: str) -> str:
    """Return a text with the tokens of chat templates broken apart by a space."""
    return _TOKEN.sub(lambda match: f"{match[0]} ", text)


def without_tokens_in_json(line: str) -> str:
    """A line of JSON that means the same and holds no such token, nor any `<`."""
    escaped = _TOKEN.sub(lambda match: f"\\u{ord(match[0]):04x}", line)
    return escaped.replace("<", "\\u003c")
