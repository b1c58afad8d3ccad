"""The limits of a record and a request: those of Chroma Cloud, for every index. Pure.

https://docs.trychroma.com/cloud/quotas-limits. A library that keeps them can move there at any
time; everything that becomes a record or a request is bounded here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

RECORDS = 300
"""Records written or read in one request."""
DOCUMENT_BYTES = 16_384
VALUE_BYTES = 4_096
"""Of two versions of the page on quotas one says 8,182: this is the lower."""
REQUEST_BYTES = 900_000
"""A request in JSON, at most: nginx, as it comes, lets no more than 1 MiB through."""
NUMBER_BYTES = 22
"""One number of a vector in JSON, at most. Servers that take base64 are sent a quarter of it."""


def metadata(time: float | None, conversation: str | None) -> dict[str, Any] | None:
    """Return the metadata that a record is filtered by; None for a document, which has no time."""
    if time is None:
        return None
    return {"time": time, "conversation": conversation_value(conversation or "")}


def conversation_value(conversation: str) -> str:
    """Return a conversation's id as it is in metadata: the hash of an id that is too long."""
    raw = conversation.encode("utf-8", "replace")
    return conversation if len(raw) <= VALUE_BYTES else hashlib.sha256(raw).hexdigest()


def document(text: str) -> str:
    """Return as much of a text as a record takes; all of it is in SQLite."""
    raw = text.encode("utf-8", "replace")
    return raw[:DOCUMENT_BYTES].decode("utf-8", "ignore")


def record_bytes(
    key: str, dimension: int, carried: Mapping[str, Any] | None, text: str | None
) -> int:
    """Return the largest size that a record can have in a request, in bytes."""
    parts = json.dumps([key, carried, text], ensure_ascii=False)
    return len(parts.encode("utf-8", "replace")) + dimension * NUMBER_BYTES


def parts(sizes: Sequence[int], records: int, size: int) -> Iterator[slice]:
    """Yield slices of at most `records` records and `size` bytes.

    A record that is larger than `size` gets a slice of its own.
    """
    start = total = 0
    for position, record in enumerate(sizes):
        if position > start and (position - start == records or total + record > size):
            yield slice(start, position)
            start, total = position, 0
        total += record
    if start < len(sizes):
        yield slice(start, len(sizes))
