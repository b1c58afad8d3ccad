"""Files as bytes: their sha256, and writing a small one whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
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


def write_whole(path: Path, text: str) -> None:
    """Write a file that its owner alone may read; whole, also beside other writers and when killed.

    The folder must exist. Raises OSError.
    """
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
