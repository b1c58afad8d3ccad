"""What a model accepts, and the request size from which its prompt cache works; pure.

https://docs.claude.com/en/docs/build-with-claude/prompt-caching#cache-limitations,
https://platform.claude.com/docs/en/build-with-claude/effort,
https://docs.claude.com/en/docs/about-claude/models/whats-new (prefill ended with Claude 4.6)
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Effort = Literal["auto", "low", "medium", "high", "max"]
EFFORTS: tuple[Effort, ...] = get_args(Effort)

DEFAULT_EFFORT = "medium"
"""Sent to Claude where nothing is set. The API's own default is high on most models, which an
answer from passages seldom needs."""

_PREFILLED = re.compile(
    r"^claude-(3|instant|(haiku|sonnet|opus)-4-5|(sonnet|opus)-4(-[01])?(-\d{8})?$)"
)
_WITHOUT_EFFORT = re.compile(
    r"^claude-(2|3|instant|(haiku|sonnet)-4-5|(sonnet|opus)-4(-[01])?(-\d{8})?$)"
)
_WITHOUT_MAX = re.compile(r"^claude-opus-4-5")
_CACHE_MINIMA = (
    (re.compile(r"-5-5|-5-[12]$|^claude-(opus|fable|mythos)-5$"), 512),
    (re.compile(r"^claude-(haiku-4-5|opus-4-[56])"), 4096),
    (re.compile(r"^claude-opus-4-7"), 2048),
)
_OTHER_MINIMUM = 1024


def accepts_prefill(model: str) -> bool:
    """Return whether the last message may be the beginning of the answer. Models that are not
    Anthropic's are given the benefit of the doubt.
    """
    return not model.startswith("claude-") or _PREFILLED.match(model) is not None


def cache_minimum(model: str) -> int:
    """The shortest beginning of a request, in tokens, that the prompt cache keeps."""
    return next((least for name, least in _CACHE_MINIMA if name.search(model)), _OTHER_MINIMUM)


def effort_sent(model: str, effort: Effort, *, is_anthropic: bool) -> str | None:
    """The effort that goes into a request, None to leave it out. A server that is not Anthropic's
    gets one only where the user set it.
    """
    if _WITHOUT_EFFORT.match(model) or (effort == "auto" and not is_anthropic):
        return None
    if effort == "auto":
        return DEFAULT_EFFORT
    return "high" if effort == "max" and _WITHOUT_MAX.match(model) else effort


def effort_notice(model: str, effort: Effort, *, is_anthropic: bool) -> str:
    """Return a message on an effort that was set and is not sent as it is, "" where it is sent."""
    sent = effort_sent(model, effort, is_anthropic=is_anthropic)
    if effort == "auto" or sent == effort:
        return ""
    if sent is None:
        return f"{model} has no effort setting: it is left out"
    return f"{model} has no effort “{effort}”: “{sent}” is sent"
