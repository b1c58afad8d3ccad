"""Secrets in a text: keys, tokens and passwords; pure, and linear in the text.

Knows the forms that makers publish (`vendors`, `forms`), private keys, and the words around others;
leaves prose, hashes, UUIDs and pictures alone. A new or changed pattern raises `CHUNKER_VERSION`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.text.secrets import commands, contexts, forms, vendors
from ingest.text.secrets.assignments import PARTICLES, find_assignments
from ingest.text.secrets.private_keys import find_private_keys
from ingest.text.secrets.rule import (
    KEY,
    PASSWORD,
    PRIVATE_KEY,
    TOKEN,
    Rule,
    Secret,
    is_token,
    long_words,
    starting,
)

__all__ = ["PASSWORD", "PRIVATE_KEY", "Secret", "find_secrets"]


def _accepting(prefix: str) -> Callable[[str], bool]:
    return lambda key: is_token(key.removeprefix(prefix))


_RULES = (
    *forms.RULES,
    *(
        Rule(kind, (prefix,), starting(prefix) + rest, _accepting(prefix))
        for kind, prefixes, rest in vendors.VENDORS
        for prefix in prefixes.split()
    ),
    *contexts.RULES,
    *commands.RULES,
)
_ANYWHERE = tuple(rule for rule in _RULES if rule.anywhere)
# What is not a long word by itself is behind another: `password=…`, `Bearer …`, `user:…@`.
_BEHIND = re.compile(rf"[\s=:>\"'`：{PARTICLES}]")
# Where two overlap the one that says more names the kind.
_RANK = {PRIVATE_KEY: 0, PASSWORD: 3, KEY: 2, TOKEN: 2}


def find_secrets(text: str) -> list[Secret]:
    """Return the secrets of a text in order. Those that overlap are one, of the best known kind."""
    words = long_words(text)
    if not words and not _BEHIND.search(text):  # names of files, of which there are many
        return []
    rules = _RULES if words else _ANYWHERE  # most short texts have no word that is long enough
    found = [
        *find_private_keys(text, words),
        *(secret for rule in rules for secret in rule.find(text, words)),
        *find_assignments(text),
    ]
    apart: list[Secret] = []
    for secret in sorted(found, key=lambda secret: secret.start):
        if apart and secret.start < apart[-1].end:
            last = apart.pop()
            kind = min(last.kind, secret.kind, key=_rank)
            apart.append(Secret(last.start, max(last.end, secret.end), kind))
        else:
            apart.append(secret)
    return apart


def _rank(kind: str) -> int:
    return _RANK.get(kind, 1)
