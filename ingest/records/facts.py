"""Facts that a library stores about itself: small values, each under a name and of a type."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ingest.errors import StoreDamaged
from ingest.records.database import Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backup:
    """A file with the state of a library at a time."""

    path: Path
    time: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """The name of a library on Chroma servers, and the folder that it was in when it got it; None
    where a version before 4 did not write the folder down.
    """

    name: str
    folder: str | None


class Facts:
    """Rows of `facts`. Raises StoreDamaged for a value that cannot be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def require_readable(self) -> None:
        """Raise StoreDamaged where the rows cannot be read."""
        self._database.rows("SELECT name, value FROM facts")

    @property
    def generation(self) -> int:
        """The number of writes to the index: who sees another one reopens it."""
        return self._read("generation", int) or 0

    @generation.setter
    def generation(self, number: int) -> None:
        self._write("generation", str(number))

    @property
    def exchanges_gone(self) -> int:
        """How many exchanges were ever deleted, or got another id; triggers count them."""
        return self._read("exchanges_gone", int) or 0

    @property
    def index_place(self) -> str:
        """The address of the server that has the index; "" for the library's own folder."""
        return self._read("index_at", str) or ""

    @index_place.setter
    def index_place(self, place: str) -> None:
        self._write("index_at", place)

    @property
    def seal(self) -> str | None:
        """The sizes and times of the files of the index, as `ingest.index.seal` writes them."""
        return self._read("seal", str)

    @seal.setter
    def seal(self, seal: str) -> None:
        self._write("seal", seal)

    @property
    def identity(self) -> Identity | None:
        """The library's name on Chroma servers, if it was ever on one."""
        name = self._read("library", str)
        return Identity(name, self._read("library_at", str)) if name else None

    @identity.setter
    def identity(self, identity: Identity) -> None:
        self._write("library", identity.name)
        if identity.folder is None:
            self._remove("library_at")
        else:
            self._write("library_at", identity.folder)

    @property
    def backups(self) -> list[Backup]:
        """The backups that were made of the library, and those it was restored from."""
        return self._read("backups", _backups) or []

    @backups.setter
    def backups(self, backups: Sequence[Backup]) -> None:
        made = [(os.fspath(backup.path), backup.time.isoformat()) for backup in backups]
        self._write("backups", json.dumps(made))

    @property
    def opener(self) -> str | None:
        """Who opened the library last, as `ingest.records.opener` writes it."""
        return self._read("opener", str)

    @opener.setter
    def opener(self, mark: str | None) -> None:
        if mark is None:
            self._remove("opener")
        else:
            self._write("opener", mark)

    @property
    def agreements(self) -> list[str]:
        """The addresses that users have agreed to, as `ingest.records.opener` writes them."""
        return self._read("agreements", _texts) or []

    @agreements.setter
    def agreements(self, marks: Sequence[str]) -> None:
        self._write("agreements", json.dumps(list(marks)))

    def gauge(self, model: str, language: str) -> tuple[float, float] | None:
        """The cosines of unrelated and of related texts for an embedding model (by fingerprint) and
        a language.
        """
        return self._read(f"gauge:{model}:{language}", _pair)

    def put_gauge(self, model: str, language: str, gauge: tuple[float, float]) -> None:
        """Store the measured gauge of an embedding model for a language."""
        self._write(f"gauge:{model}:{language}", json.dumps(gauge))

    def token_scale(self, model: str) -> tuple[float, int] | None:
        """The factor between estimated and counted tokens of a chat model, and on how many counts
        it rests.
        """
        return self._read(f"tokens:{model}", _scale)

    def put_token_scale(self, model: str, factor: float, seen: int) -> None:
        """Store the scale of a chat model."""
        self._write(f"tokens:{model}", json.dumps([factor, seen]))

    def forget_place(self) -> None:
        """Remove the facts that are true of one folder alone: seal, identity, who opened it."""
        self._remove("seal", "library", "library_at", "opener", "agreements")

    def _read(self, name: str, parse: Callable[[str], T]) -> T | None:
        value = self._database.scalar("SELECT value FROM facts WHERE name = ?", (name,))
        if value is None:
            return None
        try:
            return parse(value)
        except (TypeError, ValueError) as error:
            raise StoreDamaged(
                f"{self._database.path} is damaged (the fact {name} is {value!r:.40}): put a backup"
                " in its place with `ragchat restore FILE`"
            ) from error

    def _write(self, name: str, value: str) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value)
        )

    def _remove(self, *names: str) -> None:
        self._database.execute_many("DELETE FROM facts WHERE name = ?", [(name,) for name in names])


def _backups(value: str) -> list[Backup]:
    return [Backup(Path(path), datetime.fromisoformat(time)) for path, time in json.loads(value)]


def _texts(value: str) -> list[str]:
    return [str(text) for text in json.loads(value)]


def _pair(value: str) -> tuple[float, float]:
    first, second = json.loads(value)
    return float(first), float(second)


def _scale(value: str) -> tuple[float, int]:
    factor, seen = json.loads(value)
    return float(factor), int(seen)
