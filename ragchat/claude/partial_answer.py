"""An answer while it arrives, from the raw events of the Messages API; pure.

Events are read by the API's names and nothing in them is trusted: a compatible server may leave out
or add anything, and send any number.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.conversation import Status
from ingest.text.amounts import counted
from ragchat.claude.endings import ending
from ragchat.claude.plausible_usage import Exchanged
from ragchat.claude.raw_events import (
    is_number,
    raw_string_at,
    split_pair,
    string_at,
    value_at,
)
from ragchat.claude.tokens import estimate_tokens
from ragchat.claude.wire import (
    Answer,
    Citation,
    Cited,
    Event,
    Piece,
    Text,
    Thinking,
)
from ragchat.cleaning import LOST

MOST_TOKENS = 10**9
"""The largest count that is believed: a thousand times the longest context there is."""

CHARACTERS_A_TOKEN = 12
"""An answer of more characters for each token of its limit has no end: three times what a token of
prose or code comes to."""

SLACK = 2_000
"""Characters that any answer may have, however low its limit."""

LONGEST_NAME = 200
"""Characters of a model's name and a request's id."""

LONGEST_QUOTE = 20_000

UNBELIEVABLE = (
    "the server sent token counts that cannot be right: those shown are estimates, and their cost"
    " is not counted"
)

_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
_NESTED = {
    "thinking_tokens": ("output_tokens_details", "thinking_tokens"),
    "ephemeral_1h_input_tokens": ("cache_creation", "ephemeral_1h_input_tokens"),
}


class PartialAnswer:
    """The parts of an answer that have arrived. `max_tokens` is the limit sent with the request,
    `passages` the number of passages that the answer may cite.
    """

    def __init__(self, max_tokens: int, passages: int) -> None:
        self._request = b""
        self._max_tokens = max_tokens
        self._most_characters = CHARACTERS_A_TOKEN * max_tokens + SLACK
        self._passages = passages
        self._model = ""
        self._wasted: tuple[Mapping[str, int], ...] = ()
        self._believable = True
        self._begin()

    def clear(self) -> None:
        """Forget everything but the tokens used, before the request is sent again."""
        if self.opened:
            usage, self._believable = self._believed_usage()
            self._wasted += (usage,)
        self._begin()

    def _begin(self) -> None:
        self.opened = False
        self.stop_reason: str | None = None
        self._request_id = ""
        self._refusal = ""
        self._pieces: list[Piece] = []
        self._words: list[str] = []
        self._half = ""  # of a pair of surrogates, whose other half comes with the next event
        self._citations: list[Citation] = []
        self._usage = dict.fromkeys(_USAGE, 0)
        self._counted = False
        self._characters = 0
        self._wrong_citations = 0

    @property
    def begun(self) -> bool:
        """Whether any text has arrived."""
        return bool(self._pieces or self._words)

    @property
    def endless(self) -> bool:
        """Whether more has arrived, thinking included, than `max_tokens` can come to."""
        return self._characters > self._most_characters

    def open(self, request: bytes, request_id: str) -> None:
        """Note the body that was sent, and the id that the server gave the request."""
        self._request, self._request_id = request, request_id

    def take(self, event: object) -> Iterator[Event]:
        """Add one raw event, and yield the part of it that is worth showing."""
        kind = value_at(event, "type")
        if kind == "message_start":
            self.opened = True
            self._model = string_at(event, "message", "model")[:LONGEST_NAME]
            self._count(value_at(event, "message", "usage"))
        elif kind == "content_block_start":
            if "thinking" in string_at(event, "content_block", "type"):
                yield Thinking()
            yield from self._add(raw_string_at(event, "content_block", "text"))
        elif kind == "content_block_delta":
            self._cite(value_at(event, "delta", "citation"))
            for unseen in ("thinking", "partial_json", "signature"):
                self._characters += len(string_at(event, "delta", unseen))
            yield from self._add(raw_string_at(event, "delta", "text"))
        elif kind == "content_block_stop":
            yield from self.end_piece()
        elif kind == "message_delta":
            self._end(event)

    def end_piece(self) -> Iterator[Event]:
        """Close the piece that is open, if any: its citations follow its text."""
        if self._half:
            self._half = ""
            yield from self._add(LOST)
        for piece in self._open_piece():
            self._pieces.append(piece)
            for citation in piece.citations:
                yield Cited(citation.passage_index, citation.quote)
        self._words, self._citations = [], []

    def answer(self, status: Status, reason: str) -> Answer:
        """Return the arrived parts as an answer with this ending."""
        usage, believable = self._believed_usage()
        return Answer(
            pieces=(*self._pieces, *self._open_piece()),
            status=status,
            reason=reason,
            stop_reason=self.stop_reason,
            model=self._model,
            request_id=self._request_id[:LONGEST_NAME],
            usage=usage,
            wasted=self._wasted,
            believable=believable,
            notices=tuple(self._notices(believable=believable)),
        )

    def final_answer(self, broken: str = "") -> Answer:
        """The answer at the end of its stream; `broken` says why, where it has no proper end."""
        if self.stop_reason is None:
            return self.answer("cut off", broken)
        has_text = any(piece.text.strip() for piece in (*self._pieces, *self._open_piece()))
        return self.answer(
            *ending(self.stop_reason, has_text, max_tokens=self._max_tokens, refusal=self._refusal)
        )

    def _add(self, text: str) -> Iterator[Event]:
        text, self._half = split_pair(self._half + text)
        left = max(0, self._most_characters - self._characters)
        self._characters += len(text)
        if text := text[:left]:  # one event may hold any amount
            self._words.append(text)
            yield Text(text)

    def _open_piece(self) -> tuple[Piece, ...]:
        return (Piece("".join(self._words), tuple(self._citations)),) if self._words else ()

    def _cite(self, citation: object) -> None:
        if citation is None:
            return
        index = value_at(citation, "search_result_index")
        if is_number(index) and 0 <= index < self._passages:
            quote = string_at(citation, "cited_text")[:LONGEST_QUOTE]
            self._citations.append(Citation(index, quote))
        elif index is not None:
            self._wrong_citations += 1

    def _end(self, event: object) -> None:
        self.stop_reason = string_at(event, "delta", "stop_reason") or self.stop_reason
        details = value_at(event, "delta", "stop_details")
        parts = (string_at(details, "category"), string_at(details, "explanation"))
        self._refusal = ": ".join(filter(None, parts))
        self._count(value_at(event, "usage"))
        self._counted = is_number(value_at(event, "usage", "output_tokens"))

    def _count(self, usage: object) -> None:
        """Take over counts: they are cumulative, and those of the last event may be partial."""
        counts = {name: value_at(usage, name) for name in _USAGE}
        counts |= {name: value_at(usage, *path) for name, path in _NESTED.items()}
        for name, n in counts.items():
            if not is_number(n):
                continue
            self._usage[name] = min(max(n, 0), MOST_TOKENS)
            self._believable &= self._usage[name] == n

    def _believed_usage(self) -> tuple[Mapping[str, int], bool]:
        """The usage, and whether all counts so far can be right: else it is estimated. The output
        is counted in the last event: before that it is estimated, too.
        """
        text = "".join(piece.text for piece in (*self._pieces, *self._open_piece()))
        usage = dict(self._usage)
        if not self._counted:
            usage["output_tokens"] = max(usage["output_tokens"], estimate_tokens(text, self._model))
        exchanged = Exchanged(self._request, self._max_tokens, text, self._characters)
        believable = self._believable and exchanged.plausible(usage)
        return (usage if believable else exchanged.estimated(usage, self._model)), believable

    def _notices(self, *, believable: bool) -> Iterator[str]:
        if not believable:
            yield UNBELIEVABLE
        if self._wrong_citations:
            wrong = counted(self._wrong_citations, "citation")
            yield f"{wrong} of passages that were not sent: left out"
