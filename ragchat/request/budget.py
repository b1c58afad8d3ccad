"""What fits into a request, and the ledger that says why; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.document import Passage
from ingest.text.amounts import counted

SHARE = 0.5
"""Of the budget, this much may come from one file or one conversation."""

OVERHEAD = 30
"""Tokens that each passage costs beyond its text: its source, title and JSON."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: something that was sent, or that lost its place."""

    part: str
    name: str
    tokens: int
    sent: bool
    reason: str
    score: float | None = None


def fit(
    found: Sequence[Passage], tokens: int, count: Callable[[str], int]
) -> tuple[tuple[Passage, ...], tuple[Entry, ...]]:
    """The best passages that fit into so many tokens, and a ledger entry for each that was found.

    One that does not fit is passed over for smaller ones. Where several sources were found, none
    takes more than its share, but for its best passage.
    """
    kept: list[Passage] = []
    ledger: list[Entry] = []
    left = tokens
    spent: dict[str, int] = {}
    crowd = len({_origin(each) for each in found}) > 1
    for passage in found:
        size = count(passage.text) + OVERHEAD
        origin = _origin(passage)
        if size > left:
            reason = f"over the budget of {counted(tokens, 'token')}"
        elif crowd and origin in spent and spent[origin] + size > SHARE * tokens:
            reason = f"its source has its share of {SHARE:.0%} already"
        else:
            reason = ""
            kept.append(passage)
            left -= size
            spent[origin] = spent.get(origin, 0) + size
        ledger.append(
            Entry(passage.kind, name_of(passage), size, not reason, reason, passage.score)
        )
    return tuple(kept), tuple(ledger)


def _origin(passage: Passage) -> str:
    return passage.conversation or passage.source


def name_of(passage: Passage) -> str:
    """What a passage is called in the ledger: its place, or its date and title."""
    if passage.kind == "document":
        return f"{passage.source}:{passage.start_line}-{passage.end_line}"
    day = passage.time.astimezone().date().isoformat() if passage.time else ""
    return f"{day} “{passage.source}”"
