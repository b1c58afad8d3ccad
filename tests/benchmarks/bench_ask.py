"""Enter to the request leaving, in a running conversation: `python tests/benchmarks/bench_ask.py`.

A library of 20,000 chunks; the same conversation goes on for 60 questions over a wire that answers
at once. Measured from the question to the moment the HTTP request is handed to the transport.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import anthropic
import httpx2
import numpy as np
from corpus import paragraph, words
from usage import arguments

from ingest.document import Chunk, Description
from ingest.models.embedder import Embedder, load
from ingest.records.documents import chunk_key, text_hash
from ingest.search.candidates import Scope
from ingest.store import Store
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.memory import Memory
from ragchat.request.composer import Composer, Limits
from ragchat.retrieval.retriever import Retriever

CHUNKS = 20_000
QUESTIONS = 60


def fill(store: Store, embedder: Embedder) -> list[str]:
    """Chunks with random vectors: what is measured here is searching, not embedding."""
    random_, vocabulary = random.Random(3), words(3)
    texts = [paragraph(random_, vocabulary, 700) for _ in range(CHUNKS)]
    vectors = np.random.default_rng(3).normal(size=(CHUNKS, embedder.dimension))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    row, model = store.collection("default"), store.use_model(embedder)
    with store.database.transaction():
        hashes = [text_hash("", text) for text in texts]
        store.records.put_vectors(model.id, dict(zip(hashes, vectors, strict=True)))
        document = store.records.add_document(row, "bench", "text", Description("Bench"), 1)
        store.records.put_source(row, Path("/bench.txt"), 1, 1, document, 0.0)
        chunks = [Chunk(text, n, n + 1, n, n) for n, text in enumerate(texts)]
        keyed = [(chunk_key("bench", each, 1), "", each) for each in chunks]
        store.records.add_chunks(row, keyed, document=document)
    store.flush()
    return texts


def event(kind: str, **fields: object) -> str:
    """One server-sent event."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"


ANSWER = "".join(
    (
        event(
            "message_start",
            message={
                "id": "m",
                "type": "message",
                "role": "assistant",
                "model": "claude-sonnet-5-5",
                "content": [],
                "usage": {"input_tokens": 1, "output_tokens": 1},
            },
        ),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Yes. " * 40}),
        event("content_block_stop", index=0),
        event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 80}),
        event("message_stop"),
    )
)


def main() -> None:
    """Print the table."""
    left: list[float] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        left.append(time.perf_counter())
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=ANSWER)

    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        with Store(Path(folder) / "home") as store:
            texts = fill(store, embedder)
            claude = Claude(
                "claude-sonnet-5-5",
                http_client=httpx2.Client(transport=httpx2.MockTransport(answer)),
            )
            retriever = Retriever(store, embedder)
            chat = Chat(
                claude,
                Memory(store, "default"),
                Composer(claude.model, lambda: retriever, Scope()),
                Limits(8, 2000, 3000, 6000, 16000),
                now=lambda: datetime.now(UTC),
            )
            # As the session does once everything is loaded (`Loading` in `cli/wiring.py`).
            claude.preload()
            gc.freeze()
            waits, indexing = [], []
            for number in range(QUESTIONS):
                question = texts[number * 300][:90]
                started = time.perf_counter()
                list(chat.ask(question))
                waits.append(left[-1] - started)
                started = time.perf_counter()
                chat.index(embedder)
                indexing.append(time.perf_counter() - started)
    waits = sorted(waits[5:])
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform == "linux" else 1 << 20
    )
    print(f"{'chunks in the library':<44}{CHUNKS:>10,}")
    print(f"{'Enter to the request leaving, median':<44}{waits[len(waits) // 2] * 1e3:>10.1f} ms")
    print(f"{'the slowest of ' + str(len(waits)):<44}{waits[-1] * 1e3:>10.1f} ms")
    print(f"{'an exchange made findable, median':<44}{sorted(indexing)[30] * 1e3:>10.1f} ms")
    print(f"{'memory of the process at its most':<44}{rss:>10,.0f} MB")
    print(f"(anthropic {anthropic.__version__})")


if __name__ == "__main__":
    arguments(__doc__)
    import os

    os.environ.setdefault("ANTHROPIC_API_KEY", "not-used")
    main()
