"""An answer that comes in pieces: all replies between two questions are one answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ingest.transcripts.transcript import Draft


@dataclass(slots=True)
class AnswerPieces:
    """The pieces of an answer, and where among them tools were used.

    Text before a tool call usually announces the next step ("Let me look at the test"): it is kept
    as narration, before the answer proper.
    """

    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    time: datetime | None = None
    model: str = ""
    assistant: str | None = None
    _proper: int = 0
    _document: int | None = None

    def add(
        self,
        text: str,
        id: str,  # noqa: A002
        time: datetime | None,
        model: str = "",
        *,
        document: bool = False,
    ) -> None:
        """Add a piece, unless it is blank. A `document` that was written is what was asked for:
        it is not narration, even if tools are used after it.
        """
        if not text.strip():
            return
        if document and self._document is None:
            self._document = len(self.texts)
        self.texts.append(text.strip())
        if id not in self.ids:
            self.ids.append(id)
        self.time = time or self.time
        self.model = model or self.model

    def use_tool(self) -> None:
        """Note that a tool was used after the pieces so far."""
        self._proper = len(self.texts)

    def finish(self, draft: Draft) -> None:
        """Say it, under the id of its first piece, and begin the next."""
        if self.texts:
            # An answer that was stopped has nothing behind its last tool: its last words count.
            proper = min(self._proper, len(self.texts) - 1)
            proper = proper if self._document is None else min(proper, self._document)
            narration = sum(len(text) + 2 for text in self.texts[:proper])
            draft.say(
                "assistant",
                "\n\n".join(self.texts),
                self.ids[0],
                self.time,
                model=self.model,
                narration=narration,
                assistant=self.assistant,
            )
            draft.absorbed.update(self.ids[1:])
        self.texts, self.ids, self._proper, self._document = [], [], 0, None
        self.time, self.model = None, ""
