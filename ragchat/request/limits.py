"""The most that a request may hold; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragchat.request.budget import LedgerEntry
from ragchat.request.history import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a request may hold: passages (`top_k`, and for a question about the user
    `personal_memories` more), and tokens as they are estimated.

    - `window_tokens`: of the conversation, with the strategies "rag" and "summary";
      `long_window_tokens` with "window", `full_tokens` with "full".
    - `context_tokens`: of the passages.
    - `request_tokens`: of the whole request, where its window is that of "rag".
    - `question_tokens`: of the question, and again of its attachments.
    - `max_tokens`: of the answer.
    """

    top_k: int
    window_tokens: int
    context_tokens: int
    request_tokens: int
    max_tokens: int
    history: Strategy = "rag"
    long_window_tokens: int = 20_000
    full_tokens: int = 150_000
    personal_memories: int = 24
    question_tokens: int = 4_000

    @property
    def history_tokens(self) -> int:
        """The most that may be sent of the conversation."""
        longer = {"window": self.long_window_tokens, "full": self.full_tokens}
        return longer.get(self.history, self.window_tokens)

    @property
    def all_tokens(self) -> int:
        """The most that the whole request may have."""
        return self.request_tokens - self.window_tokens + self.history_tokens

    def shrunk(self, ledger: Sequence[LedgerEntry]) -> Limits:
        """Return limits of half the sent tokens, for a model with a smaller window."""
        window = sum(entry.tokens for entry in ledger if entry.sent and entry.part == "window") // 2
        context = (
            sum(entry.tokens for entry in ledger if entry.sent and entry.score is not None) // 2
        )
        return replace(
            self,
            window_tokens=min(self.window_tokens, window),
            long_window_tokens=min(self.long_window_tokens, window),
            full_tokens=min(self.full_tokens, window),
            context_tokens=min(self.context_tokens, context),
            question_tokens=self.question_tokens // 2,
        )
