"""What was said as it is stored: without the secrets that were said."""

from __future__ import annotations

from dataclasses import replace

from ingest.conversation import Turn
from ingest.text.cleaning import mask


def masked(text: str) -> str:
    """The text with labels in place of its secrets."""
    return mask(text).text


def masked_turn(turn: Turn) -> Turn:
    """The turn with labels in place of its secrets."""
    return replace(turn, text=masked(turn.text), speaker=masked(turn.speaker))
