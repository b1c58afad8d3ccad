"""How well a model tells related texts from others, measured once for a library."""

from __future__ import annotations

from ingest.document import Signals
from ingest.models.embedder import Embedder
from ingest.search.candidates import Candidate
from ingest.store import Store
from ragchat.retrieval.belief import Gauge, Gauges
from ragchat.retrieval.fusion import fuse
from ragchat.retrieval.retriever import Retriever

GAUGES = Gauges(lambda _: Gauge(unrelated=0.1, related=0.5))
NEAR = Candidate(1, "document", "a", None, Signals(cosine=0.2), pool=1000)


def test_the_models_gauge_is_kept_in_the_library(store: Store, embedder: Embedder) -> None:
    first = Retriever(store, embedder)
    first.relevant(first.read(""), fuse([NEAR], GAUGES))
    name = f"gauge:{embedder.fingerprint}:en"
    kept = store.database.scalar("SELECT value FROM facts WHERE name = ?", (name,))
    assert kept is not None
    store.database.execute("UPDATE facts SET value = '[0.0, 0.001]' WHERE name = ?", (name,))
    again = Retriever(store, embedder)
    assert again.relevant(again.read(""), fuse([NEAR], GAUGES)) == [True]
