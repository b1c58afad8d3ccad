"""Which tool wrote a transcript, by how it begins."""

from __future__ import annotations

import re

from ingest.transcripts import claude_code, turns
from ingest.transcripts.fields import record
from ingest.transcripts.source import decode, encoding_of

HEAD = 65_536

# Not within a text, where the quotes are escaped.
_CHAT_MESSAGES = re.compile(r'(?<!\\)"chat_messages"\s*:\s*\[')
_MAPPING = re.compile(r'(?<!\\)"mapping"\s*:\s*\{')
_CREATE_TIME = re.compile(r'(?<!\\)"create_time"\s*:')
_ENDS = ("", '"}', '"}}', '"}]}}')
_LONGEST_ESCAPE = 6


def origin_of(head: bytes) -> str | None:
    """The origin, by the first `HEAD` bytes; None if they begin no transcript."""
    text = head.decode(encoding_of(head), "replace").lstrip()
    if text.startswith("["):
        return _of_list(text)
    return _of_lines(text) if text.startswith("{") else None


def _of_list(text: str) -> str | None:
    if _CHAT_MESSAGES.search(text):
        return "claude.ai"
    if _MAPPING.search(text) and _CREATE_TIME.search(text):
        return "chatgpt"
    return None


def _of_lines(text: str) -> str | None:
    *whole, last = text.split("\n")
    for line in whole:
        if origin := _of_line(record(decode(line))):
            return origin
    return _of_line(_cut_off(last))


def _of_line(value: dict[str, object]) -> str | None:
    if claude_code.recognises(value):
        return "claude-code"
    origin = turns.origin_of(value)
    return origin if origin in (None, "ragchat") else "turns"


def _cut_off(line: str) -> dict[str, object]:
    """The object that a line begins when it is cut within a string, as a long message is."""
    for cut in range(_LONGEST_ESCAPE + 1):
        for end in _ENDS:
            value = record(decode(line[: len(line) - cut] + end))
            if value:
                return value
    return {}
