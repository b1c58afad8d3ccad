"""Which exchange each message of a transcript belongs to: a question and what is said right after
it are one; a message that stands alone is one by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.records.ids import TurnId
from ingest.records.public_ids import exchange_id

if TYPE_CHECKING:
    from ingest.conversation import Turn
    from ingest.records.imports import StoredTurn


def grouped(public: str, said: Sequence[Turn]) -> dict[str, str]:
    """The exchange of each message of the conversation with this public id, by message id.

    It depends on what was said before it alone, so that a newer export finds the same exchanges.
    """
    found: dict[str, str] = {}
    before: Turn | None = None
    for turn in said:
        answers = before is not None and (before.role, turn.role) == ("user", "assistant")
        found[turn.id] = found[before.id] if before and answers else exchange_id(public, turn.id)
        before = turn
    return found


def moves(
    public: str, stored: Iterable[StoredTurn], exchanges: Mapping[str, str], kept: Collection[str]
) -> dict[TurnId, str]:
    """The exchanges that stored turns, by their rows, have to move to.

    `exchanges` are those of the transcript; `kept` are the ids of its messages that are stored. A
    turn that the transcript does not have makes room in its exchange for one that it has.
    """
    imported = [turn for turn in stored if not turn.here]
    moved = {
        turn.row: exchanges[turn.key]
        for turn in imported
        if turn.key in kept and turn.exchange != exchanges[turn.key]
    }
    taken = {(exchanges[turn.key], turn.role) for turn in imported if turn.key in kept}
    for turn in imported:
        if turn.key not in kept and (turn.exchange, turn.role) in taken:
            moved[turn.row] = exchange_id(public, turn.key)
    return moved
