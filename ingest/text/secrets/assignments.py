"""Values that are given to names with password, secret, token or key: in code, settings and JSON.

The name alone says little (`token = next(tokens)`), so the value has to look like a secret as well:
a password has three kinds of characters, anything else has to look random.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from functools import cache

from ingest.text.secrets.rule import (
    KEY,
    PASSWORD,
    TOKEN,
    Secret,
    entropy,
    has_digit,
    is_random,
    is_scrambled,
    is_stand_in,
    is_strong,
)

_WHOSE_KEY = tuple(
    f"{word}{joint}"
    for word in (
        *("access", "account", "admin", "api", "app", "application", "auth", "client", "consumer"),
        *("encryption", "ingest", "license", "master", "private", "secret", "service", "shared"),
        *("signing", "subscription"),
    )
    for joint in ("", "_", "-")
)
_PASSWORDS = (
    *("adgangskode", "clave", "contrasenya", "contraseña", "geslo", "hasło", "heslo", "jelszó"),
    *("kata sandi", "kennwort", "kodeord", "lozinka", "lösenord", "mot de passe", "mật khẩu"),
    *("palavra-passe", "parola", "parolă", "passord", "passwort", "salasana", "senha"),
    *("wachtwoord", "şifre", "κωδικός", "лозинка", "пароль", "парола", "סיסמה", "رمز عبور"),
    *("كلمة المرور", "كلمة السر", "पासवर्ड", "รหัสผ่าน", "パスワード", "密码", "密碼", "口令"),
    *("비밀번호", "암호", "slaptažodis"),
)
"""What passwords are called in other languages than English."""
_ALONE = {
    "clave": r"(?:(?<![^\W_])(?<![^\W_]\s)"
    + "".join(rf"|(?<=\b{word} )" for word in ("la", "mi", "tu", "su", "una", "y", "con", "nueva"))
    + ")"
}
"""What comes before a word that has other meanings: not "autoclave", nor "palabras clave"."""
_KINDS = (
    *((word, PASSWORD, ()) for word in _PASSWORDS),
    ("password", PASSWORD, ()),
    ("passwd", PASSWORD, ()),
    ("passphrase", PASSWORD, ()),
    ("pwd", PASSWORD, ()),
    ("pass", PASSWORD, ("_", "-", '"', "'")),
    ("token", TOKEN, ()),
    ("pat", TOKEN, ("_", "-")),
    ("secret", KEY, ()),
    ("credential", KEY, ()),
    ("key", KEY, _WHOSE_KEY),
)
"""A word that a name ends with, what its value is, and what must come before the word."""

_WHICH = r"(?:[_-]?(?:[0-9]{1,2}|key|value|prod|dev|test|live|base|b64|base64|hex))?"
PARTICLES = "は是为為은는"
"""What says "is" behind a name in Japanese, Chinese and Korean."""
_IS = (
    r"\s{1,4}(?:is|ist|lautet|est|es|è|é|är|er|jest|je|это):?\s{1,4}"
    rf"|\s{{0,4}}[{PARTICLES}]\s{{0,4}}"
)
_SIGN = (
    r"[\"'`]?\]?(?:\s{0,8}:\s{0,2}&?[A-Za-z]\w{0,20}(?=\s{0,2}=))?"  # with a type
    r"(?:\s{0,8}(?::=|=>|={1,2}|:(?!:)|：)\s{0,8}|>|[\"']\s{0,2},?\s{0,2}value=|" + _IS + ")"
)
_VALUE = re.compile(
    _SIGN + r"(?:[rbfuRBFU]{0,2}(?P<quote>[\"'`])(?P<quoted>[^\s\"'`\[\]<>]{8,512})(?P=quote)"
    r"|(?P<bare>[^\s\"'`\[\]<>{}();,|\\]{8,512})(?=[\s;,<\\\"'`]|$))",
    re.ASCII,
)
_FLAG = re.compile(
    r"--[\w-]{0,20}(?:password|passwd|token|secret|api-key)[ =][\"']?"
    r"(?P<bare>[^\s\"'`\[\]<>{}();,|\\]{8,512})",
    re.ASCII,
)
_CODE = re.compile(
    r"[^=]*==[^=]|[a-z_$]\w*(?:(?:\.|::|->)[\w$]+)+\W*$|.*[({]|[./~@$%]|https?:|[a-z]:\\|.*\.\w{2,4}$",
    re.IGNORECASE | re.ASCII,
)
"""The beginning of an expression, a path, an address, a variable or the name of a file."""

_HEX_PARTS = re.compile(r"[0-9a-f]{8,32}(?:-[0-9a-f]{4,12}){2,4}", re.IGNORECASE)

_HASH = re.compile(r"(?:sha[0-9]|md5|hash|digest|checksum|commit|fingerprint)[^\n]*\Z")
"""Words before a hash, which may be of a secret but is not one."""

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def find_assignments(text: str) -> Iterator[Secret]:
    """The values of names that call them secrets."""
    lower = text.lower()
    if len(lower) != len(text):  # İ becomes two characters
        lower = text.translate(_LOWER)
    for word, kind, before in _KINDS:
        if word not in lower:
            continue
        for name in _name(word).finditer(lower):
            if before and not lower.endswith(before, 0, name.start()):
                continue
            found = _VALUE.match(text, name.end())
            secret = _secret(found, kind) if found else None
            said = lower[max(0, name.start() - 40) : name.start()]
            if secret is not None and not _HASH.search(said):
                yield secret
    if "--" in text:
        for found in _FLAG.finditer(text):
            secret = _secret(found, PASSWORD if "pass" in found[0] else TOKEN)
            if secret is not None:
                yield secret


@cache
def _name(word: str) -> re.Pattern[str]:
    """The end of a name in lower case, and what is before its value; compiled when it is needed."""
    before = _ALONE.get(word, "")
    return re.compile(rf"{before}{word}{_WHICH}(?=[\"'`\]\s:=>：{PARTICLES}])(?={_SIGN})", re.ASCII)


def _secret(found: re.Match[str], kind: str) -> Secret | None:
    group = "bare" if found["bare"] else "quoted"
    value = found[group].rstrip(".,:;&") if group == "bare" else found[group]
    if found[group].endswith(("..", "…")):  # what manuals show of a key
        return None
    accepts = _is_password if kind == PASSWORD else _is_random_value
    if len(value) < 8 or not accepts(value):
        return None
    start = found.start(group)
    return Secret(start, start + len(value), kind)


def _is_password(value: str) -> bool:
    if is_stand_in(value) or _CODE.match(value):
        return False
    return (is_strong(value) and (has_digit(value) or is_scrambled(value))) or is_random(value)


def _is_random_value(value: str) -> bool:
    if _HEX_PARTS.fullmatch(value):  # a UUID and the like
        return is_random(value.replace("-", ""))
    return (is_random(value) and not _CODE.match(value)) or _is_symbolic(value)


def _is_symbolic(value: str) -> bool:
    """Return whether it is long and of all kinds of characters in turn, as Django's SECRET_KEY
    is.
    """
    symbols = sum(character in "!@#$%^&*()-_=+" for character in value)
    return len(value) >= 40 and symbols >= 6 and has_digit(value) and entropy(value) >= 4.3
