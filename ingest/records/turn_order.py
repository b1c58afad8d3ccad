"""Turns in the order they were said, whenever they were written."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.records.database import Database, Row


def put_in_order(database: Database, conversation: int, said: Sequence[str]) -> None:
    """Order the conversation in this row as a transcript has it, by the ids of its messages.

    Times alone do not tell: those of an export may be equal, or go back. They only tell where
    turns stand that the transcript does not have. The caller opens the transaction.
    """
    written = database.rows(
        "SELECT id, key, time, position FROM turns WHERE conversation_id = ? ORDER BY position",
        (conversation,),
    )
    place = {key: n for n, key in enumerate(said)}
    told = [each for each in written if each["key"] in place]
    told.sort(key=lambda each: place[each["key"]])
    others = [each for each in written if each["key"] not in place]
    ordered = list(merge(others, told, key=lambda each: each["time"]))
    if ordered == written:
        return
    database.execute_many(
        "UPDATE turns SET position = ? WHERE id = ?",
        [(was["position"], now["id"]) for was, now in zip(written, ordered, strict=True)],
    )
    # A summary has been written without what now stands among what it sums up, and a turn is
    # indexed with a hint of what it followed.
    database.execute("DELETE FROM summaries WHERE conversation_id = ?", (conversation,))
    followed = _followed(written)
    database.execute_many(
        "DELETE FROM chunks WHERE turn_id = ?",
        [(row,) for row, before in _followed(ordered).items() if before != followed[row]],
    )


def _followed(turns: Sequence[Row]) -> dict[int, int | None]:
    """What each turn was said right after, by their rows."""
    rows = [each["id"] for each in turns]
    return dict(zip(rows, [None, *rows], strict=False))
