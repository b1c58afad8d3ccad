"""Whether a library was last opened by this user on this machine, and what the user agreed to.

The proof is a secret in the user's own cache folder. A library holds only hashes made with it, so
one that was made elsewhere cannot claim to have been opened here.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from ingest.cache import private_cache
from ingest.records.facts import Facts

_NAME = "opener"
_BYTES = 32


def opened_here(facts: Facts) -> bool:
    """Return whether the last to open a library was this user on this machine."""
    mark = _mark("opened")
    return mark is not None and facts.opener == mark


def put_opener(facts: Facts) -> None:
    """Note that this user has opened a library on this machine."""
    facts.opener = _mark("opened")


def has_agreed(facts: Facts, address: str) -> bool:
    """Return whether this user has agreed that a library may connect to an address."""
    return _mark(f"address {address}") in facts.agreements


def put_agreement(facts: Facts, address: str) -> None:
    """Note that this user agrees to an address."""
    mark = _mark(f"address {address}")
    if mark is not None:
        facts.agreements = [*facts.agreements, mark]


def _mark(text: str) -> str | None:
    """Return a hash that no one else can make; None without a folder for the secret."""
    secret = _secret()
    return hmac.new(secret, text.encode(), "sha256").hexdigest() if secret else None


def _secret() -> bytes:
    """Return the user's secret, which is made once; empty where it cannot be kept."""
    folder = private_cache()
    if folder is None:
        return b""
    path = folder / _NAME
    with contextlib.suppress(OSError):
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
        return secret if len(secret) == _BYTES else b""
    return b""


def _make(path: Path) -> None:
    """Write the secret whole, unless another process has done so meanwhile."""
    number, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
