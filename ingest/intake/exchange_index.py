"""How a finished exchange is found again: the chunks of its turns, embedded and indexed.

The exchange is committed first, which puts it into the queue of those to index; what a killed
process left there is indexed by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.conversation import Role, Turn
from ingest.records.chunks import KeyedChunk, embedded_text, text_hash
from ingest.records.public_ids import chunk_key
from ingest.records.unindexed import Unindexed

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.store import Store

BATCH = 128
"""Exchanges indexed at a time: about a second of work."""

MANY = 500
"""Turns after which loading the model again (0.1 to 0.3 s) does not matter."""

HINT_CHARACTERS = 200
"""Characters of a user's previous turn that are embedded with each part of the next one."""
HINT_AFTER_MODEL = 100
"""The same of a reply of Claude, whose beginning tells little that sets it apart."""


def index_turns(
    store: Store,
    embedder: Embedder,
    advance: Callable[[int], None] = lambda count: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Chunk, embed and index every exchange of the queue, until `stop` says yes.

    After many, the model gives its memory back before the index takes its own: a large export took
    480 MB in this moment, and 370 at most without (RESULTS.md, memory of an import).
    """
    store.use_model(embedder)
    done = 0
    while not stop() and (batch := store.exchange_queue.next(BATCH)):
        _index(store, embedder, batch)
        count = sum(len(found.turns) for found in batch)
        advance(count)
        done += count
    if done >= MANY:
        embedder.release()
    store.sync.flush_if_available()


def _index(store: Store, embedder: Embedder, batch: Sequence[Unindexed]) -> None:
    model = store.use_model(embedder)
    limit = embedder.max_tokens - 2
    keyed = [
        (found.collection, row, _keyed(found, role, embedder, limit))
        for found in batch
        for role, row in found.turns.items()
    ]
    texts = {
        text_hash(context, chunk.text): embedded_text(context, chunk.text)
        for _, _, parts in keyed
        for _, context, chunk in parts
    }
    wanted = store.vectors.missing(model.id, texts)
    vectors = embedder.embed_passages([texts[key] for key in wanted])
    with store.transaction():
        store.vectors.put(model.id, dict(zip(wanted, vectors, strict=True)))
        if store.vectors.missing(model.id, texts):
            return  # another process has dropped vectors without a text; the queue comes again
        for collection, row, parts in keyed:
            store.chunks.replace_of_turn(collection, row, parts)
        store.exchange_queue.settle(batch)


def turn_context(turn: Turn, before: Turn | None, title: str) -> str:
    """Return the text to embed before each part of a turn: when, who, in which conversation, and
    after which turn.

    A date and a speaker lift recall more than any fusion, and the previous turn says what "it"
    is (LoCoMo, R@10 of dense search alone: 30 bare, 52 with date and speaker, 58 with both). The
    many parts of a reply of Claude would all look like its question, so they come without it.
    """
    day = turn.time.astimezone().strftime("%A, %d %B %Y")
    who = turn.spoken_by()
    context = f"{day}, {who}, “{title}”" if title else f"{day}, {who}"
    if before is None or turn.by_model:
        return context
    most = HINT_AFTER_MODEL if before.by_model else HINT_CHARACTERS
    hint = " ".join(before.plain_text.split())[:most]
    return f"{context} (after: {hint})" if hint else context


def _keyed(found: Unindexed, role: Role, embedder: Embedder, limit: int) -> list[KeyedChunk]:
    exchange = found.exchange
    turn = exchange.question if role == "user" else exchange.answer
    if turn.echo:
        return []
    answers = role == "assistant" and exchange.question.text
    before = exchange.question if answers else found.before
    context = turn_context(turn, before, found.title)
    owner = f"{exchange.conversation}\0{turn.id}"
    proper, narration = turn.plain_text[turn.narration :], turn.text[: turn.narration]
    # Narration is found by itself, after the answer proper.
    aside = f"{context} (while working)"
    return [
        *_parts(owner, proper, context, embedder, limit),
        *_parts(f"{owner}\0narration", narration, aside, embedder, limit),
    ]


def _parts(owner: str, text: str, context: str, embedder: Embedder, limit: int) -> list[KeyedChunk]:
    if not text.strip():
        return []
    # Imported here, since most searches find nothing to index.
    from ingest.text.chunker import CHUNKER_VERSION, beginning, chunk_turn

    # However long a title or a name is, half of the model's window is left to the turn's text.
    context = beginning(context, embedder.count, limit // 2)
    room = limit - embedder.count(context)
    return [
        KeyedChunk(chunk_key(owner, chunk, CHUNKER_VERSION), context, chunk)
        for chunk in chunk_turn(text, embedder.count, room)
    ]
