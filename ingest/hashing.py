"""The sha256 of a file, and of bytes that are in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

BLOCK = 1 << 20


def sha256(path: Path) -> str:
    """Return 64 hex digits over the bytes of a file, read block by block. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sha256_of(raw: bytes) -> str:
    """Return the same over bytes."""
    return hashlib.sha256(raw).hexdigest()
