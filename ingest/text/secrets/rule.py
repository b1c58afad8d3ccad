"""A rule that finds one kind of secret, and the tests that distinguish a secret from a placeholder.

Time is linear: a rule looks for a fixed string first, and no part of a pattern is tried at more
than a fixed number of lengths.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

PRIVATE_KEY = "private key"
PASSWORD = "password"  # noqa: S105 - the name of a kind
TOKEN = "token"  # noqa: S105 - the name of a kind
KEY = "key"


@dataclass(frozen=True, slots=True)
class Secret:
    """Characters [start, end) of a text, and what they are for."""

    start: int
    end: int
    kind: str

    @property
    def label(self) -> str:
        """The replacement: never longer than the secret, and never found again."""
        fitting = (f"[{name}]" for name in (self.kind, "secret", "key", "…"))
        return next((label for label in fitting if len(label) <= self.end - self.start), "…")


@dataclass(frozen=True)
class Rule:
    """A kind of secret: each match of `pattern` holds one of the `needles` and passes `accepts`.

    The secret is the pattern's group of that name if it has one. A match without it is passed
    over, so that a text that cannot be a secret is looked at once. Patterns are compiled when a
    needle is first seen: most are never needed, and compiling all would take 50 ms. They begin
    with letters where they can: `re` skips to these fast.
    """

    kind: str
    needles: tuple[str, ...]
    pattern: str
    accepts: Callable[[str], bool] = bool
    anywhere: bool = False
    """Whether the needle may be outside of a long word, too."""

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def find(self, text: str, words: str) -> Iterator[Secret]:
        """The secrets of this kind in a text whose `long_words` these are, in order."""
        searched = text if self.anywhere else words
        if not any(needle in searched for needle in self.needles):
            return
        group: str | int = "secret" if "secret" in self._compiled.groupindex else 0
        for found in self._compiled.finditer(text):
            if found[group] and self.accepts(found[group]):
                yield Secret(*found.span(group), self.kind)


_LONG_WORDS = re.compile(r"[\w.$/~+=:!-]{16,}", re.ASCII)


def long_words(text: str) -> str:
    """Return the words of a text that are long enough for a key: in most texts a few percent of
    it, so that two hundred needles are looked for in a tenth of the time.
    """
    return "\n".join(_LONG_WORDS.findall(text))


def starting(prefix: str) -> str:
    r"""Return a pattern for the prefix at the start of a word, also after the `\n` of a string.

    The test follows the prefix, since `re` skips fast to a pattern that begins with letters.
    """
    prefix = re.escape(prefix)
    return rf"{prefix}(?:(?<![A-Za-z0-9]{prefix})|(?<=\\[nrt]{prefix}))"


def has_digit(token: str) -> bool:
    """Return whether it is more than a placeholder for a token."""
    return bool(re.search("[0-9]", token))


def is_mixed(key: str) -> bool:
    """Return whether it has small letters, capitals and digits, as no hash and hardly a path
    has.
    """
    return bool(re.search("[a-z]", key) and re.search("[A-Z]", key) and re.search("[0-9]", key))


DISTINCT = 8
"""Different characters that a token has at least; placeholders repeat an x or a 0."""
_SHOWN = re.compile(
    r"example|placeholder|your[-_]?|redacted|changeme|change[-_]me|replace|insert|dummy|x{6}|X{6}"
    r"|\*{3}|\.{3}|0{8}|12345678|abcdef(?!f)g|ABCDEFG|fake|sample",
    re.IGNORECASE,
)


def is_token(token: str) -> bool:
    """Return whether a text of a vendor's form is a token, and not one that a manual shows."""
    return len(set(token)) >= DISTINCT and has_digit(token) and not _SHOWN.search(token)


def entropy(text: str) -> float:
    """Bits a character, by how often each character occurs (Shannon)."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_RUNS = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")


def is_random(value: str) -> bool:
    """Return whether characters of a value look drawn by lot: not words, a path, a date or a
    number.

    The limits gave one alarm in 12 MB on 400 MB of installed code and documentation.
    """
    if len(value) < 16 or _SHOWN.search(value):
        return False
    if _HEX.fullmatch(value):
        return len(value) >= 32 and entropy(value) >= 3
    longest = 8 if len(value) < 32 else 12
    runs = _RUNS.findall(value)
    return (
        entropy(value) >= 3.3
        and all(len(run) <= longest or run.isdigit() for run in runs)
        and not value.isdigit()
        and is_scrambled(value)
    )


def is_scrambled(value: str) -> bool:
    """Return whether the kinds of characters change as they do by chance, and not by the syllable.

    Among random letters and digits the kind changes at six of ten steps, and small letters come
    1.7 at a time; in names it changes at one or two and small letters come by the syllable.
    """
    runs = _RUNS.findall(value)
    small = [run for run in runs if run.islower()]
    numbers = sum(run.isdigit() for run in runs)
    if not re.search("[A-Z]", value):  # small letters and digits, 36 kinds
        return numbers >= 3 and value.isalnum()
    changing = len(runs) / len(value) >= (0.3 if numbers else 0.4)
    return changing and sum(map(len, small)) < 3 * max(len(small), 1)


_STAND_IN = re.compile(
    r"[$%*<{(].*|x+|\.+|(?:my|your|the|some|a|new|old|test|db|user|super)?[-_]?(?:db|user)?[-_]?"
    r"(?:pass(?:word|wd|phrase)?|pwd|pw|secret|token|key|redacted)[-_]?[0-9]{0,3}\W?",
    re.IGNORECASE,
)


def is_stand_in(password: str) -> bool:
    """Return whether it is a placeholder for a password, or a variable that holds one."""
    return bool(_STAND_IN.fullmatch(password) or _SHOWN.search(password))


def is_strong(password: str) -> bool:
    """Return whether it has three of the four kinds of characters that passwords should have."""
    kinds = ("[a-z]", "[A-Z]", "[0-9]", r"[^\sA-Za-z0-9]")
    return sum(bool(re.search(kind, password)) for kind in kinds) >= 3


def decoded(base64_text: str) -> bytes:
    """Return what base64 holds, of either alphabet and without padding, too; b"" if it is none."""
    plain = base64_text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(
            plain[: len(plain) - (len(plain) % 4 == 1)] + "=" * (-len(plain) % 4)
        )
    except binascii.Error:
        return b""
