"""Talk between people: they have names, and the first to speak counts as the user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.transcripts.transcript import Draft


@dataclass(slots=True)
class People:
    """A draft in which people speak."""

    draft: Draft
    first: str = ""

    def say(self, speaker: str, text: str, id: str, time: datetime | None) -> None:  # noqa: A002
        """Add a message, unless it is empty."""
        if text.strip():
            self.first = self.first or speaker
            role = "user" if speaker == self.first else "assistant"
            self.draft.say(
                "user" if role == "user" else "assistant", text, id, time, speaker=speaker
            )
