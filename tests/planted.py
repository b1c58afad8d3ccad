"""Secrets that open nothing, put together here so that no scanner takes them for real ones."""

from __future__ import annotations

import base64
import json
import random
import string

_CHANCE = random.Random(7)  # noqa: S311 - the same keys in every run


def _key(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "aB3" + "".join(_CHANCE.choices(alphabet, k=length - 3))


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def armoured(name: str, lines: int = 6, end: bool = True) -> str:
    """A private key as PEM has it; without its last line if it is to break off."""
    body = "\n".join(_key(64) for _ in range(lines))
    last = f"\n-----END {name}-----" if end else ""
    return f"-----BEGIN {name}-----\n{body}{last}"


_UPPER = string.ascii_uppercase + "234567"

PLANTED = {
    "Anthropic key": "sk-" + "ant-api03-" + _key(93) + "AA",
    "OpenRouter key": "sk-" + "or-v1-" + _key(64),
    "OpenAI key": "sk-" + "proj-" + _key(48),
    "AWS access key id": "AK" + "IA" + _key(19, _UPPER)[3:],
    "AWS session token": "IQoJb3" + "JpZ2lu" + _key(120),
    "GitHub token": "gh" + "p_" + _key(36),
    "GitLab token": "gl" + "pat-" + _key(20),
    "Slack token": "xo" + "xb-123456789012-" + _key(24),
    "Google key": "AI" + "za" + _key(35),
    "Google token": "ya" + "29." + _key(60),
    "Stripe key": "sk" + "_live_" + _key(24),
    "Hugging Face token": "h" + "f_" + _key(34),
    "npm token": "np" + "m_" + _key(36),
    "PyPI token": "py" + "pi-AgE" + _key(60),
    "JWT": f"{_part({'alg': 'HS256'})}.{_part({'sub': '1', 'name': 'Ann'})}.{_key(43)}",
    "private key": armoured("RSA " + "PRIVATE KEY"),
}
"""A secret by its kind: those that are known wherever they stand."""

AWS_SECRET = _key(40)
IN_CONTEXT = {
    f'"aws_secret_access_key": "{AWS_SECRET}"': ("AWS secret key", AWS_SECRET),
    f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}": ("AWS secret key", AWS_SECRET),
    f"{PLANTED['AWS access key id']},{AWS_SECRET}": ("AWS secret key", AWS_SECRET),
    "AccountName=a;AccountKey=" + _key(86) + "==;": ("Azure key", "AccountKey="),
    "postgres://ann:t1desTurn@db.example:5432/sea": ("password", "ann:t1desTurn"),
    "Server=db;User Id=ann;Password=t1desTurn;": ("password", "Password=t1desTurn"),
    "https://hooks.slack.com/services/" + "T0123/B0123/" + _key(24): ("Slack webhook", "T0123"),
}
"""What is a secret by what stands around it: a text, then the kind and something that goes."""
