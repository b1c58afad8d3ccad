"""Work that a deletion leaves: files that still hold the deleted data. It is written down in the
transaction of the deletion, so that any later process can finish it. Hashes and lengths, no words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.records.database import Database

REMADE_AT_ONCE = 3_000
"""Records of an index that is made again at once: about 1.1 s for each thousand."""
REWRITTEN_AT_ONCE = 64_000_000
"""Bytes of a `ragchat.db` that is rewritten at once: about 1 s of work for each 100 MB."""

What = Literal["words", "file", "index", "typed"]
"""Where deleted data may still be: in the full-text index and the log of `ragchat.db`; in free
space of its pages; as vectors in the files of the index; as lines of the typed history.
"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that must not stay anywhere, by its length in characters and its sha256."""

    length: int
    hash: bytes

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Return the phrase of a text; runs of spaces count as one."""
        plain = " ".join(text.split())
        return cls(len(plain), hashlib.sha256(plain.encode("utf-8", "replace")).digest())


@dataclass(frozen=True, slots=True)
class Owed:
    """The work that is left, and since when (seconds since the epoch)."""

    what: tuple[What, ...] = ()
    typed: tuple[Phrase, ...] = ()
    since: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.what)


def owe(database: Database, what: Iterable[What], now: float, typed: Sequence[Phrase] = ()) -> None:
    """Write down work, in the transaction that deletes."""
    database.execute_many(
        "INSERT OR IGNORE INTO owed (what, since) VALUES (?, ?)", [(name, now) for name in what]
    )
    database.execute_many(
        "INSERT OR IGNORE INTO owed (what, hash, length, since) VALUES ('typed', ?, ?, ?)",
        [(phrase.hash, phrase.length, now) for phrase in typed],
    )


def owed(database: Database) -> Owed:
    """Return the work that is left."""
    rows = database.rows("SELECT what, hash, length, since FROM owed ORDER BY what")
    return Owed(
        what=tuple(dict.fromkeys(row["what"] for row in rows)),
        typed=tuple(Phrase(row["length"], row["hash"]) for row in rows if row["what"] == "typed"),
        since=min((row["since"] for row in rows), default=0.0),
    )


def settle_owed(database: Database, what: What) -> None:
    """Note that work is done."""
    database.execute("DELETE FROM owed WHERE what = ?", (what,))
