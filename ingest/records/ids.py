"""The ids of rows, a type for each table, so that one is not taken for another."""

from __future__ import annotations

from typing import NewType

CollectionId = NewType("CollectionId", int)
ConversationRow = NewType("ConversationRow", int)
"""Its row; the id that users know is a string."""
DocumentId = NewType("DocumentId", int)
TurnId = NewType("TurnId", int)
ModelId = NewType("ModelId", int)
