"""Where the index is stored, a local folder or a Chroma server, and whether it can be trusted.

Chroma does not check the files that it reads, and crashes on many damaged ones. So a folder is
sealed at the end of each write (`seal.py`). Files that differ from their seal were left by a killed
process, or are damaged:

- A graph that differs is never opened; the index is rebuilt.
- Where only SQLite's files differ, a child process verifies the index first (`verification.py`).

A server looks after its own files; records that it has lost show in its counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingest.errors import IndexDamaged
from ingest.index.chroma import Folder
from ingest.index.seal import Seal, changed_graphs, restore_times, take_seal
from ingest.index.vectors import Vectors
from ingest.records.database import Database
from ingest.records.facts import Facts, Identity
from ingest.records.home import identity
from ingest.records.index_parts import all_parts
from ingest.records.indexed import count_indexed
from ingest.text.amounts import counted

if TYPE_CHECKING:
    from ingest.index.chroma_server import Address


class Backend(Protocol):
    """Where the index is stored, and its state. Callers hold the writer's lock.

    A problem is a phrase that follows "the index".
    """

    vectors: Vectors
    place: str
    """The address of the server, as SQLite remembers it; "" for the library's own folder."""
    moved: str
    """The problem of an index that was stored somewhere else before."""

    def problem(self, generation: int) -> str:
        """Return why the index cannot be trusted, or "" if it can."""

    def unchanged(self, generation: int) -> bool:
        """Return whether the index can be trusted without opening or reading it."""

    def opened(self, generation: int) -> None:
        """Note that a trusted index was opened."""

    def seal(self, generation: int) -> None:
        """Note that a write has ended."""

    def findings(self, generation: int, *, quick: bool) -> list[str]:
        """Return every problem of a closed index; with `quick`, without reading its records."""

    def clear(self) -> None:
        """Delete the index and its files."""


class LocalBackend:
    """The index in the folder of the library."""

    place = ""
    moved = "was on a Chroma server until now, which keeps its copy"

    def __init__(self, home: Path, database: Database) -> None:
        self._home = home
        self._facts = Facts(database)
        self._folder = Folder(home / "chroma")
        self.vectors = Vectors(self._folder)

    def problem(self, generation: int) -> str:
        """Compare the files with their seal; verify the index where only SQLite's files differ."""
        problem = self._visible_problem(generation)
        if problem or self._sealed() == self._found(generation):
            return problem
        return "; ".join(self._verify())

    def unchanged(self, generation: int) -> bool:
        """Compare the files with their seal."""
        return self._folder.exists and self._sealed() == self._found(generation)

    def opened(self, generation: int) -> None:
        """Seal the files again where opening the index has changed them."""
        sealed = self._sealed()
        if sealed.generation == generation:
            restore_times(self._folder.path, sealed)
        if sealed != self._found(generation):
            self.seal(generation)

    def seal(self, generation: int) -> None:
        """Store the sizes and times of the files."""
        self._facts.seal = self._found(generation).dumps()

    def findings(self, generation: int, *, quick: bool) -> list[str]:
        """Verify the index in a child process; with `quick`, trust files that match their seal."""
        problem = self._visible_problem(generation)
        if problem or (quick and self._sealed() == self._found(generation)):
            return [problem] if problem else []
        problems = self._verify()
        if not problems:
            self.seal(generation)
        return problems

    def _verify(self) -> list[str]:
        # Imported where it is needed: a search in a new process seldom verifies.
        from ingest.index.verification import verify

        return verify(self._home)

    def clear(self) -> None:
        """Delete the folder without opening the index, which may crash on opening."""
        self.vectors.erase()

    def _visible_problem(self, generation: int) -> str:
        """Return a problem that shows without opening the index, or ""."""
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
        return Seal.loads(self._facts.seal)

    def _found(self, generation: int) -> Seal:
        return take_seal(self._folder.path, generation)


class ServerBackend:
    """The index on a Chroma server. Raises StoreError where the server does not answer."""

    moved = "was not on this Chroma server until now"
    """A copied library has this problem, too: it fills a part of the server of its own."""

    def __init__(self, home: Path, database: Database, address: Address) -> None:
        from ingest.index.chroma_server import Server

        self._database = database
        self._former = Folder(home / "chroma")
        self.place = str(address)
        self.vectors = Vectors(Server(address, _library(home, database)))

    def problem(self, generation: int) -> str:  # noqa: ARG002 - a server keeps no seal
        """Compare the counts; a collection that another program made is a problem, too."""
        try:
            self.vectors.open()
            return next(self._missing(), "")
        except IndexDamaged as error:
            return error.reason

    def unchanged(self, generation: int) -> bool:  # noqa: ARG002
        """Return False: only its counts show what a server has lost."""
        return False

    def opened(self, generation: int) -> None:
        """Do nothing: a server keeps no seal."""

    def seal(self, generation: int) -> None:
        """Do nothing: a server looks after its own files."""

    def findings(self, generation: int, *, quick: bool) -> list[str]:  # noqa: ARG002
        """Read every record from the server; with `quick`, compare counts alone."""
        from ingest.index.verification import problems

        try:
            self.vectors.open()
            return list(self._missing() if quick else problems(self._database, self.vectors))
        except IndexDamaged as error:
            return [error.reason]

    def clear(self) -> None:
        """Delete a former local index, too: nothing forgotten from now on would leave it."""
        self.vectors.erase()
        self._former.erase()

    def _missing(self) -> Iterator[str]:
        for part in all_parts(self._database):
            expected = count_indexed(self._database, part)
            lost = expected - self.vectors.count(part.index_name)
            if lost > 0:
                yield f"lacks {lost:,} of {counted(expected, 'record')} of {part.name}"


def choose_backend(home: Path, database: Database, address: Address | None) -> Backend:
    """Return the backend of a library: a server if there is an address."""
    return ServerBackend(home, database, address) if address else LocalBackend(home, database)


def _library(home: Path, database: Database) -> str:
    """Return the name of the library on servers: 8 hex digits.

    It stays as long as the folder does. A copy of the folder gets another name and sends all its
    records again: two libraries of one name would undo each other's deletions.
    """
    here = identity(home)
    facts = Facts(database)
    known = facts.identity
    if known and known.folder == here:
        return known.name
    with database.transaction():
        if known is None or known.folder is not None:  # a version before 4 did not write it down
            known = Identity(secrets.token_hex(4), here)
            facts.index_place = ""
        facts.identity = Identity(known.name, here)
    return known.name
