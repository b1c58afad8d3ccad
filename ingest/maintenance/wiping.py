"""Wiping of forgotten words and vectors from the files, at once or later, also after a stop.

A DELETE leaves traces (measured, see ARCHITECTURE.md): FTS5 keeps deleted words in
its segments until `optimize`, SQLite keeps copies of rows that it moved in its pages until VACUUM
and everything in the write-ahead log until that is truncated, and Chroma keeps vectors, from which
text can be guessed, in its files. The words are wiped at once in a library of any size. Writing
both files again takes time that grows with the library: in a large one that is owed until the end
of the next ingest, `rebuild` or `doctor --fix`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.records.owed import REMADE_AT_ONCE, REWRITTEN_AT_ONCE

if TYPE_CHECKING:
    from ingest.records.owed import Owed
    from ingest.store import Store


def wipe_records(store: Store, *, fully: bool) -> None:
    """Wipe `ragchat.db`; call it before `wipe_index`, since the index may be on a slow server."""
    owed = store.owed().what
    if "words" not in owed and "file" not in owed:
        return
    if "words" in owed:
        store.merge_words()
    rewrite = "file" in owed and (fully or store.size <= REWRITTEN_AT_ONCE)
    if not rewrite:
        store.shrink_file()
    emptied = store.rewrite_file() if rewrite else store.empty_log()
    if emptied:  # else another process reads the log
        store.settle_owed("words")
        if rewrite:
            store.settle_owed("file")


def wipe_index(store: Store, *, fully: bool) -> None:
    """Delete forgotten records from the index, and their vectors from its files. Raises StoreError
    if a Chroma server does not answer.
    """
    store.sync.flush()
    if "index" not in store.owed().what:
        return
    if store.index.served:  # its files are not ours
        store.settle_owed("index")
    elif fully or _small(store):
        store.sync.remake()


def finish(
    store: Store, *, fully: bool = False, forget_typed: Callable[[Owed], bool] = lambda owed: False
) -> Owed:
    """Finish the wiping that an earlier command left; return what is owed afterwards.

    Unless `fully`, slow work in a large library is left. `forget_typed` removes the phrases from
    the line editor's history and returns whether it could.
    """
    owed = store.owed()
    if owed.typed and forget_typed(owed):
        store.settle_owed("typed")
    wipe_records(store, fully=fully)
    wipe_index(store, fully=fully)
    return store.owed()


def finishable(store: Store) -> bool:
    """Return whether `finish` would do anything without `fully`; reads a few rows."""
    what = store.owed().what
    return (
        bool({"words", "typed"}.intersection(what))
        or ("file" in what and store.size <= REWRITTEN_AT_ONCE)
        or ("index" in what and (store.index.served or _small(store)))
    )


def _small(store: Store) -> bool:
    return store.chunks.count() <= REMADE_AT_ONCE
