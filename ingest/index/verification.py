"""Verification of the index against the records, in a child process that may crash.

`python -m ingest.index.verification HOME` prints {"problems": […]}, or {"error": …} where the index
is not at fault. Damaged files make Chroma crash (SIGSEGV) as it reads them, so only the child reads
them; that it was killed by a signal is a problem of the index.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import IndexDamaged, StoreError
from ingest.index.chroma import Folder
from ingest.index.limits import metadata
from ingest.index.vectors import Vectors
from ingest.records.database import Database, file_problems
from ingest.records.index_parts import IndexPart, all_parts
from ingest.records.indexed import Indexed, indexable_keys, indexed_pages
from ingest.text.amounts import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SECONDS = 600
"""Time limit of a verification: 100,000 records take less than ten seconds."""
SAMPLE = 20
"""Records of each page that are searched for by their own vectors."""
CLOSE = 1e-3

_PACKAGES = Path(__file__).parents[2]


def verify(home: Path) -> list[str]:
    """Return the problems of the index, each a phrase that follows "the index".

    The caller holds the writer's lock and has closed the index. Raises StoreError where the records
    cannot be read, or the disk is full.
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
        return [f"could not be verified within {SECONDS} s"]
    if child.returncode < 0:
        return [f"crashes the process that reads it (signal {-child.returncode})"]
    try:
        report = json.loads(child.stdout)
    except ValueError:
        last = child.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return [f"cannot be verified ({''.join(last)})"]
    if "error" in report:
        raise StoreError(report["error"])
    return list(report["problems"])


def problems(database: Database, index: Vectors) -> Iterator[str]:
    """Compare an open index with the records; yield a phrase that follows "the index" for each
    problem.
    """
    for part in all_parts(database):
        yield from _problems_of(database, index, part)


def _problems_of(database: Database, index: Vectors, part: IndexPart) -> Iterator[str]:
    name = part.index_name
    lacking = wrong = total = 0
    samples: list[NDArray[np.float32]] = []
    for records in indexed_pages(database, part, Folder.page):
        stored = index.stored(name, [record.key for record in records])
        found = [record for record in records if record.key in stored]
        lacking += len(records) - len(found)
        total += len(records)
        if found:
            vectors = part.model.matrix(record.vector for record in found)
            wrong += _count_wrong(found, vectors, [stored[record.key] for record in found])
            samples += list(vectors[:: len(vectors) // SAMPLE + 1].copy())
    if lacking:
        yield f"lacks {lacking:,} of {counted(total, 'record')} of {name}"
    if wrong:
        yield f"holds {counted(wrong, 'record')} of {name} not as stored"
    if surplus := len(index.ids(name) - indexable_keys(database, part)):
        yield f"holds {counted(surplus, 'record')} of {name} no longer stored"
    if _unsearchable(index, name, samples):
        yield f"does not find the records of {name}"


def _count_wrong(
    records: Sequence[Indexed],
    vectors: NDArray[np.float32],
    stored: Sequence[tuple[NDArray[np.float32], Mapping[str, object] | None]],
) -> int:
    """Count the records of the index that differ from what is stored here, of which `vectors` are
    the rows. All are compared at once: a call of numpy for each took half of a verification.
    """
    import numpy as np

    away = np.abs(np.stack([vector for vector, _ in stored]) - vectors).max(axis=1)
    return sum(
        not close or carried != metadata(record.time, record.conversation)
        for record, close, (_, carried) in zip(records, away <= CLOSE, stored, strict=True)
    )


def _unsearchable(index: Vectors, name: str, vectors: list[NDArray[np.float32]]) -> bool:
    """Return whether most vectors do not find their record. A few never do: search is
    approximate.
    """
    found = [index.search(name, vector, 1, None) for vector in vectors]
    return 2 * sum(bool(near) and near[0].cosine > 1 - CLOSE for near in found) < len(found)


def _forbid_core_dump() -> None:
    """Keep a crash from writing the memory of the process into a file (POSIX)."""
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _all_problems(database: Database, folder: Folder) -> list[str]:
    if damages := file_problems(folder.path / "chroma.sqlite3"):
        return [f"is damaged ({damages[0]})"]
    index = Vectors(folder)
    index.open()
    return list(problems(database, index))


def main() -> None:
    """Verify the index of the library that the command line names."""
    home = Path(sys.argv[1])
    _forbid_core_dump()
    report: dict[str, object]
    try:
        folder = Folder(home / "chroma")
        with contextlib.closing(Database(home / "ragchat.db", read_only=True)) as database:
            report = {"problems": _all_problems(database, folder)}
    except IndexDamaged as error:
        report = {"problems": [error.reason]}
    except StoreError as error:
        report = {"error": str(error)}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
