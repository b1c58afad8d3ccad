"""Secrets that open nothing, put together here so that no scanner takes them for real ones."""

from __future__ import annotations

import base64
import json
import random
import re
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
"""Secrets by their kind, recognized wherever they appear."""

AWS_SECRET = _key(40)
_PASSWORD = "t1de-Turns!At"
_PAIR = base64.b64encode(f"ann:{_PASSWORD}".encode()).decode()
_TOKEN = _key(36)
_HEX = "a7" + "".join(_CHANCE.choices("0123456789abcdef", k=38))
_UUID = "-".join(_HEX[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
_DJANGO = "".join(_CHANCE.choices("abcdefghij0123456789!@#$%^&*(-_=+)", k=50))
_NUMBER = base64.b64encode(bytes(range(100, 132))).decode()
_ARMOUR = base64.b64encode(armoured("PRIVATE KEY").encode()).decode()
_URL_SAFE = string.ascii_letters + string.digits + "-_"
IN_CONTEXT = {
    f'"aws_secret_access_key": "{AWS_SECRET}"': ("AWS secret key", AWS_SECRET),
    f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}": ("AWS secret key", AWS_SECRET),
    f"{PLANTED['AWS access key id']},{AWS_SECRET}": ("AWS secret key", AWS_SECRET),
    "AccountName=a;AccountKey=" + _key(86) + "==;": ("Azure key", "AccountKey="),
    "postgres://ann:t1desTurn@db.example:5432/sea": ("password", "ann:t1desTurn"),
    "Server=db;User Id=ann;Password=t1desTurn;": ("password", "Password=t1desTurn"),
    f"Authorization: Bearer {_TOKEN}": ("token", _TOKEN),
    f'{{"Authorization": "Basic {_PAIR}"}}': ("password", _PAIR),
    f'{{"auths": {{"https://sea.example": {{"auth": "{_PAIR}"}}}}}}': ("password", _PAIR),
    f"curl -X POST -u ann:{_PASSWORD} https://sea.example": ("password", _PASSWORD),
    f"machine sea.example\n  login ann\n  password {_PASSWORD}\n": ("password", _PASSWORD),
    f"users:\n- user:\n    token: {_TOKEN}": ("token", _TOKEN),
    f"    client-key-data: {_ARMOUR}": ("private key", _ARMOUR[:80]),
    f"Private-Lines: 2\n{_key(64)}\n{_NUMBER}\nPrivate-MAC: {_HEX}": ("private key", _NUMBER),
    f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{_NUMBER}\n---- END SSH2 "
    "ENCRYPTED PRIVATE KEY ----": ("private key", _NUMBER),
    f"[Interface]\nPrivateKey = {_NUMBER}": ("private key", _NUMBER),
    f'{{"kty": "RSA", "n": "x", "d": "{_TOKEN}"}}': ("private key", _TOKEN),
    f"<RSAKeyValue><D>{_NUMBER}</D></RSAKeyValue>": ("private key", _NUMBER),
    f"jdbc:postgresql://sea.example/tide?user=ann&password={_PASSWORD}": ("password", _PASSWORD),
    f"git clone https://{_TOKEN}@sea.example/tide.git": ("token", _TOKEN),
    "redis://:k7X!@cache.sea.example:6379": ("key", "k7X!"),
    f"export DB_PASSWORD={_PASSWORD}": ("password", _PASSWORD),
    f'password: "{_PASSWORD}"': ("password", _PASSWORD),
    f"const dbPassword: string = '{_PASSWORD}';": ("password", _PASSWORD),
    f'{{"smtp": {{"password": "{_PASSWORD}"}}}}': ("password", _PASSWORD),
    f"<password>{_PASSWORD}</password>": ("password", _PASSWORD),
    f"./deploy --password {_PASSWORD} now": ("password", _PASSWORD),
    f"The password is {_PASSWORD}.": ("password", _PASSWORD),
    f'client_secret = "{_TOKEN}"': ("key", _TOKEN),
    f"MISTRAL_API_KEY={_TOKEN}": ("key", _TOKEN),
    f"SNYK_TOKEN={_UUID}": ("token", _UUID),
    f"DD_APPLICATION_KEY: {_HEX}": ("key", _HEX),
    f'curl -H "X-Api-Key: {_TOKEN}" https://sea.example': ("key", _TOKEN),
    f'run("TIDE_TOKEN={_TOKEN}")': ("token", _TOKEN),
    f"SECRET_KEY = '{_DJANGO}'": ("key", _DJANGO),
    f"https://sea.azurewebsites.net/api/tide?code={_key(54)}==": ("Azure key", "code=aB3"),
    _HEX[:32] + "FFFFNRAL": ("New Relic key", "NRAL"),
    f'os.environ["GITEA_TOKEN"] = "{_HEX}"': ("token", _HEX),
    "https://sea.blob.example/a?sv=1&sig=" + _key(43) + "%3D": ("Azure signature", "sig=aB3"),
    _key(3) + "8Q~" + _key(34): ("Azure secret", "8Q~"),
    _key(52) + "JQQJ99" + _key(26): ("Azure key", "JQQJ99"),
    "5012345678:AA" + _key(33, _URL_SAFE): ("Telegram token", ":AA"),
    "otpauth://totp/sea?secret=JBSWY3DPEHPK3PXP": ("key", "JBSWY3DPEHPK3PXP"),
    "https://hooks.slack.com/triggers/" + "T0123/123/" + _key(24): ("Slack webhook", "T0123"),
    "xo" + "xd-" + _key(30) + "%2B" + _key(30) + "%3D": ("Slack token", "%2B"),
    "sk-" + "kimi-" + _key(40): ("key", "kimi-"),
    "nk" + "-" + _key(43): ("Nomic key", "aB3"),
    "ak" + "_" + _key(20): ("Composio key", "aB3"),
    "o" + "." + _key(32): ("Pushbullet token", "aB3"),
    _HEX[:10] + "msh" + _HEX[:15] + "p1" + _HEX[:6] + "jsn" + _HEX[:12]: ("RapidAPI key", "msh"),
    "https://tide.g.alchemy.com/v2/" + _key(32): ("key", "aB3"),
    f"curl -H 'Authorization: token {_TOKEN}' https://sea.example": ("token", _TOKEN),
    f"setx TIDE_TOKEN {_TOKEN}": ("key", _TOKEN),
    f'set -gx TIDE_SECRET "{_TOKEN}"': ("key", _TOKEN),
    f"setenv DB_PASSWORD {_PASSWORD}": ("key", _PASSWORD),
    f"sshpass -p '{_PASSWORD}' ssh ann@sea.example": ("password", _PASSWORD),
    f"docker login -u ann -p {_PASSWORD} sea.example": ("password", _PASSWORD),
    f"mysqldump --single-transaction -u ann -p{_PASSWORD} tide": ("password", _PASSWORD),
    f"sea.example:5432:tide:ann:{_PASSWORD}\n": ("password", _PASSWORD),
    f"define( 'DB_PASSWORD', '{_PASSWORD}' );": ("key", _PASSWORD),
    f'source.setPassword("{_PASSWORD}");': ("password", _PASSWORD),
    f'    keyPassword "{_PASSWORD}"': ("password", _PASSWORD),
    f'ConvertTo-SecureString "{_PASSWORD}" -AsPlainText -Force': ("password", _PASSWORD),
    f'network={{ ssid="sea" psk="{_PASSWORD}" }}': ("password", _PASSWORD),
    f"[sea]\ntype = webdav\npass = {_PASSWORD}": ("password", _PASSWORD),
    f"Cookie: theme=dark; sessionid={_TOKEN}; a=b": ("token", _TOKEN),
    f"BUNDLE_GEMS__SEA__EXAMPLE: ann:{_PASSWORD}": ("password", _PASSWORD),
    f'variable "db_password" {{\n  type = string\n  default = "{_PASSWORD}"\n}}': (
        "password",
        _PASSWORD,
    ),
    "https://hooks.slack.com/services/" + "T0123/B0123/" + _key(24): ("Slack webhook", "T0123"),
}
"""Secrets recognized by the text around them: a text, the kind, and a part that is masked."""


_PIECE = re.compile(
    r"(?P<group>\(\?:(?P<choices>(?:[^()]|\([^()]*\))*)\))|(?P<set>\[[^\]]+\]|\\[wd])|\\?(?P<letter>.)"
)
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}|\?")


def vendor_key(form: str) -> str:
    """A key of a form in the table of vendors: all but one in a hundred have a digit."""
    return next(key for key in iter(lambda: example_of(form), None) if re.search("[0-9]", key))


def example_of(form: str) -> str:
    """A text of such a form; of each count the least, of `?` one."""
    form, example = form.replace(r"(?![\w-])", ""), ""
    while form:
        piece = _PIECE.match(form)
        assert piece is not None
        form = form[piece.end() :]
        count = _COUNT.match(form)
        form = form[count.end() :] if count else form
        for _ in range(int(count[1] or 1) if count else 1):
            example += _one(piece)
    return example


def _one(piece: re.Match[str]) -> str:
    if piece["group"]:
        return example_of(piece["choices"].split("|")[0])
    if piece["set"]:
        letters = re.compile(piece["set"], re.ASCII)
        usual = [letter for letter in string.ascii_letters + string.digits if letters.match(letter)]
        return _CHANCE.choice(usual)
    return piece["letter"]
