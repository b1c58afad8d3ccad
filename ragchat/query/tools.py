"""The tools that a question says something was said with: "what did I ask ChatGPT?"; pure."""

from __future__ import annotations

import re
from functools import cache

from ingest.origins import TOOL_NAMES
from ragchat.query.date_words import any_word

LONGEST = 200
"""Characters; a longer question speaks of a tool in passing."""
_UNSPOKEN = frozenset("another-library api-log llm markdown turns".split())
_SPOKEN: dict[str, tuple[str, ...]] = {
    "Claude": ("ragchat", "claude.ai", "claude-code"),
    "Copilot": ("copilot", "microsoft-copilot", "vscode"),
    "Gemini": ("gemini", "gemini-cli", "gemini-studio"),
    "Instagram": ("messenger",),
    "Messenger": ("messenger",),
    "SMS": ("sms",),
    "Teams": ("teams",),
}
"""What tools are called in speech, where that is not their whole name."""
_COMMON = frozenset("cline codex cursor grok line matrix messenger signal slack teams zed".split())
"""Names that are words, too: only as they are written count."""


def named_tools(text: str, *, about_user: bool) -> frozenset[str]:
    """The origins of conversations that a question asks for: of the tools that it names, other than
    as its topic ("about Slack"), if it is `about_user` or speaks of saying; empty for others.
    """
    if len(text) > LONGEST:
        return frozenset()
    named = _pattern().finditer(text)
    names = [found["name"] for found in named if _is_name(found["name"]) and not found["topic"]]
    if not names or not (about_user or _says().search(text)):
        return frozenset()
    return frozenset(origin for name in names for origin in _origins()[name.casefold()])


def _is_name(written: str) -> bool:
    return written.casefold() not in _COMMON or written in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset((*_SPOKEN, *(TOOL_NAMES[origin] for origin in TOOL_NAMES.keys() - _UNSPOKEN)))


@cache
def _origins() -> dict[str, tuple[str, ...]]:
    known = {
        name.casefold(): (origin,) for origin, name in TOOL_NAMES.items() if origin not in _UNSPOKEN
    }
    return known | {name.casefold(): origins for name, origins in _SPOKEN.items()}


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(map(re.escape, _names()), key=len, reverse=True)
    topic = rf"(?P<topic>\b{any_word('topic')}\s+)?"
    return re.compile(rf"{topic}(?<!\w)(?P<name>{'|'.join(names)})(?!\w)", re.IGNORECASE)


@cache
def _says() -> re.Pattern[str]:
    return re.compile(rf"\b{any_word('say', 'participles')}\b", re.IGNORECASE)
