"""The running summary of a conversation, which replaces its older exchanges in requests."""

from __future__ import annotations

from ingest.records.database import Database
from ingest.records.ids import ConversationRow
from ingest.text.cleaning import masked


class Summaries:
    """Rows of `summaries`, at most one for each conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, conversation: ConversationRow) -> tuple[str, str] | None:
        """Return the summary of the conversation in this row, and the id of the last exchange that
        it covers.
        """
        row = self._database.row(
            "SELECT text, exchange FROM summaries WHERE conversation_id = ?", (conversation,)
        )
        return (row["text"], row["exchange"]) if row is not None else None

    def put(self, conversation: ConversationRow, text: str, exchange: str) -> None:
        """Store a summary in place of the former one."""
        self._database.execute(
            "INSERT OR REPLACE INTO summaries (conversation_id, exchange, text) VALUES (?, ?, ?)",
            (conversation, exchange, masked(text)),
        )
