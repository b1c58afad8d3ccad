"""What is still to be wiped of things that were forgotten, written down with the deletion itself:
the next process to open the library can finish the work. Hashes and lengths, never words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.records.database import Database

What = Literal["words", "file", "index", "typed"]
"""The words in the full-text index and the log of `ragchat.db`; free space in its pages; vectors in
the files of the index; lines in the history of what was typed.
"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that must not stay anywhere: its length in characters and its sha256."""

    length: int
    hash: bytes

    @classmethod
    def of(cls, text: str) -> Phrase:
        """The phrase of a text, however its words are spaced."""
        plain = " ".join(text.split())
        return cls(len(plain), hashlib.sha256(plain.encode("utf-8", "replace")).digest())


@dataclass(frozen=True, slots=True)
class Owed:
    """What is still to be wiped, and since when (seconds since the epoch)."""

    what: tuple[What, ...] = ()
    typed: tuple[Phrase, ...] = ()
    since: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.what)


def owe(database: Database, what: Iterable[What], now: float, typed: Sequence[Phrase] = ()) -> None:
    """Write down what is to be wiped, in the transaction that deletes."""
    database.execute_many(
        "INSERT OR IGNORE INTO owed (what, since) VALUES (?, ?)", [(name, now) for name in what]
    )
    database.execute_many(
        "INSERT OR IGNORE INTO owed (what, hash, length, since) VALUES ('typed', ?, ?, ?)",
        [(phrase.hash, phrase.length, now) for phrase in typed],
    )


def owed(database: Database) -> Owed:
    """What is still to be wiped."""
    rows = database.rows("SELECT what, hash, length, since FROM owed ORDER BY what")
    return Owed(
        what=tuple(dict.fromkeys(row["what"] for row in rows)),
        typed=tuple(Phrase(row["length"], row["hash"]) for row in rows if row["what"] == "typed"),
        since=min((row["since"] for row in rows), default=0.0),
    )


def settle_owed(database: Database, what: What) -> None:
    """Strike out what has been wiped."""
    database.execute("DELETE FROM owed WHERE what = ?", (what,))
