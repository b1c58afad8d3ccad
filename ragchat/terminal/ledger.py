"""What entered a request and what lost its place, as a table; quotations, marked as such."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len

from ingest.text.amounts import counted, first_lines
from ragchat.answer.extracts import Extract
from ragchat.cleaning import one_line
from ragchat.request.budget import LedgerEntry
from ragchat.request.composer import Request
from ragchat.retrieval.library_facts import LibraryFacts
from ragchat.terminal.parts import SEPARATOR, shortened
from ragchat.terminal.screen import Screen
from ragchat.terminal.sources import EARLIER, label, seen_from

MOST_ROWS = 40
"""Rows of what the library says of itself that are shown without a model."""

LEAST_NAME = 12
"""Cells of a name below which the ledger is not laid out as a table."""

INDENT = 4
"""Cells before a line that `Screen.passage` writes."""

BESIDE = 37
"""Cells of a row of the ledger beside its name and its reason, with the gaps between."""


def show_ledger(screen: Screen, request: Request) -> None:
    """The ledger of a turn, and about how many tokens the request has."""
    room = _room(screen.out.width, request.ledger)
    if room < LEAST_NAME:
        for entry in request.ledger:
            _show_in_lines(screen, entry)
        rows = []
    else:
        rows = _rows(request.ledger, room)
    if rows:
        screen.table(rows, ("", "part", "score", "tokens", "what", "why"))
    if request.reranking:
        screen.line(str(request.reranking))
    screen.line(f"about {counted(request.estimated_input_tokens, 'token')} in all")


def _rows(ledger: Sequence[LedgerEntry], room: int) -> list[tuple[object, ...]]:
    return [
        (
            "sent" if entry.sent else "not sent",
            entry.part,
            "" if entry.score is None else f"{entry.score:.2f}",
            entry.tokens,
            _name(entry, room),
            entry.reason,
        )
        for entry in ledger
    ]


def _show_in_lines(screen: Screen, entry: LedgerEntry) -> None:
    """Write an entry below another, where a table would have no room for its name."""
    score = "" if entry.score is None else f"{entry.score:.2f}"
    parts = (
        "sent" if entry.sent else "not sent",
        entry.part,
        score,
        counted(entry.tokens, "token"),
    )
    screen.say(SEPARATOR.join(filter(None, parts)))
    for line in filter(None, (_name(entry, screen.out.width - INDENT), entry.reason)):
        screen.passage(line)


def _room(width: int, ledger: Sequence[LedgerEntry]) -> int:
    """Return the cells left for a name on a row: the reasons take up to half of it, and fold."""
    left = width - BESIDE
    reasons = max((len(entry.reason) for entry in ledger), default=0)
    return max(1, left - min(reasons, (left + 1) // 2))


def _name(entry: LedgerEntry, room: int) -> str:
    if entry.part != "document":
        return shortened(one_line(entry.name), room, end=0)
    path = seen_from(Path.cwd(), entry.name)
    name = path.rpartition("/")[2]
    if cell_len(name) > room:  # its beginning tells the file, its end the place
        return shortened(name, room, end=room // 2)
    file = cell_len(path) - cell_len(path.rpartition("/")[0])
    return shortened(path, room, end=min(room - 1, max(file, room // 2)))


def show_extracts(screen: Screen, extracts: Sequence[Extract]) -> None:
    """Show sentences of the library, verbatim, each with its place."""
    screen.result("Quotations from the library (no model was asked):")
    for extract in extracts:
        earlier = EARLIER if extract.is_earlier else ""
        screen.result(f"\n> {extract.text}\n  {earlier}{label(extract.passage, Path.cwd())}")


def show_facts(screen: Screen, facts: LibraryFacts) -> None:
    """Show what the library says of itself, and name the command that shows all of it."""
    screen.result(f"{facts.heading}:" if facts.rows else facts.heading)
    for row in first_lines(facts.rows, MOST_ROWS):
        screen.result(f"  {row}")
    screen.line(f"`{facts.command}` shows {'it' if facts.rows else 'what there is'}")
