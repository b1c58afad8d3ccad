"""The token counts of an answer while it arrives, by the API's names; pure."""

from __future__ import annotations

from ragchat.claude.raw_events import is_number, value_at

MOST_TOKENS = 10**9
"""The largest count that is believed: a thousand times the longest context there is."""

_NAMES = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
_NESTED = {
    "thinking_tokens": ("output_tokens_details", "thinking_tokens"),
    "ephemeral_1h_input_tokens": ("cache_creation", "ephemeral_1h_input_tokens"),
}


class TokenCounts:
    """The latest count of each kind. `in_range` is whether all that came were between 0 and
    MOST_TOKENS, `output_is_final` whether the last event, which counts the output, has come.
    """

    def __init__(self) -> None:
        self.usage = dict.fromkeys(_NAMES, 0)
        self.in_range = True
        self.output_is_final = False

    def take(self, usage: object) -> None:
        """Take over counts: they are cumulative, and those of the last event may be partial."""
        counts = {name: value_at(usage, name) for name in _NAMES}
        counts |= {name: value_at(usage, *path) for name, path in _NESTED.items()}
        for name, n in counts.items():
            if is_number(n):
                self.usage[name] = min(max(n, 0), MOST_TOKENS)
                self.in_range &= self.usage[name] == n

    def end(self, usage: object) -> None:
        """Take over the counts of the last event."""
        self.take(usage)
        self.output_is_final = is_number(value_at(usage, "output_tokens"))
