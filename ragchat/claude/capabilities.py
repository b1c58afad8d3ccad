"""What a model accepts and from where its prompt cache pays; pure.

https://docs.claude.com/en/docs/build-with-claude/prompt-caching#cache-limitations,
https://docs.claude.com/en/docs/about-claude/models/whats-new (prefill ended with Claude 4.6)
"""

from __future__ import annotations

import re

_PREFILLED = re.compile(
    r"^claude-(3|instant|(haiku|sonnet|opus)-4-5|(sonnet|opus)-4(-[01])?(-\d{8})?$)"
)
_CACHE_MINIMA = (
    (re.compile(r"-5-5|-5-[12]$|^claude-(opus|fable|mythos)-5$"), 512),
    (re.compile(r"^claude-(haiku-4-5|opus-4-[56])"), 4096),
    (re.compile(r"^claude-opus-4-7"), 2048),
)
_OTHER_MINIMUM = 1024


def accepts_prefill(model: str) -> bool:
    """Whether the last message may be the beginning of the answer. Of models that are not
    Anthropic's we do not know it, so we let them try.
    """
    return not model.startswith("claude-") or _PREFILLED.match(model) is not None


def cache_minimum(model: str) -> int:
    """The shortest beginning of a request, in tokens, that the prompt cache keeps."""
    return next((least for name, least in _CACHE_MINIMA if name.search(model)), _OTHER_MINIMUM)
