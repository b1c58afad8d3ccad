"""Token counts of a server, compared with what the request and its answer can come to; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ragchat.claude.cost import input_tokens
from ragchat.claude.tokens import estimate_tokens

SERVER_TOKENS = 20_000
"""Input that a server may add of its own: the template of a chat, a gateway's system prompt."""

ENDING_TOKENS = 100
"""Output beyond `max_tokens` that a server may count: the tokens that end an answer."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What went over the wire: the request's body, its `max_tokens`, the answer's text, and the
    characters that arrived, thinking included.
    """

    request: bytes
    max_tokens: int
    answer: str = ""
    characters: int = 0

    def plausible(self, usage: Mapping[str, int]) -> bool:
        """Return whether the counts can be right. A token is at least a byte of what was sent, and
        an answer has at most `max_tokens`, or what a server that ignores them has sent.
        """
        most_input = len(self.request) + SERVER_TOKENS
        most_output = max(self.max_tokens + ENDING_TOKENS, 4 * self.characters)  # 4 bytes in UTF-8
        output = usage.get("output_tokens", 0)
        return (
            input_tokens(usage) <= most_input
            and output <= most_output
            and usage.get("thinking_tokens", 0) <= output
        )

    def estimated(self, usage: Mapping[str, int], model: str) -> dict[str, int]:
        """Return estimates in place of the counts, with nothing read from a cache."""
        return dict.fromkeys(usage, 0) | {
            "input_tokens": estimate_tokens(self.request.decode("utf-8", "replace"), model),
            "output_tokens": estimate_tokens(self.answer, model),
        }
