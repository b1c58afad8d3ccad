"""What is left of something forgotten in the files of a library: words, and vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ENOUGH = 16
"""Numbers of a vector by which it is known."""
ROUNDED = 5e-5
"""What Chroma's scaling to unit length may change of a number."""


def remains(home: Path, words: Iterable[str], vectors: Iterable[bytes]) -> list[str]:
    """The files that hold one of the words, in any case, as UTF-8 or UTF-16, or of the vectors."""
    wanted = [part for word in words for part in (word.encode(), word.encode("utf-16-le"))]
    known = [np.frombuffer(vector, np.float16)[:ENOUGH] for vector in vectors]
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        lower = data.lower()
        found += [f"{path.name}: {part!r}" for part in wanted if part.lower() in lower]
        found += [f"{path.name}: vector" for vector in known if _holds(data, vector)]
    return found


def _holds(data: bytes, vector: NDArray[np.float16]) -> bool:
    """Whether a file has a vector: as SQLite stores it, or scaled and in 32 bits as Chroma does."""
    parts = [data[shift:] for shift in range(4)] if len(data) >= ENOUGH * 4 else []
    return vector.tobytes() in data or any(
        _near(np.frombuffer(part[: len(part) // 4 * 4], np.float32), vector) for part in parts
    )


def _near(numbers: NDArray[np.float32], vector: NDArray[np.float16]) -> bool:
    with np.errstate(invalid="ignore", over="ignore"):
        begins = np.flatnonzero(np.abs(numbers - vector[0]) < ROUNDED)
        parts = (numbers[n : n + ENOUGH] for n in begins if n + ENOUGH <= len(numbers))
        return any(bool((np.abs(part - vector) < ROUNDED).all()) for part in parts)


def vectors_of(home: Path, word: str) -> list[bytes]:
    """The vectors of the chunks in which a word is, as they are stored."""
    with closing(sqlite3.connect(f"file:{home}/ragchat.db?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT v.vector FROM chunks c JOIN vectors v ON v.hash = c.hash"
            " WHERE c.text LIKE ? OR c.context LIKE ?",
            (f"%{word}%", f"%{word}%"),
        )
        return [row[0] for row in rows]
