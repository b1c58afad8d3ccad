"""Passwords and tokens where commands, shells, calls and small files of settings put them.

Nothing assigns them with a sign that all have in common, so each place is named by itself. What is
there has to look chosen or random: a word, a variable or a placeholder stays.
"""

from __future__ import annotations

import re

from ingest.text.secrets.rule import (
    KEY,
    PASSWORD,
    TOKEN,
    Rule,
    has_digit,
    is_random,
    is_stand_in,
    is_strong,
)

_BARE = r"[\"']?(?P<secret>[^\s\"'`<>\[\](){},;|]{8,256})"
_QUOTED = r"(?P<quote>[\"'])(?P<secret>[^\s\"'`<>\[\]]{8,256})(?P=quote)"


def _is_chosen(value: str) -> bool:
    """Return whether a value looks like a password or a token that someone has."""
    if is_stand_in(value) or re.match(r"[-/.~$%@]|\w+[.:]/", value):
        return False
    return (is_strong(value) and has_digit(value)) or is_random(value)


def _is_pair(pair: str) -> bool:
    return _is_chosen(pair.partition(":")[2])


RULES = (
    Rule(
        TOKEN,
        ("uthorization",),
        r"uthorization[\"']?\s{0,2}[:=]\s{0,2}[\"']?[Tt]oken (?P<secret>[\w.~+/-]{16,256}={0,2})",
        _is_chosen,
        anywhere=True,
    ),
    # Shells that set variables without a sign: cmd, fish, csh.
    Rule(
        KEY,
        ("setx ", "setenv ", "set -"),
        r"set(?:x|env| -[a-zA-Z]{1,3}) \w{0,60}"
        r"(?i:token|pass|password|passwd|pwd|secret|key) {1,4}" + _BARE,
        _is_chosen,
        anywhere=True,
    ),
    *(
        Rule(
            PASSWORD,
            (command,),
            rf"{command}\w{{0,9}}(?: [^\s|;&]{{1,100}}){{0,8}}?{flag}" + _BARE,
            _is_chosen,
            True,
        )
        for command, flag in (("sshpass", " -p ?"), ("docker login", " -p "), ("mysql", " -p"))
    ),
    # A line of .pgpass: host, port, database, user, password.
    Rule(
        PASSWORD,
        (":5432:", ":5433:", ":6432:"),
        r":(?:5432|5433|6432):[^\s:]{1,64}:[^\s:]{1,64}:(?P<secret>[^\s:\[\]]{8,128})(?=\s|$)",
        _is_chosen,
        anywhere=True,
    ),
    # Constants of WordPress and other PHP.
    Rule(
        KEY,
        ("define(",),
        r"define\(\s{0,4}[\"']\w{0,60}(?:PASSWORD|PASS|SECRET|TOKEN|KEY|SALT)[\"']\s{0,4},\s{0,24}"
        r"(?P<quote>[\"'])(?P<secret>[^\n\"'\[\]]{8,256})(?P=quote)",
        _is_chosen,
        anywhere=True,
    ),
    # `setPassword("…")`, `keyPassword "…"` of Gradle, `with password "…"` of a log.
    Rule(
        PASSWORD,
        ("assword(", "assword ", "SecureString "),
        rf"(?:assword[( ]|SecureString ){_QUOTED}",
        _is_chosen,
        anywhere=True,
    ),
    Rule(
        PASSWORD,
        ("psk=",),
        rf"psk={_QUOTED}",
        _is_chosen,
        anywhere=True,
    ),
    # rclone, mutt and others call it so.
    Rule(
        PASSWORD,
        ("pass = ", "pass="),
        r"(?m:^)[ \t]{0,8}(?:set )?\w{0,20}pass ?= ?" + _BARE,
        _is_chosen,
        anywhere=True,
    ),
    Rule(
        TOKEN,
        ("ookie: ",),
        r"ookie: (?:[^\n=;]{1,64}=[^\n;]{0,256}; ){0,8}[\w.-]{0,40}(?i:sess|sid|auth|token)"
        r"[\w.-]{0,20}=(?P<secret>[\w.~+/%-]{16,512})",
        is_random,
        anywhere=True,
    ),
    # Bundler names a host in a variable.
    Rule(
        PASSWORD,
        ("BUNDLE_",),
        r"BUNDLE_\w{1,100}[\"']?\s{0,2}[:=]\s{0,2}[\"']?"
        r"(?P<secret>[^\s\"':\[\]]{1,64}:[^\s\"'\[\]]{8,128})",
        _is_pair,
        anywhere=True,
    ),
    # A variable of Terraform says its name above its value.
    Rule(
        PASSWORD,
        ('variable "',),
        r'variable "\w{0,60}(?:password|passwd|secret|token|key)\w{0,20}"\s{0,4}\{[^}]{0,400}?'
        rf"\bdefault\s{{0,20}}=\s{{0,4}}{_QUOTED}",
        _is_chosen,
        anywhere=True,
    ),
)
