"""Checks of a whole library: each problem in one line, with what to do."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import ModelError, StoreBusy, StoreDamaged, StoreError
from ingest.models.files import cache_of, fingerprint, locate
from ingest.records.database import Database
from ingest.records.home import require_records
from ingest.records.models import Model
from ingest.records.own_values import require_own_values
from ingest.store import Store
from ingest.text.amounts import counted

REBUILD = "`ragchat rebuild` makes it again from what is stored"
RESTORE = "`ragchat restore FILE` puts a backup in its place"
OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in one line, with what to do; with `damage`, something is lost, or not found until
    that is done.
    """

    line: str
    damage: bool = True


def loose_files(home: Path) -> Iterator[Finding]:
    """Yield files that other users may read; the embedding model is not secret."""
    if os.name != "posix":
        return
    loose = [home] if _is_loose(home.resolve()) else []
    loose += [path for path in _within(home) if _is_loose(path)]
    if loose:
        line = f"other users may read {loose[0]}: `chmod -R go= {home}` keeps them out"
        if len(loose) > 1:
            line = (
                f"other users may read {len(loose)} files in {home}: `chmod -R go=` keeps them out"
            )
        yield Finding(line, damage=False)


def _within(home: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(home):
        if Path(folder) == home and "models" in folders:
            folders.remove("models")
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_loose(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:  # SQLite has deleted it meanwhile
        return False
    # The mode of a link is that of its target, which chmod -R does not follow.
    return not stat.S_ISLNK(mode) and bool(mode & OTHERS)


def damaged_records(home: Path, *, quick: bool = False) -> Iterator[Finding]:
    """Yield damage of `ragchat.db` as a file. Raises StoreError if a newer ragchat wrote it."""
    path = home / "ragchat.db"
    try:
        require_records(home)
        if not path.exists():
            return
        with closing(Database(path, read_only=True)) as database:
            problems = [] if quick else database.problems()
            if not problems:
                database.require_own_schema()
            if not quick and not problems:
                require_own_values(database)
    except StoreDamaged as error:
        yield Finding(str(error))
    else:
        if problems:
            yield Finding(f"{path} is damaged ({'; '.join(problems)}): {RESTORE}")


def findings(
    store: Store, say: Callable[[str], None] = lambda stage: None, *, quick: bool = False
) -> Iterator[Finding]:
    """Yield problems within a library whose file is sound; `say` is called with each stage. With
    `quick`, counts are compared and no record is read.
    """
    model = store.model()
    if model is not None:
        yield from _vectors(store, model, quick=quick)
    if not quick:
        say("checking the texts …")
        yield from _texts(store)
        say("checking the full-text index …")
        for table in store.words_out_of_step():
            yield Finding(f"the full-text index {table} differs from the texts: {REBUILD}")
    say("checking the index …")
    yield from _index(store, quick=quick)
    yield from _owed(store)
    if model is not None and not quick:
        yield from _embedding_model(store.home, model)


def _texts(store: Store) -> Iterator[Finding]:
    wrong = store.chunks.count_altered()
    if wrong:
        yield Finding(f"{counted(wrong, 'text')} not as stored: {RESTORE}")


def _vectors(store: Store, model: Model, *, quick: bool) -> Iterator[Finding]:
    missing = store.vectors.count_missing(model.id)
    if missing:
        yield Finding(f"{counted(missing, 'text')} without a vector: `ragchat rebuild` embeds them")
    wrong = 0 if quick else store.vectors.count_odd(model.id, model.dimension)
    if wrong:
        yield Finding(f"{counted(wrong, 'vector')} of a wrong size: {RESTORE}")


def _owed(store: Store) -> Iterator[Finding]:
    owed = store.owed()
    if owed:
        day = f"{datetime.fromtimestamp(owed.since, UTC).astimezone():%Y-%m-%d}"
        yield Finding(
            f"files of the library still hold data forgotten on {day}, which no search finds:"
            " `ragchat doctor --fix` wipes them",
            damage=False,
        )


def _index(store: Store, *, quick: bool) -> Iterator[Finding]:
    try:
        for problem in store.index.findings(quick=quick):
            yield Finding(f"the index {problem}: {REBUILD}")
    except StoreBusy:
        raise
    except StoreError as error:  # the records it is compared with cannot be read
        yield Finding(str(error))


def _embedding_model(home: Path, model: Model) -> Iterator[Finding]:
    try:
        _, folder = locate(model.name)
        found = fingerprint(folder, cache_of(home))
    except ModelError as error:
        yield Finding(str(error), damage=False)
        return
    except OSError as error:
        line = f"cannot use {error.filename} ({error.strerror}): check its permissions"
        yield Finding(line, damage=False)
        return
    if found != model.fingerprint:
        yield Finding(
            f"the embedding model {model.name} is not the one that the library was made with: "
            f"`ragchat rebuild --model {model.name}` embeds everything with it",
            damage=False,
        )
