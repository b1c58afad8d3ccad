"""An open library in threads and after a fork."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import warm
from test_store import TEXTS, best, fill

from ingest.models.embedder import Embedder
from ingest.store import Store

FORK = """
import os, sys
from pathlib import Path
import numpy as np
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.errors import StoreError
from ingest.store import Store
vector = np.eye(384, dtype=np.float32)[0]
refused = 0
with Store(Path(sys.argv[1])) as store:
    search = lambda: store.begin_search(WordQuery(""), Scope())(vector, 10)
    before = search()
    child = os.fork()
    if not child:
        for use in (store.sync.flush, store.sync.refresh, search):
            try:
                use()
            except StoreError as error:
                refused += "before a fork" in str(error)
        store.close()
        os._exit(refused)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 3, status
    assert search() == before != []
"""


def test_threads_search_while_one_writes_and_another_process_has_written(
    store: Store, embedder: Embedder
) -> None:
    fill(store, embedder, TEXTS[:1])

    def search(_: int) -> str:
        return best(store, embedder, TEXTS[0])

    def write(n: int) -> None:
        fill(store, embedder, TEXTS, f"c{n}")
        # What another process leaves behind when it has written; the index is opened anew.
        store.facts.generation += 1

    with ThreadPoolExecutor(4) as pool:
        writing = pool.map(write, range(3))
        assert set(pool.map(search, range(40))) == {TEXTS[0]}
        assert list(writing) == [None] * 3
    for n in range(3):
        assert best(store, embedder, TEXTS[3], collections=(f"c{n}",)) == TEXTS[3]


def test_a_forked_child_is_refused_and_the_parent_goes_on(home: Path, embedder: Embedder) -> None:
    with Store(home) as store:
        fill(store, embedder, TEXTS)
    done = warm.run(home, program=FORK)
    assert done.returncode == 0, done.stderr
