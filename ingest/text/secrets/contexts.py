"""Passwords and tokens that are known by the words around them: headers, addresses, assignments.

Their own form says nothing. A password is taken where three kinds of characters are in it, a token
where it looks random; words, variables and what manuals write in their place stay.
"""

from __future__ import annotations

import re

from ingest.text.secrets.rule import (
    KEY,
    PASSWORD,
    TOKEN,
    Rule,
    decoded,
    has_digit,
    is_random,
    is_stand_in,
    is_strong,
    is_token,
)


def _is_pair(pair: str) -> bool:
    """Return whether `user:password` or `name=password` has a password, not a placeholder."""
    user, password = re.split("[:=]", pair, maxsplit=1)
    if is_stand_in(password) or password.lower() == user.lower():
        return False
    return is_strong(password) or (len(password) >= 6 and len(pair) >= len(f"[{PASSWORD}]"))


def _is_encoded_pair(base64_text: str) -> bool:
    """Return whether base64 holds `user:password` (RFC 7617)."""
    pair = decoded(base64_text)
    _, colon, password = pair.partition(b":")
    return bool(colon) and len(password) >= 3 and pair.isascii() and pair.decode().isprintable()


def _is_opaque(token: str) -> bool:
    return is_token(token) and (is_random(token) or len(token) >= 40)


RULES = (
    Rule(
        TOKEN,
        ("earer ",),
        r"earer (?P<secret>[\w.~+/-]{16,}={0,2})",
        _is_opaque,
        anywhere=True,
    ),
    Rule(
        PASSWORD,
        ("asic ",),
        r"asic (?P<secret>[A-Za-z0-9+/]{8,}={0,2})(?![\w+/=])",
        _is_encoded_pair,
        anywhere=True,
    ),
    # The login of a registry (~/.docker/config.json, .npmrc).
    Rule(
        PASSWORD,
        ("auth",),
        r"auth[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<secret>[A-Za-z0-9+/]{12,}={0,2})(?![\w+/=])",
        _is_encoded_pair,
        anywhere=True,
    ),
    *(
        Rule(
            PASSWORD,
            (command,),
            command + r"[^\n]{0,300}?(?<=\s)(?:-u|--user)[ =]?[\"']?"
            r"(?P<secret>[^\s\"':\[\]]{1,64}:[^\s\"'\[\]]{4,128})",
            _is_pair,
            anywhere=True,
        )
        for command in ("curl ", "wget ")
    ),
    Rule(
        PASSWORD,
        ("machine ",),
        r"machine\s{1,8}\S{1,200}\s{1,8}login\s{1,8}\S{1,100}\s{1,8}password\s{1,8}"
        r"(?P<secret>[^\s\[\]]{5,200})",
        lambda password: not is_stand_in(password),
        anywhere=True,
    ),
    Rule(
        PASSWORD,
        ("://",),
        r"://(?P<secret>[^\s/?#@:,\"'`<>\[\]]{0,64}:[^\s/?#@\"'`<>\[\]]{4,128})@[\w\[{$-]",
        _is_pair,
        anywhere=True,
    ),
    Rule(
        TOKEN,
        ("://",),
        r"://(?P<secret>[\w-]{20,255})(?::x-oauth-basic)?@[\w-]",
        is_random,
        anywhere=True,
    ),
    Rule(
        PASSWORD,
        ("assword=", "ASSWORD=", "wd=", "WD="),
        r"; ?(?P<secret>(?:[Pp]assword|PASSWORD|[Pp]wd|PWD)=[^\s;\"'`<>\[\]]{6,128})"
        r"(?=[;\"'\s]|$)",
        _is_pair,
        anywhere=True,
    ),
    # JDBC and the like: a password among the parameters of an address.
    Rule(
        PASSWORD,
        ("assword=", "ASSWORD=", "asswd=", "wd="),
        r"(?i:[?&;](?:password|passwd|pwd)=)(?P<secret>[^\s&;\"'`<>\[\]]{6,128})",
        lambda password: not is_stand_in(password) and has_digit(password),
        anywhere=True,
    ),
    Rule(
        KEY,
        ("otpauth://",),
        r"otpauth://[^\s\[\]]{1,200}?[?&]secret=(?P<secret>[A-Za-z2-7]{16,})",
        anywhere=True,
    ),
)
