"""Past conversations from elsewhere, added to memory: each message once, whatever export it is in.

A message is known by (origin, conversation, message id), since ids repeat across conversations. A
question and what is said right after it are an exchange; whatever stands alone is one by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Turn
from ingest.records.conversations import OWN, exchange_id
from ingest.records.tombstones import forgotten_message, is_forgotten, remove_tombstones
from ingest.records.turn_order import put_in_order
from ingest.text.cleaning import mask

if TYPE_CHECKING:
    from ingest.store import Store
    from ingest.transcripts import Message, Transcript


@dataclass(frozen=True, slots=True)
class Imported:
    """How many messages a transcript added, how many it has that were forgotten before, and how
    many secrets of each kind were masked in what it added.
    """

    added: int
    forgotten: int
    masked: Mapping[str, int]


def add_transcript(
    store: Store, collection: int, transcript: Transcript, *, again: bool = False
) -> Imported:
    """Write what is new of a transcript. What was forgotten stays so, unless it is read `again`.

    The caller opens the transaction.
    """
    public = transcript.key if transcript.origin == OWN else f"{transcript.origin}:{transcript.key}"
    keys = {each.id: forgotten_message(public, each.id) for each in transcript.messages}
    if again:
        remove_tombstones(store.database, collection, keys.values())
    gone = {id_ for id_, key in keys.items() if is_forgotten(store.database, collection, key)}
    kept = [each for each in transcript.messages if each.id not in gone]
    if not kept:
        return Imported(0, len(gone), {})
    row = store.conversations.put(
        collection,
        Conversation(public, transcript.title, transcript.started, transcript.origin),
    )
    known = store.conversations.turn_keys(row)
    added = 0
    masked: Counter[str] = Counter()
    for each, exchange in zip(kept, _exchanges(public, transcript.messages, kept), strict=True):
        if each.id not in known:
            store.conversations.add_turn(row, exchange, _turn(each))
            masked.update(mask(each.text).secrets)
            added += 1
    if added:
        put_in_order(store.database, row, [each.id for each in kept])
    return Imported(added, len(gone), masked)


def _exchanges(public: str, said: tuple[Message, ...], kept: list[Message]) -> list[str]:
    """The exchange of each message that is kept.

    It depends on what was said before it alone, so that a newer export finds the same exchanges.
    """
    of: dict[str, str] = {}
    before: Message | None = None
    for each in said:
        answers = before is not None and (before.role, each.role) == ("user", "assistant")
        of[each.id] = of[before.id] if before and answers else exchange_id(public, each.id)
        before = each
    return [of[each.id] for each in kept]


def _turn(message: Message) -> Turn:
    return Turn(
        role=message.role,
        text=message.text,
        time=message.time,
        id=message.id,
        speaker=message.speaker,
        model=message.model,
    )
