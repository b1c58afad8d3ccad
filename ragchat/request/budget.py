"""The budget of a request: which passages fit, with a ledger of the reasons; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.document import DocumentPassage, Hit, Kind
from ingest.text.amounts import counted

SHARE = 0.5
"""The share of the budget that one file or one conversation may take."""

OVERHEAD = 30
"""Tokens that each passage costs beyond its text: its source, title and JSON."""


Part = Kind | Literal["library", "attachment", "window", "summary"]
"""What an entry of the ledger is: a passage of one kind, or another part of a request."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger: something that was sent, or that was left out and why.

    `name` is the label of a passage; `source` is its file, or the title of its conversation.
    """

    part: Part
    name: str
    tokens: int
    sent: bool
    reason: str
    score: float | None = None
    source: str | None = None
    start_line: int | None = None
    end_line: int | None = None
    page: int | None = None


def entry_of(hit: Hit, tokens: int, reason: str | None = None, *, sent: bool) -> LedgerEntry:
    """Return the ledger entry of a hit."""
    passage = hit.passage
    document = passage if isinstance(passage, DocumentPassage) else None
    return LedgerEntry(
        part=passage.kind,
        name=passage.label(),
        tokens=tokens,
        sent=sent,
        reason=reason or "",
        score=hit.score,
        source=passage.source if isinstance(passage, DocumentPassage) else passage.title,
        start_line=document.start_line if document else None,
        end_line=document.end_line if document else None,
        page=document.page if document else None,
    )


def fit(
    hits: Sequence[Hit], tokens: int, count: Callable[[str], int]
) -> tuple[tuple[Hit, ...], tuple[LedgerEntry, ...]]:
    """Return the best hits that fit into a number of tokens, and a ledger entry for each hit.

    A hit that does not fit is skipped for smaller ones. Where the hits are of several sources,
    none takes more than its share, except for its best passage.
    """
    kept: list[Hit] = []
    ledger: list[LedgerEntry] = []
    left = tokens
    spent: dict[str, int] = {}
    several = len({hit.passage.origin for hit in hits}) > 1
    for hit in hits:
        size = count(hit.passage.text) + OVERHEAD
        origin = hit.passage.origin
        reason: str | None = None
        if size > left:
            reason = f"over the budget of {counted(tokens, 'token')}"
        elif several and origin in spent and spent[origin] + size > SHARE * tokens:
            reason = f"its source has its share of {SHARE:.0%} already"
        else:
            kept.append(hit)
            left -= size
            spent[origin] = spent.get(origin, 0) + size
        ledger.append(entry_of(hit, size, reason, sent=reason is None))
    return tuple(kept), tuple(ledger)
