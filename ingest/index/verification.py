"""The index examined against the records, record by record, in a process that may die of it.

`python -m ingest.index.verification HOME` prints {"problems": […]}, or {"error": …} where the index
is not at fault. Damaged files make Chroma crash (SIGSEGV) as soon as it reads them, so only
this child does, and its death is an answer, too.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.document import KINDS
from ingest.errors import IndexDamaged, StoreError
from ingest.index.chroma import Folder
from ingest.index.limits import metadata
from ingest.index.vectors import Vectors
from ingest.records.database import Database, Row, file_problems
from ingest.records.documents import CONVERSATION_ID
from ingest.records.models import Model, all_models
from ingest.text.amounts import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SECONDS = 600
"""How long an examination may take: 100,000 records are read in less than ten."""
SAMPLE = 20
"""Records of each page that are searched for by their own vectors; all of them are read."""
CLOSE = 1e-3

_PACKAGES = Path(__file__).parents[2]
_TOLD = (
    f"SELECT c.id, c.key, v.vector, t.time, {CONVERSATION_ID} AS conversation FROM chunks c"
    " JOIN vectors v ON v.hash = c.hash AND v.model_id = ?"
    " LEFT JOIN pending p ON p.model_id = v.model_id AND p.collection_id = c.collection_id"
    " AND p.kind = c.kind AND p.key = c.key"
    " LEFT JOIN turns t ON t.id = c.turn_id LEFT JOIN conversations k ON k.id = t.conversation_id"
    " WHERE c.collection_id = ? AND c.kind = ? AND c.id > ? AND p.key IS NULL"
    " ORDER BY c.id LIMIT ?"
)
_KNOWN = (
    "SELECT key FROM chunks WHERE collection_id = ? AND kind = ?"
    " UNION SELECT key FROM pending WHERE collection_id = ? AND kind = ? AND model_id = ?"
)


def examine(home: Path) -> list[str]:
    """What is wrong with the index, in words that go on after "the index"; nothing if it is sound.

    The writer's lock is held, and this process has the index closed. Raises StoreError where the
    records cannot be read, or the disk is full.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "ingest.index.verification", str(home.absolute())],
            # -m looks in the current folder first, which may hold anything.
            cwd=_PACKAGES,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [f"gave no answer within {SECONDS} s"]
    if child.returncode < 0:
        return [f"ends whatever reads it (signal {-child.returncode})"]
    try:
        told = json.loads(child.stdout)
    except ValueError:
        last = child.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return [f"cannot be examined ({''.join(last)})"]
    if "error" in told:
        raise StoreError(told["error"])
    return list(told["problems"])


def problems(database: Database, index: Vectors) -> Iterator[str]:
    """Compare an open index with the records, every model, collection and kind of them."""
    collections = database.rows("SELECT id, name FROM collections ORDER BY id")
    for model in all_models(database):
        for row in collections:
            for kind in KINDS:
                name = model.index_name(row["name"], kind)
                yield from _compared(database, index, model, name, (row["id"], kind))


def _compared(
    database: Database, index: Vectors, model: Model, name: str, part: tuple[int, str]
) -> Iterator[str]:
    import numpy as np

    lacking = wrong = total = 0
    samples: list[NDArray[np.float32]] = []
    for rows in _told(database, model, part):
        stored = index.stored(name, [row["key"] for row in rows])
        vectors = model.matrix(row["vector"] for row in rows)
        lacking += len(rows) - len(stored)
        wrong += sum(
            not np.allclose(found, vector, atol=CLOSE)
            or carried != metadata(row["time"], row["conversation"])
            for row, vector in zip(rows, vectors, strict=True)
            if row["key"] in stored
            for found, carried in [stored[row["key"]]]
        )
        total += len(rows)
        samples += list(vectors[:: len(vectors) // SAMPLE + 1].copy())
    if lacking:
        yield f"lacks {lacking:,} of {counted(total, 'record')} of {name}"
    if wrong:
        yield f"holds {counted(wrong, 'record')} of {name} not as stored"
    known = {row[0] for row in database.rows(_KNOWN, (*part, *part, model.id))}
    if surplus := len(index.ids(name) - known):
        yield f"holds {counted(surplus, 'record')} of {name} no longer stored"
    if _lost(index, name, samples):
        yield f"does not find the records of {name}"


def _told(database: Database, model: Model, part: tuple[int, str]) -> Iterator[list[Row]]:
    """What Chroma has been told of, in pages."""
    last = 0
    while rows := database.rows(_TOLD, (model.id, *part, last, Folder.page)):
        last = rows[-1]["id"]
        yield rows


def _lost(index: Vectors, name: str, vectors: list[NDArray[np.float32]]) -> bool:
    """Whether most of them are not found. A few never are: the search is approximate."""
    found = [index.search(name, vector, 1, None) for vector in vectors]
    return 2 * sum(bool(near) and near[0].cosine > 1 - CLOSE for near in found) < len(found)


def _without_core() -> None:
    """A crash leaves no file with what was in memory (POSIX)."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Examine the index of the library that the command line names."""
    home = Path(sys.argv[1])
    _without_core()
    told: dict[str, object]
    try:
        database = Database(home / "ragchat.db", read_only=True)
        folder = Folder(home / "chroma")
        index = Vectors(folder)
        if damages := file_problems(folder.path / "chroma.sqlite3"):
            told = {"problems": [f"is damaged ({damages[0]})"]}
        else:
            index.open()
            told = {"problems": list(problems(database, index))}
    except IndexDamaged as error:
        told = {"problems": [error.reason]}
    except StoreError as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
