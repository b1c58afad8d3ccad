"""Ids that users and other programs see: the same in every library and at every reading."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.document import Chunk

OWN = "ragchat"
"""The origin of conversations that were held here."""

CONVERSATION_ID = "iif(k.origin = 'ragchat', k.key, k.origin || ':' || k.key)"
"""SQL for the id of a conversation (table alias `k`), as `conversation_id` makes it."""


def conversation_id(origin: str, key: str) -> str:
    """Return the id of a conversation, from its origin and its id there."""
    return key if origin == OWN else f"{origin}:{key}"


def split_id(public_id: str) -> tuple[str, str]:
    """Return the origin of a conversation and its id there, from the id that users see."""
    origin, separator, key = public_id.partition(":")
    return (origin, key) if separator else (OWN, public_id)


def exchange_id(conversation: str, question: str) -> str:
    """Return the id of an exchange, from those of its conversation and question: 12 hex digits."""
    return hashlib.sha256(f"{conversation}\0{question}".encode()).hexdigest()[:12]


def chunk_key(owner: str, chunk: Chunk, version: int) -> str:
    """Return the id of a chunk of a document or a turn: 32 hex digits."""
    name = f"{owner}\0{chunk.start}\0{chunk.end}\0{version}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]
