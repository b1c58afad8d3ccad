"""Redaction: a text without the keys that a server or a library may have put into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ingest.text.cleaning import masked

SHORTEST_KEY = 8
"""Characters; a shorter value is a placeholder, and would be found in the middle of words."""

_KEY = re.compile(r"\bsk-[\w-]{8,}")
_VARIABLES = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS")


def redacted(text: str, keys: Iterable[str] = ()) -> str:
    """The text without these keys, and without anything else that looks like a secret."""
    for part in (part for key in keys for part in key.split()):
        if len(part) >= SHORTEST_KEY:
            text = text.replace(part, "[key]")
    return _KEY.sub("sk-…", masked(text))


def keys_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials that an environment holds; of headers, the values alone."""
    found = (environment.get(name, "") for name in _VARIABLES)
    return tuple(line.partition(": ")[2] or line for value in found for line in value.splitlines())
