"""Private keys: in ASCII armour, of PuTTY, in base64, in JSON (JWK) and in XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.text.secrets.rule import PRIVATE_KEY, Rule, Secret, decoded

LONGEST = 65_536
"""Characters: an armoured PGP key with many subkeys has some ten thousand."""

# What was masked already is a border, too: else a second masking would find more than the first.
_BEGIN = re.compile(
    r"(?P<begin>-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
    r"|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----)|\[private key\]"
)
_END = re.compile(r"-----END [A-Z0-9 ]{0,80}-----|-----END |---- END [A-Z0-9 ]{0,80} ----")
_BODY = re.compile(r"[A-Za-z0-9+/=]{16,}")
_BODY_LINES = re.compile(
    r"(?:[\s\"'>#\\,|*]*[A-Za-z0-9+/=]{16,})+(?:[\s\"'>#\\,|*]*[A-Za-z0-9+/]+={1,2})?"
)


def find_private_keys(text: str, words: str) -> Iterator[Secret]:
    """The private keys of a text, whose `long_words` these are, in every form that is known."""
    if "PRIVATE KEY" in text:
        yield from _armoured(text)
    for rule in _RULES:
        yield from rule.find(text, words)


def _armoured(text: str) -> Iterator[Secret]:
    """Keys in ASCII armour (RFC 7468, 9580, 4716); a truncated one up to its end."""
    borders = list(_BEGIN.finditer(text))
    limits = [*(border.start() for border in borders), len(text)][1:]
    for border, limit in zip(borders, limits, strict=True):
        end = _key_end(text, border.end(), limit) if border["begin"] else None
        if end is not None:
            yield Secret(border.start(), end, PRIVATE_KEY)


def _key_end(text: str, start: int, limit: int) -> int | None:
    """Return where the key ends whose first line ends at `start`; None for a line without a key."""
    limit = min(limit, start + LONGEST)
    end = _END.search(text, start, limit)
    if end is not None:
        return end.end() if _BODY.search(text, start, end.start()) else None
    lines = _BODY_LINES.match(text, start, limit)
    return lines.end() if lines is not None else None


def _is_armoured(base64_text: str) -> bool:
    return b"PRIVATE KEY" in decoded(base64_text[:200])


_RULES = (
    # PuTTY: the public half and the checksum stay.
    Rule(
        PRIVATE_KEY,
        ("Private-Lines: ",),
        r"Private-Lines: \d{1,4}\s{1,4}(?P<secret>[A-Za-z0-9+/=]{4,80}"
        r"(?:\s{1,8}[A-Za-z0-9+/=]{4,80}(?![\w-])){0,200})",
        anywhere=True,
    ),
    # A key file as kubeconfig and CI variables hold it, in base64 of its armour.
    Rule(
        PRIVATE_KEY,
        ("LS0tLS1CRUdJTi",),
        r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}",
        _is_armoured,
    ),
    Rule(
        PRIVATE_KEY,
        ("PrivateKey", "PresharedKey"),
        r"P(?:rivate|reshared)Key\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)",
        anywhere=True,
    ),
    # RFC 7517: a private number of a key, or the symmetric key itself.
    Rule(
        PRIVATE_KEY,
        ('"kty"',),
        r'"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"(?P<secret>[\w-]{22,})"',
        anywhere=True,
    ),
    Rule(
        PRIVATE_KEY,
        ("<RSAKeyValue>",),
        r"<(?:D|P|Q|DP|DQ|InverseQ)>(?P<secret>[A-Za-z0-9+/=\s]{20,2000})</",
        anywhere=True,
    ),
)
