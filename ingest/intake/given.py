"""Documents that are given as bytes under a name, not as files: what comes through a pipe."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.intake.discovery import Found
    from ingest.records.ids import CollectionId
    from ingest.records.sources import Source
    from ingest.store import Store


def given_path(home: Path, name: str) -> Path:
    """Return the path that a document of this name goes by in a library; no file is there."""
    return home / "stdin" / name


def sources_at(store: Store, collection: CollectionId, path: Path, resolved: Path) -> list[Source]:
    """Return the sources at a path, or else the document that was given under this name. `resolved`
    is the path as sources are stored.
    """
    found = store.documents.sources(collection, under=resolved)
    if found or path != Path(path.name):
        return found
    return store.documents.sources(collection, under=given_path(store.home, path.name))


def is_given(home: Path, path: Path) -> bool:
    """Return whether a document was given, so that it does not vanish with a file."""
    return path.parent == home / "stdin"


def given(home: Path, documents: Mapping[str, bytes]) -> list[Found]:
    """Return the documents as files that are found."""
    # Imported here, since commands that only need a name start without the machinery of files.
    from ingest.intake.discovery import Found

    now = time.time_ns()
    paths = {given_path(home, name): raw for name, raw in documents.items()}
    return [Found(path, len(raw), now, path, content=raw) for path, raw in paths.items()]
