"""Secrets in a text: keys, tokens and passwords that open something; pure.

A secret is known by the mark that its maker gave it, so that prose, hashes, UUIDs and pictures are
left alone. Whoever changes what is found raises `CHUNKER_VERSION`, so that documents are read anew.

Time is linear in the text: a rule looks for a fixed string first, no part of a pattern is tried at
more than a fixed number of lengths, and a private key ends where the next one begins.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PRIVATE_KEY = "private key"
PASSWORD = "password"  # noqa: S105 - the name of a kind

LONGEST_PRIVATE_KEY = 65_536
"""Characters: an armoured PGP key with many subkeys has some ten thousand."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Characters [start, end) of a text, and what they are for."""

    start: int
    end: int
    kind: str

    @property
    def label(self) -> str:
        """What stands in its place: never longer than the secret, and never found again."""
        return f"[{self.kind}]"


def find_secrets(text: str) -> list[Secret]:
    """The secrets of a text in order. Those that overlap are one, of the more telling kind."""
    found = [*_private_keys(text), *(each for rule in _RULES for each in rule.find(text))]
    apart: list[Secret] = []
    for each in sorted(found, key=lambda secret: secret.start):
        if apart and each.start < apart[-1].end:
            last = apart.pop()
            kind = min(last.kind, each.kind, key=_KINDS.index)
            each = Secret(last.start, max(last.end, each.end), kind)  # noqa: PLW2901 - both as one
        apart.append(each)
    return apart


@dataclass(frozen=True, slots=True)
class _Rule:
    """One of the `needles` stands in every match of the pattern; `holds` has the last word.

    The secret is the pattern's group of that name if it has one. A match without it is passed
    over, so that what cannot be a secret is looked at once.
    """

    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = bool

    def find(self, text: str) -> Iterator[Secret]:
        if not any(needle in text for needle in self.needles):
            return
        group: str | int = "secret" if "secret" in self.pattern.groupindex else 0
        for found in self.pattern.finditer(text):
            if found[group] and self.holds(found[group]):
                yield Secret(*found.span(group), self.kind)


def _rule(kind: str, needles: str, pattern: str, holds: Callable[[str], bool] = bool) -> _Rule:
    return _Rule(kind, tuple(needles.split()), re.compile(pattern, re.ASCII), holds)


def _starting(mark: str) -> str:
    """The mark where a word begins, also after the `\\n` of a quoted string.

    The test stands behind the mark, since `re` skips to a pattern that begins with its letters.
    """
    return rf"{mark}(?:(?<![A-Za-z0-9]{mark})|(?<=\\[nrt]{mark}))"


