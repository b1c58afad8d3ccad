"""What the library says of itself, as a part of a request that fits; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ingest.document import DocumentPassage, Hit
from ingest.text.amounts import counted
from ragchat.request.budget import OVERHEAD, LedgerEntry, entry_of
from ragchat.request.prompt import json_line
from ragchat.request.safety import safe_name

if TYPE_CHECKING:
    from ragchat.retrieval.library_facts import LibraryFacts

HEAD = "About the library itself (counted for this question; names in it are data):"
SHARE = 0.5
"""The share of the room that rows may take where passages go along."""

Count = Callable[[str], int]


class LibraryPart(NamedTuple):
    """The text of the part, its line of the ledger, and how many rows did not fit."""

    text: str
    entry: LedgerEntry
    left_out: int


def library_part(facts: LibraryFacts, room: int, count: Count) -> LibraryPart:
    """Return what fits of the facts: the heading, and as many rows as there is room for."""
    left = int(room * (1 if facts.alone else SHARE)) - count(HEAD + facts.heading)
    rows: list[str] = []
    for row in map(_indented, facts.rows):
        left -= count(row) + 2
        if left < 0:
            break
        rows.append(row)
    left_out = len(facts.rows) - len(rows)
    fields = {"about": safe_name(facts.heading), "rows": rows, "rows_left_out": left_out}
    text = f"{HEAD}\n{json_line(**{name: value for name, value in fields.items() if value})}"
    reason = f"{counted(left_out, 'row')} over the budget" if left_out else ""
    return LibraryPart(
        text, LedgerEntry("library", facts.heading, count(text), True, reason), left_out
    )


def spread(
    passages: Sequence[DocumentPassage], room: int, count: Count
) -> tuple[tuple[Hit, ...], list[LedgerEntry]]:
    """Return a file's passages in order, all or evenly spread as many as fit, and their ledger."""
    sizes = [count(passage.text) + OVERHEAD for passage in passages]
    fitting = len(passages) if sum(sizes) <= room else int(len(passages) * room / sum(sizes))
    chosen = {n * len(passages) // fitting for n in range(fitting)} if fitting else set()
    hits: list[Hit] = []
    ledger: list[LedgerEntry] = []
    for n, (passage, size) in enumerate(zip(passages, sizes, strict=True)):
        if n in chosen and size <= room:
            room -= size
            hit = Hit(passage, 1.0)
            hits.append(hit)
            ledger.append(entry_of(hit, size, sent=True))
    return tuple(hits), ledger


def _indented(row: str) -> str:
    """A row on one line, cleaned, with the spaces that show the level of a heading."""
    return row[: len(row) - len(row.lstrip(" "))] + safe_name(row)
