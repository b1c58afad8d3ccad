"""Turns in the order they were said, whenever they were written."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from typing import TYPE_CHECKING

from ingest.records.ids import ConversationRow

if TYPE_CHECKING:
    from ingest.records.database import Database, Row


def put_in_order(database: Database, conversation: ConversationRow, said: Sequence[str]) -> None:
    """Order the conversation in this row as a transcript has it, by the ids of its messages.

    Times alone do not tell: those of an export may be equal, or go back. They only tell where
    turns belong that the transcript does not have. The caller opens the transaction.
    """
    written = _turns(database, conversation)
    place = {key: n for n, key in enumerate(said)}
    listed = [turn for turn in written if turn["key"] in place]
    listed.sort(key=lambda turn: place[turn["key"]])
    others = [turn for turn in written if turn["key"] not in place]
    _write(database, conversation, written, list(merge(others, listed, key=lambda t: t["time"])))


def insert_in_order(database: Database, conversation: ConversationRow, said: Sequence[str]) -> None:
    """Put the turns that were written last where an older transcript has them: after the one that
    they follow there. The others keep their order. The caller opens the transaction.
    """
    written = _turns(database, conversation)
    by_key = {turn["key"]: turn for turn in written}
    following = {key: before for before, key in zip(["", *said], said, strict=False)}
    ordered = [turn for turn in written if turn["here"] or turn["brought"]]
    keys = [turn["key"] for turn in ordered]
    for key in said:
        if key in by_key and key not in keys:
            at = keys.index(following[key]) + 1 if following[key] in keys else 0
            keys.insert(at, key)
            ordered.insert(at, by_key[key])
    placed = {turn["id"] for turn in ordered}
    ordered += [turn for turn in written if turn["id"] not in placed]
    _write(database, conversation, written, ordered)


def _turns(database: Database, conversation: ConversationRow) -> list[Row]:
    """The turns as they are ordered now; `brought` says that a file was noted as theirs before."""
    return database.rows(
        "SELECT id, key, time, position, here,"
        " EXISTS (SELECT 1 FROM imported_turns WHERE turn_id = turns.id) AS brought"
        " FROM turns WHERE conversation_id = ? ORDER BY position",
        (conversation,),
    )


def _write(
    database: Database,
    conversation: ConversationRow,
    written: Sequence[Row],
    ordered: Sequence[Row],
) -> None:
    if list(ordered) == list(written):
        return
    database.execute_many(
        "UPDATE turns SET position = ? WHERE id = ?",
        [(was["position"], now["id"]) for was, now in zip(written, ordered, strict=True)],
    )
    # A summary was written without what is now among the turns that it sums up, and a turn is
    # indexed with a hint of what it followed.
    database.execute("DELETE FROM summaries WHERE conversation_id = ?", (conversation,))
    followed = _followed(written)
    database.execute_many(
        "DELETE FROM chunks WHERE turn_id = ?",
        [(row,) for row, before in _followed(ordered).items() if before != followed[row]],
    )


def _followed(turns: Sequence[Row]) -> dict[int, int | None]:
    """Return the row of the turn before each turn, by its row."""
    rows = [turn["id"] for turn in turns]
    return dict(zip(rows, [None, *rows], strict=False))
