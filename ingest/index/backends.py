"""Whether an index can be trusted: a folder by its seal, a server by what it says it holds.

Chroma checks nothing that it reads, and crashes on half of it. So a folder is sealed when a write
has ended (`seal.py`), and what is not as it was sealed was left by a killed process, or damaged. A
graph that Chroma has written out is then not even opened; all else is SQLite's, and is examined
first, in a child process (`examination.py`). A server looks after its own files; what it may have
lost is seen from its counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ingest.document import KINDS
from ingest.errors import IndexDamaged
from ingest.index.chroma import Folder
from ingest.index.chroma_server import Address, Server
from ingest.index.seal import Seal, changed_graphs, put_back_times, take_seal
from ingest.index.vectors import Vectors
from ingest.index.verification import examine, problems
from ingest.records.database import Database
from ingest.records.home import identity
from ingest.records.models import all_models
from ingest.text.amounts import counted

_TOLD = (
    "SELECT (SELECT count(*) FROM chunks WHERE collection_id = ?1 AND kind = ?2) -"
    " (SELECT count(*) FROM pending WHERE collection_id = ?1 AND kind = ?2"
    " AND model_id = ?3 AND action = 'add')"
)


class Keeping(Protocol):
    """Where the index is kept, and what is known of it. The writer's lock is held."""

    vectors: Vectors
    place: str
    """Where it is, as SQLite remembers it; "" is the library's own folder."""
    moved: str
    """What an index that was kept somewhere else is, in words that go on after "the index"."""

    def problem(self, generation: int) -> str:
        """Why it cannot be trusted, in words that go on after "the index"; "" if it can."""

    def opened(self, generation: int) -> None:
        """It can be trusted, and was opened."""

    def seal(self, generation: int) -> None:
        """Nothing more is written to it for now."""

    def findings(self, generation: int, *, quick: bool) -> list[str]:
        """All that is wrong with it, record by record unless it is to be `quick`; it is closed."""

    def clear(self) -> None:
        """Leave nothing of it."""


class InFolder:
    """The index in the folder of the library."""

    place = ""
    moved = "was kept on a Chroma server until now, which keeps what it has"

    def __init__(self, home: Path, database: Database) -> None:
        self._home = home
        self._database = database
        self._folder = Folder(home / "chroma")
        self.vectors = Vectors(self._folder)

    def problem(self, generation: int) -> str:
        """By its looks first; where those say nothing, from an examination."""
        found = self._by_looks(generation)
        if found or self._sealed() == self._found(generation):
            return found
        return "; ".join(examine(self._home))

    def opened(self, generation: int) -> None:
        """Opening it has written to its files."""
        sealed = self._sealed()
        if sealed.generation == generation:
            put_back_times(self._folder.path, sealed)
        if sealed != self._found(generation):
            self.seal(generation)

    def seal(self, generation: int) -> None:
        """Remember what its files look like."""
        self._database.put_fact("seal", self._found(generation).dumps())

    def findings(self, generation: int, *, quick: bool) -> list[str]:
        """From an examination in a child process; the quick one trusts files that are as sealed."""
        looks = self._by_looks(generation)
        if looks or (quick and self._sealed() == self._found(generation)):
            return [looks] if looks else []
        found = examine(self._home)
        if not found:
            self.seal(generation)
        return found

    def clear(self) -> None:
        """It is not opened before, since it may be what cannot be opened."""
        self.vectors.erase()

    def _by_looks(self, generation: int) -> str:
        """What is wrong with the index that shows without opening it; "" for nothing."""
        if not self._folder.exists:
            return "is missing"
        sealed = self._sealed()
        changed = changed_graphs(sealed, self._found(generation))
        if not changed:
            return ""
        if sealed.generation != generation:
            return "was left unfinished"
        return f"is not as it was left ({changed[0].rpartition('/')[2]})"

    def _sealed(self) -> Seal:
        return Seal.loads(self._database.fact("seal"))

    def _found(self, generation: int) -> Seal:
        return take_seal(self._folder.path, generation)


class OnServer:
    """The index on a Chroma server. Raises StoreError where that does not answer."""

    moved = "was not kept on this Chroma server until now"
    """Where the folder was copied, it is the copy that is told everything, in a part of its own."""

    def __init__(self, home: Path, database: Database, address: Address) -> None:
        self._database = database
        self._left = Folder(home / "chroma")
        self.place = str(address)
        self.vectors = Vectors(Server(address, _library(home, database)))

    def problem(self, generation: int) -> str:  # noqa: ARG002 - a server keeps no seal
        """Fewer records than it was told of, or collections that somebody else has made."""
        try:
            self.vectors.open()
            return next(self._lacking(), "")
        except IndexDamaged as error:
            return error.reason

    def opened(self, generation: int) -> None:
        """Nothing has changed by that."""

    def seal(self, generation: int) -> None:
        """A server looks after its own files."""

    def findings(self, generation: int, *, quick: bool) -> list[str]:  # noqa: ARG002
        """Every record, read from the server; the quick one compares how many there are."""
        try:
            self.vectors.open()
            return list(self._lacking() if quick else problems(self._database, self.vectors))
        except IndexDamaged as error:
            return [error.reason]

    def clear(self) -> None:
        """The folder goes, too: nobody would take out of it what is forgotten from now on."""
        self.vectors.erase()
        self._left.erase()

    def _lacking(self) -> Iterator[str]:
        for row in self._database.rows("SELECT id, name FROM collections ORDER BY id"):
            for kind in KINDS:
                for model in all_models(self._database):
                    told = self._database.scalar(_TOLD, (row["id"], kind, model.id))
                    lost = told - self.vectors.count(model.index_name(row["name"], kind))
                    if lost > 0:
                        yield f"lacks {lost:,} of {counted(told, 'record')} of {row['name']}"


def keeping(home: Path, database: Database, address: Address | None) -> Keeping:
    """Where the index of a library is kept."""
    return OnServer(home, database, address) if address else InFolder(home, database)


def _library(home: Path, database: Database) -> str:
    """Return the name of the library on servers: 8 hex digits, for as long as its folder is the
    same. A copy gets a name of its own, and tells the server everything again: two libraries of one
    name would undo each other's deletions.
    """
    here = identity(home)
    name, place = database.fact("library"), database.fact("library_at")
    if name and place == here:
        return name
    with database.transaction():
        if not name or place:  # a version before 4 did not write down its place
            name = secrets.token_hex(4)
            database.put_fact("library", name)
            database.put_fact("index_at", "")
        database.put_fact("library_at", here)
    return name
