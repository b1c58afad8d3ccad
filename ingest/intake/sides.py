"""Which side the people of a chat are on: the first to speak counts as the user, and stays it.

Another export of the chat may begin later, with someone else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.conversation import Turn
    from ingest.records.imports import StoredTurn


def on_known_sides(said: Sequence[Turn], known: Sequence[StoredTurn]) -> tuple[Turn, ...]:
    """The messages, those of people on the sides that they have in what is stored."""
    first = next((turn.speaker for turn in known if turn.role == "user" and not turn.here), "")
    taken = next((turn.speaker for turn in said if turn.role == "user"), "")
    if not first or not taken or first == taken or not all(turn.speaker for turn in said):
        return tuple(said)
    return tuple(
        replace(turn, role="user" if turn.speaker == first else "assistant") for turn in said
    )
