"""Files without an id of their own that tell a conversation again: a copy in another folder, or a
newer export under another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.records.ids import CollectionId
from ingest.records.public_ids import conversation_id
from ingest.records.tombstones import forgotten_message, forgotten_words

if TYPE_CHECKING:
    from ingest.conversation import Turn
    from ingest.store import Store
    from ingest.transcripts import Transcript

_LOOKED_AT = 6
"""First messages, one of which the other conversation has."""
_LEAST = 2
"""Messages that are the same: one alone may well be said twice."""
_LONG = 24
"""Characters of words that are not said twice by chance."""


def retold(store: Store, collection: CollectionId, transcript: Transcript) -> str:
    """Return the key of the conversation that a transcript tells again: one begins with all that
    the other says. Its own key if there is none.
    """
    ids = [turn.id for turn in transcript.messages]
    for row, key in store.imports.holding(collection, transcript.origin, ids[:_LOOKED_AT]):
        public = conversation_id(transcript.origin, key)
        stored = [turn.key for turn in store.imports.turns(row) if not turn.here]
        said = [id_ for id_ in ids if not _is_forgotten(store, collection, public, id_)]
        both = min(len(stored), len(said))
        if both >= _LEAST and stored[:both] == said[:both]:
            return key
    return transcript.key


def forgotten_elsewhere(
    store: Store, collection: CollectionId, transcript: Transcript, said: Sequence[Turn]
) -> set[str]:
    """The ids of messages whose words were forgotten in a conversation that had no id either; few
    words only beside others of those.
    """
    found = [
        turn.id in transcript.unnamed
        and store.tombstones.has(collection, forgotten_words(transcript.origin, turn.id))
        for turn in said
    ]
    beside = zip([False, *found[:-1]], [*found[1:], False], strict=True)
    return {
        turn.id
        for turn, was, near in zip(said, found, beside, strict=True)
        if was and (len(turn.text) >= _LONG or any(near))
    }


def _is_forgotten(store: Store, collection: CollectionId, public: str, id_: str) -> bool:
    return store.tombstones.has(collection, forgotten_message(public, id_))
