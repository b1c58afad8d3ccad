"""Libraries of any size within minutes: texts of skewed word frequencies, made-up vectors.

What is measured on them is records and index, never the embedding model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
from corpus import SMALL, words
from numpy.typing import NDArray

from ingest.conversation import Conversation, Exchange, Turn
from ingest.document import Chunk, Description
from ingest.models.embedder import Embedder
from ingest.records.chunks import KeyedChunk, text_hash
from ingest.records.ids import CollectionId
from ingest.records.public_ids import chunk_key, exchange_id
from ingest.records.schema import FUNCTIONS
from ingest.store import Store
from ingest.text.language import indexed_language
from ingest.text.words import searchable

AT_ONCE = 1_000
WORDS_A_CHUNK = 110
WORDS_A_TURN = 60
EXCHANGES_A_CONVERSATION = 20
CHUNKS_A_FILE = 100
CENTRES = 400
YEARS = 10

_VOCABULARY = sorted({word + end for n in range(8) for word in words(n) for end in ("", "s")})
_RANKS = 1.0 / np.arange(3, len(_VOCABULARY) + 3)
_CUMULATED = np.cumsum(_RANKS / _RANKS.sum())


def texts(count: int, length: int, seed: int) -> list[str]:
    """Texts of `length` words, of which two in five are small words and the others follow Zipf."""
    random = np.random.default_rng(seed)
    chosen = np.searchsorted(_CUMULATED, random.random(count * length)).clip(0, len(_RANKS) - 1)
    small = random.random(count * length) < 0.4
    which = random.integers(0, len(SMALL), count * length)
    said = [
        SMALL[w] if is_small else _VOCABULARY[c]
        for c, is_small, w in zip(chosen.tolist(), small.tolist(), which.tolist(), strict=True)
    ]
    return [" ".join(said[n * length : (n + 1) * length]) for n in range(count)]


def unit_vectors(count: int, dimension: int, seed: int) -> NDArray[np.float32]:
    """Vectors of unit length, shape (count, dimension), around some centres, as texts are."""
    centres = np.random.default_rng(77).standard_normal((CENTRES, dimension))
    random = np.random.default_rng(seed)
    rows = centres[random.integers(0, CENTRES, count)]
    rows = rows + 0.9 * random.standard_normal((count, dimension))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("f4")
    return unit


class MadeUpVectors(Embedder):
    """An embedder that makes up the vectors of passages, as quickly as they can be written."""

    def __init__(self, embedder: Embedder) -> None:
        self.__dict__.update(embedder.__dict__)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors that have nothing to do with the texts."""
        return unit_vectors(len(texts), self.dimension, len(texts))


def add_chunks(store: Store, embedder: Embedder, count: int, start: int = 0) -> None:
    """Write document chunks number `start` and up, CHUNKS_A_FILE a file, and index them."""
    row, model = store.collection("default"), store.use_model(embedder)
    for first in range(start, start + count, AT_ONCE):
        said = texts(min(AT_ONCE, start + count - first), WORDS_A_CHUNK, first)
        vectors = unit_vectors(len(said), embedder.dimension, first)
        hashes = [text_hash("", text) for text in said]
        with store.database.transaction():
            store.vectors.put(model.id, dict(zip(hashes, vectors, strict=True)))
            for begin in range(0, len(said), CHUNKS_A_FILE):
                _add_file(store, row, first + begin, said[begin : begin + CHUNKS_A_FILE])
        store.sync.flush()


def _add_file(store: Store, row: CollectionId, number: int, said: list[str]) -> None:
    document = store.documents.add(row, str(number), "text", Description(f"File {number}"), 1)
    store.documents.put_source(row, source_path(number), 1, 1, document, 0.0)
    chunks = [Chunk(text, n, n + 1, n, n) for n, text in enumerate(said)]
    keyed = [KeyedChunk(chunk_key(str(number), chunk, 1), "", chunk) for chunk in chunks]
    store.chunks.add(row, keyed, document=document)


def source_path(number: int) -> Path:
    """The file that begins with this chunk."""
    return Path(f"/docs/{number // 10_000}/{number}.txt")


@contextmanager
def quick_writes() -> Iterator[None]:
    """Make filling a library several times as fast: these texts are plain words with spaces between
    them, so each word is normalised once; they are all of one language and hold no secrets.
    """
    code = indexed_language(texts(1, WORDS_A_CHUNK, 0)[0])
    word = cache(searchable)

    def searchable_words(text: str, code: str) -> str:
        return " ".join(word(one, code) for one in text.split())

    with (
        patch.dict(FUNCTIONS, searchable=(2, searchable_words)),
        patch("ingest.records.chunks.indexed_language", lambda text: code),
        patch("ingest.records.conversations.masked_turn", lambda turn: turn),
    ):
        yield


def add_exchanges(store: Store, embedder: Embedder, count: int) -> None:
    """Write exchanges spread over YEARS years, and index them."""
    row, model = store.collection("default"), store.use_model(embedder)
    for first in range(0, count, AT_ONCE // 2):
        exchanges = list(_exchanges(first, min(AT_ONCE // 2, count - first), count))
        spoken = [turn.text for _, said in exchanges for turn in (said.question, said.answer)]
        vectors = unit_vectors(len(spoken), embedder.dimension, 10_000_000 + first)
        hashes = [text_hash("", text) for text in spoken]
        with store.database.transaction():
            store.vectors.put(model.id, dict(zip(hashes, vectors, strict=True)))
            for conversation, exchange in exchanges:
                store.conversations.put(row, conversation)
                store.conversations.add(row, exchange)
            _index(store, row)
        store.sync.flush()


def _exchanges(first: int, count: int, total: int) -> Iterator[tuple[Conversation, Exchange]]:
    said = texts(2 * count, WORDS_A_TURN, 10_000_000 + first)
    begin = datetime(2016, 1, 1, tzinfo=UTC).timestamp()
    for n in range(count):
        number = first + n
        key = f"c{number // EXCHANGES_A_CONVERSATION:07d}"
        time = begin + number * YEARS * 365.25 * 86_400 / total
        asked = datetime.fromtimestamp(time, UTC)
        exchange = Exchange(
            exchange_id(key, f"{number}q"),
            key,
            Turn("user", said[2 * n], asked, f"{number}q"),
            Turn("assistant", said[2 * n + 1], asked, f"{number}a", model="claude-sonnet-5-5"),
        )
        yield Conversation(key, said[2 * n][:50], asked, "ragchat", ()), exchange


def _index(store: Store, row: CollectionId) -> None:
    """The chunks of the turns that have none: one a turn, without context."""
    rows = store.database.rows(
        "SELECT t.id, t.key, t.text FROM turns t WHERE NOT EXISTS"
        " (SELECT 1 FROM chunks c WHERE c.turn_id = t.id) AND t.id > ?",
        (store.database.scalar("SELECT coalesce(max(turn_id), 0) FROM chunks"),),
    )
    for turn in rows:
        text = turn["text"]
        key = hashlib.sha256(turn["key"].encode()).hexdigest()[:32]
        keyed = [KeyedChunk(key, "", Chunk(text, 0, len(text), 1, 1))]
        store.chunks.add(row, keyed, turn=turn["id"])
    store.database.execute("DELETE FROM unindexed")
