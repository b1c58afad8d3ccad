"""What entered a request and what lost its place, as a table; quotations, marked as such."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.amounts import counted
from ragchat.composer import Prepared
from ragchat.quotes import Quote
from ragchat.terminal.screen import Screen
from ragchat.terminal.sources import place


def show_ledger(screen: Screen, prepared: Prepared) -> None:
    """The ledger of a turn, and about how many tokens the request has."""
    rows = [
        (
            "sent" if entry.sent else "not sent",
            entry.part,
            "" if entry.score is None else f"{entry.score:.2f}",
            entry.tokens,
            entry.name,
            entry.reason,
        )
        for entry in prepared.ledger
    ]
    if rows:
        screen.table(rows, ("", "part", "score", "tokens", "what", "why"))
    if prepared.reading:
        screen.line(str(prepared.reading))
    screen.line(f"about {counted(prepared.estimated_input_tokens, 'token')} in all")


def show_quotes(screen: Screen, quotes: Sequence[Quote]) -> None:
    """Sentences of the library, word for word, each with its place."""
    screen.result("Quotations from the library (no model was asked):")
    for quote in quotes:
        screen.result(f"\n> {quote.text}\n  {place(quote.passage, Path.cwd())}")