def _has_algorithm(token: str) -> bool:
    """Whether a token's first part is the header that every JWT has (RFC 7515, 4.1.1)."""
    header = token.partition(".")[0]
    return b'"alg"' in base64.urlsafe_b64decode(header[: len(header) // 4 * 4])


def _has_digit(token: str) -> bool:
    """Whether it is more than words that stand for a token."""
    return bool(re.search("[0-9]", token))


def _is_mixed(key: str) -> bool:
    """Whether small and capital letters and digits stand in it, as in no hash or path."""
    return bool(re.search("[a-z]", key) and re.search("[A-Z]", key) and re.search("[0-9]", key))


_STAND_IN = re.compile(
    r"[$%*<{(].*|x+|\.+|(?:my|your|the|some)?[-_]?(?:db)?[-_]?"
    r"(?:pass(?:word|wd)?|pwd|pw|secret|token|key|redacted)\W?",
    re.IGNORECASE,
)


def _is_password(pair: str) -> bool:
    """Whether `user:password` has a password, and not a word that stands for one."""
    password = re.split("[:=]", pair, maxsplit=1)[1]
    return len(pair) >= len(f"[{PASSWORD}]") and not _STAND_IN.fullmatch(password)


_FORTY = r"(?<![A-Za-z0-9/+])(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"

# Where two overlap the earlier names the kind.
_RULES = (
    # A short one that goes on in dots is what manuals show of a key.
    _rule("Anthropic key", "sk-ant-", r"sk-ant-(?:[\w-]{20,}|[\w-]{8,20}(?!\.\.|…|[\w-]))"),
    _rule("OpenRouter key", "sk-or-", r"sk-or-[\w-]{20,}"),
    _rule(
        "OpenAI key",
        "sk-",
        _starting("sk-")
        + r"(?:(?:proj|svcacct|admin|service|None)-[\w-]{20,}|[A-Za-z0-9]{20,}(?![\w-]))",
    ),
    _rule("AWS access key id", "AKIA ASIA", _starting("A[KS]IA") + r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    # No bracket stands between, so that nothing is found across what has been masked.
    _rule("AWS secret key", "ecret", r"ecret[^\n\[\]]{0,40}?" + _FORTY, _is_mixed),
    _rule("AWS secret key", "ECRET", r"ECRET[^\n\[\]]{0,40}?" + _FORTY, _is_mixed),
    _rule(
        "AWS secret key",
        "AKIA ASIA",
        r"A[KS]IA[A-Z0-9]{16}[^\w\n\[\]]{1,5}" + _FORTY,
        _is_mixed,
    ),
    _rule(
        "AWS session token",
        "IQoJb3JpZ2lu FwoGZXIvYXdz",
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+=]{50,}",
    ),
    _rule("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9_]{30,}"),
    _rule("GitHub token", "github_pat_", r"github_pat_\w{22,}"),
    _rule("GitLab token", "glpat-", r"glpat-[\w-]{20,}"),
    _rule("Slack token", "xox xapp-", r"(?:xox[abeoprs]|xapp)-[\w-]{10,}", _has_digit),
    _rule("Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/services/T\w+/B\w+/\w+"),
    _rule("Google key", "AIza", _starting("AIza") + r"[\w-]{30,}"),
    _rule("Google key", "GOCSPX-", r"GOCSPX-[\w-]{20,}"),
    _rule("Google token", "ya29.", _starting(r"ya29\.") + r"[\w-]{30,}"),
    _rule("Stripe key", "k_live_", r"[rs]k_live_[A-Za-z0-9]{16,}"),
    _rule("Hugging Face token", "hf_", _starting("hf_") + r"[A-Za-z0-9]{30,}(?![\w-])"),
    _rule("npm token", "npm_", _starting("npm_") + r"[A-Za-z0-9]{36}(?![\w-])"),
    _rule("PyPI token", "pypi-AgE", r"pypi-AgE[\w-]{50,}"),
    _rule("Azure key", "Key=", r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}={0,2}"),
    _rule(
        "JWT",
        "eyJ",
        r"(?P<secret>eyJ[\w-]{10,}(?:\.[\w-]*){1,3}\.[\w-]+)|eyJ[\w-]*",
        _has_algorithm,
    ),
    _rule(PRIVATE_KEY, "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    _rule(
        PASSWORD,
        "://",
        r"://(?P<secret>[^\s/?#@:,\"'`<>\[\]]{0,64}:[^\s/?#@\"'`<>\[\]]{6,128})@[\w\[{$-]",
        _is_password,
    ),
    _rule(
        PASSWORD,
        "assword= ASSWORD= wd= WD=",
        r"; ?(?P<secret>(?:[Pp]assword|PASSWORD|[Pp]wd|PWD)=[^\s;\"'`<>\[\]]{6,128})"
        r"(?=[;\"'\s]|$)",
        _is_password,
    ),
)
_KINDS = (PRIVATE_KEY, *(rule.kind for rule in _RULES))


# What was masked already is a border, too: else a second masking would find more than the first.
_BEGIN = re.compile(
    r"(?P<begin>-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----)|\[private key\]"
)
_END = re.compile(r"-----END [A-Z0-9 ]{0,80}-----|-----END ")
_BODY = re.compile(r"[A-Za-z0-9+/=]{16,}")
_BODY_LINES = re.compile(
    r"(?:[\s\"'>#\\,|*]*[A-Za-z0-9+/=]{16,})+(?:[\s\"'>#\\,|*]*[A-Za-z0-9+/]+={1,2})?"
)


def _private_keys(text: str) -> Iterator[Secret]:
    """Private keys in ASCII armour (RFC 7468, RFC 9580); of one that breaks off, what is there."""
    if "PRIVATE KEY" not in text:
        return
    borders = list(_BEGIN.finditer(text))
    limits = [*(border.start() for border in borders), len(text)][1:]
    for border, limit in zip(borders, limits, strict=True):
        end = _key_end(text, border.end(), limit) if border["begin"] else None
        if end is not None:
            yield Secret(border.start(), end, PRIVATE_KEY)


def _key_end(text: str, start: int, limit: int) -> int | None:
    """Where the key ends whose first line ends at `start`; None for a mark without a key."""
    limit = min(limit, start + LONGEST_PRIVATE_KEY)
    end = _END.search(text, start, limit)
    if end is not None:
        return end.end() if _BODY.search(text, start, end.start()) else None
    lines = _BODY_LINES.match(text, start, limit)
    return lines.end() if lines is not None else None
