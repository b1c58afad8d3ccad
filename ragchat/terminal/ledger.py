"""What entered a request and what lost its place, as a table; quotations, marked as such."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len

from ingest.text.amounts import counted
from ragchat.answer.extracts import Extract
from ragchat.cleaning import one_line
from ragchat.request.budget import Entry
from ragchat.request.composer import Request
from ragchat.retrieval.library_facts import LibraryFacts
from ragchat.terminal.screen import Screen
from ragchat.terminal.sources import label, seen_from

MOST_ROWS = 40
"""Rows of what the library says of itself that are shown without a model."""

BESIDE = 37
"""Cells of a row of the ledger beside its name and its reason, with the gaps between."""


def show_ledger(screen: Screen, request: Request) -> None:
    """The ledger of a turn, and about how many tokens the request has."""
    room = _room(screen.out.width, request.ledger)
    rows = [
        (
            "sent" if entry.sent else "not sent",
            entry.part,
            "" if entry.score is None else f"{entry.score:.2f}",
            entry.tokens,
            _name(entry, room),
            entry.reason,
        )
        for entry in request.ledger
    ]
    if rows:
        screen.table(rows, ("", "part", "score", "tokens", "what", "why"))
    if request.reranking:
        screen.line(str(request.reranking))
    screen.line(f"about {counted(request.estimated_input_tokens, 'token')} in all")


def _room(width: int, ledger: Sequence[Entry]) -> int:
    """Return the cells left for a name on a row: the reasons take up to half of it, and fold."""
    left = width - BESIDE
    reasons = max((len(entry.reason) for entry in ledger), default=0)
    return max(1, left - min(reasons, (left + 1) // 2))


def _name(entry: Entry, room: int) -> str:
    if entry.part != "document":
        return shortened(one_line(entry.name), room, end=0)
    path = seen_from(Path.cwd(), entry.name)
    file = cell_len(path) - cell_len(path.rpartition("/")[0])
    return shortened(path, room, end=min(room - 1, max(file, room // 2)))


def shortened(text: str, cells: int, *, end: int) -> str:
    """Return the text cut to a number of cells; `end` of them show its end."""
    if cell_len(text) <= cells:
        return text
    begins, ends = text, text[::-1]
    while ends and cell_len(ends) > end:
        ends = ends[:-1]
    while begins and cell_len(begins) + cell_len(ends) >= cells:
        begins = begins[:-1]
    return f"{begins}…{ends[::-1]}"


def show_extracts(screen: Screen, extracts: Sequence[Extract]) -> None:
    """Sentences of the library, word for word, each with its place."""
    screen.result("Quotations from the library (no model was asked):")
    for extract in extracts:
        screen.result(f"\n> {extract.text}\n  {label(extract.passage, Path.cwd())}")


def show_facts(screen: Screen, facts: LibraryFacts) -> None:
    """What the library says of itself, and the command that shows all of it."""
    screen.result(f"{facts.heading}:")
    for row in facts.rows[:MOST_ROWS]:
        screen.result(f"  {row}")
    if len(facts.rows) > MOST_ROWS:
        screen.result(f"  and {len(facts.rows) - MOST_ROWS:,} more")
    screen.line(f"`{facts.command}` shows it")
