"""The running summary of a conversation: what stands in for its older exchanges when it is sent."""

from __future__ import annotations

from ingest.records.database import Database
from ingest.text.cleaning import masked


def summary(database: Database, conversation: int) -> tuple[str, str] | None:
    """The summary of the conversation in this row and the id of the last exchange that is in it."""
    row = database.row(
        "SELECT text, exchange FROM summaries WHERE conversation_id = ?", (conversation,)
    )
    return (row["text"], row["exchange"]) if row is not None else None


def put_summary(database: Database, conversation: int, text: str, exchange: str) -> None:
    """Keep a summary in place of the one there was."""
    database.execute(
        "INSERT OR REPLACE INTO summaries (conversation_id, exchange, text) VALUES (?, ?, ?)",
        (conversation, exchange, masked(text)),
    )
