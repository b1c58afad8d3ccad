"""Enter to the request leaving, in a running conversation: `bench_ask.py [CHUNKS]`.

A library of 20,000 chunks; the same conversation goes on for 60 questions over a wire that answers
at once. Measured from the question to the moment the HTTP request is handed to the transport, by
the clock and in processor time: the first is what a user waits for, since the model computes while
words are looked up; other programs hardly change the second.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from figures import Figure, report
from libraries import add_chunks, texts
from usage import arguments

from ingest.models.embedder import Embedder, load
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.cli.garbage import WORKING
from ragchat.memory import Memory
from ragchat.request.composer import Composer
from ragchat.request.limits import Limits
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.retriever import Retriever

CHUNKS = 20_000
QUESTIONS, WARMING = 30, 5
MUST = {(20_000, 15): 25.0, (100_000, 15): 60.0, (100_000, 60): 90.0}
"""The most milliseconds for so many chunks and words of a question."""

Moment = tuple[float, float]
"""By the clock, and in processor time."""


def moment() -> Moment:
    """Return this moment."""
    return time.perf_counter(), time.process_time()


def since(started: Moment, ended: Moment) -> Moment:
    """Return the seconds between two moments."""
    return ended[0] - started[0], ended[1] - started[1]


def ordered(durations: Sequence[Moment]) -> tuple[list[float], list[float]]:
    """Return the seconds by the clock and those of the processor, the least first."""
    clock, processor = (sorted(values) for values in zip(*durations, strict=True))
    return clock, processor


def answer_at(left: list[Moment]) -> Callable[[httpx2.Request], httpx2.Response]:
    """Return a transport that answers at once, and notes when a request came."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        left.append(moment())
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=ANSWER)

    return answer


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


def conversation(store: Store, embedder: Embedder, left: list[Moment]) -> Chat:
    """Return a conversation over a wire that answers at once."""
    claude = Claude(
        "claude-sonnet-5-5",
        http_client=httpx2.Client(transport=httpx2.MockTransport(answer_at(left))),
    )
    retriever = Retriever(store, embedder)
    chat = Chat(
        claude,
        Memory(store, "default"),
        Composer(claude.model, lambda: retriever, Scope()),
        Limits(
            top_k=8, window_tokens=2000, context_tokens=3000, request_tokens=6000, max_tokens=16000
        ),
        now=lambda: datetime.now(UTC),
    )
    # As the session does once everything is loaded (`Loading` in `cli/loading.py`).
    store.sync.refresh()
    claude.preload()
    gc.freeze()
    gc.set_threshold(WORKING)
    return chat


def waits(
    chat: Chat, embedder: Embedder, left: list[Moment], words: int
) -> tuple[list[Moment], list[Moment]]:
    """Return the seconds from each question of so many words to its request, and those to make the
    exchange findable.
    """
    sent, indexed = [], []
    for question in texts(QUESTIONS + WARMING, words, seed=words):
        started = moment()
        list(chat.ask(UserMessage(f"{question}?")))
        sent.append(since(started, left[-1]))
        started = moment()
        chat.index(embedder)
        indexed.append(since(started, moment()))
    return sent[WARMING:], indexed[WARMING:]


def main(chunks: int) -> None:
    """Measure and report."""
    left: list[Moment] = []
    size = f"{chunks:,} chunks"
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        with Store(Path(folder) / "home") as store:
            add_chunks(store, embedder, chunks)
            chat = conversation(store, embedder, left)
            for words in (15, 60):
                sent, indexed = waits(chat, embedder, left, words)
                (clock, processor), (_, findable) = ordered(sent), ordered(indexed)
                middle = len(sent) // 2
                must = MUST.get((chunks, words))
                name = f"Enter to the request, {words} words, {size}"
                figures += [
                    Figure(f"{name}, median", clock[middle] * 1e3, "ms", must=must),
                    Figure(f"{name}, slowest", clock[-1] * 1e3, "ms"),
                    Figure(f"{name}, processor time", processor[middle] * 1e3, "ms"),
                    Figure(f"to make it findable, {words} words", findable[middle] * 1e3, "ms", 60),
                ]
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = rss / (1024 if sys.platform == "linux" else 1 << 20)
    figures.append(Figure(f"memory of a process asking, {size}", megabytes, "MB", must=700))
    report("ask" if chunks == CHUNKS else f"ask {chunks}", figures)


if __name__ == "__main__":
    given = arguments(__doc__)
    os.environ.setdefault("ANTHROPIC_API_KEY", "not-used")
    main(int(given[0]) if given else CHUNKS)
