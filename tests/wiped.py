"""What is left of something forgotten in the files of a library: words, and vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

ENOUGH = 64
"""Bytes of a vector by which it is known: 16 of its numbers."""


def remains(home: Path, words: Iterable[str], vectors: Iterable[bytes]) -> list[str]:
    """The files that hold one of the words, in any case, as UTF-8 or UTF-16, or of the vectors."""
    wanted = [part for word in words for part in (word.encode(), word.encode("utf-16-le"))]
    known = [vector[:ENOUGH] for vector in vectors]
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        lower = data.lower()
        found += [f"{path.name}: {part!r}" for part in wanted if part.lower() in lower]
        found += [f"{path.name}: vector" for vector in known if vector in data]
    return found


def vectors_of(home: Path, word: str) -> list[bytes]:
    """The vectors of the chunks in which a word is, as they are stored."""
    with closing(sqlite3.connect(f"file:{home}/ragchat.db?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT v.vector FROM chunks c JOIN vectors v ON v.hash = c.hash"
            " WHERE c.text LIKE ? OR c.context LIKE ?",
            (f"%{word}%", f"%{word}%"),
        )
        return [row[0] for row in rows]
