"""100,000 chunks: how long a search takes, and how much memory. No text is embedded."""

from __future__ import annotations

import hashlib
import random
import resource
import sys
import time
from pathlib import Path

import numpy as np
from hits import candidates
from killing import WORDS

from ingest.document import Chunk, Description
from ingest.index.chroma import Folder
from ingest.models.embedder import Embedder
from ingest.records.chunks import KeyedChunk, text_hash
from ingest.records.ids import ModelId
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store

CHUNKS = 100_000
EACH = 1_000
SEARCHES = 50


def test_a_hundred_thousand_chunks(store: Store, embedder: Embedder) -> None:
    directions = np.random.default_rng(1)
    started = time.monotonic()
    for document in range(CHUNKS // EACH):
        _add(store, embedder, document, directions)
    print(f"\n{CHUNKS:,} chunks in {time.monotonic() - started:.0f} s")
    store.sync.refresh()
    rows = store.database.rows("SELECT id, key, text, hash FROM chunks")
    kept = store.vectors.find(ModelId(1), [row["hash"] for row in rows[:: CHUNKS // SEARCHES]])
    took = []
    missed = 0
    for row in rows[:: CHUNKS // SEARCHES]:
        vector = np.frombuffer(kept[row["hash"]], np.float16).astype("f4")
        started = time.monotonic()
        found = candidates(
            store, WordQuery(" ".join(row["text"].split()[:15])), vector, Scope(), 100
        )
        took.append(time.monotonic() - started)
        missed += row["id"] not in {candidate.chunk for candidate in found}
    name = store.use_model(embedder).index_name("default", "document")
    assert Folder.page < CHUNKS
    assert store.index._vectors.ids(name) == {row["key"] for row in rows}
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(f"search {np.median(took) * 1000:.0f} ms, at most {max(took) * 1000:.0f} ms; ", end="")
    print(f"{missed} of {SEARCHES} missed; at most {most / 1e6:,.0f} MB resident")
    assert missed == 0


def _add(store: Store, embedder: Embedder, number: int, directions: np.random.Generator) -> None:
    row, model = store.collection("default"), store.use_model(embedder)
    chosen = random.Random(number)
    texts = [" ".join(chosen.choices(WORDS, k=120)) for _ in range(EACH)]
    vectors = directions.standard_normal((EACH, embedder.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keyed = [
        KeyedChunk(hashlib.sha256(text.encode()).hexdigest()[:32], "", Chunk(text, n, n + 1, n, n))
        for n, text in enumerate(texts)
    ]
    with store.database.transaction():
        hashes = (text_hash("", text) for text in texts)
        store.vectors.put(model.id, dict(zip(hashes, vectors, strict=True)))
        document = store.documents.add(row, str(number), "text", Description("Title"), 1)
        store.documents.put_source(row, Path(f"/docs/{number}.txt"), 1, 1, document, 0.0)
        store.chunks.add(row, keyed, document=document)
    store.sync.flush()
