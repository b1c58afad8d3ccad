"""An answer while it arrives, from the raw events of the Messages API; pure.

Events are read by the API's names and nothing in them is trusted: a compatible server may leave out
or add anything, and send any number.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.conversation import Status
from ingest.text.amounts import counted
from ragchat.claude.arriving_text import ArrivingText
from ragchat.claude.endings import ending
from ragchat.claude.plausible_usage import Exchanged
from ragchat.claude.raw_events import raw_string_at, string_at, value_at
from ragchat.claude.token_counts import TokenCounts
from ragchat.claude.tokens import estimate_tokens
from ragchat.claude.wire import Answer, Event, Thinking

LONGEST_NAME = 200
"""Characters of a model's name and a request's id."""

UNBELIEVABLE = (
    "the server sent token counts that cannot be right: those shown are estimates, and their cost"
    " is not counted"
)


class PartialAnswer:
    """The parts of an answer that have arrived. `max_tokens` is the limit sent with the request,
    `passages` the number of passages that the answer may cite.
    """

    def __init__(self, max_tokens: int, passages: int) -> None:
        self._max_tokens = max_tokens
        self._passages = passages
        self._request = b""
        self._model = ""
        self._wasted: tuple[Mapping[str, int], ...] = ()
        self._believable = True  # the counts of all attempts before this one
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
        self._text = ArrivingText(self._max_tokens, self._passages)
        self._counts = TokenCounts()

    @property
    def begun(self) -> bool:
        """Whether any text has arrived."""
        return bool(self._text.pieces)

    @property
    def endless(self) -> bool:
        """Whether more has arrived, thinking included, than `max_tokens` can come to."""
        return self._text.endless

    def open(self, request: bytes, request_id: str) -> None:
        """Note the body that was sent, and the id that the server gave the request."""
        self._request, self._request_id = request, request_id

    def take(self, event: object) -> Iterator[Event]:
        """Add one raw event, and yield the part of it that is worth showing."""
        kind = value_at(event, "type")
        if kind == "message_start":
            self.opened = True
            self._model = string_at(event, "message", "model")[:LONGEST_NAME]
            self._counts.take(value_at(event, "message", "usage"))
        elif kind == "content_block_start":
            if "thinking" in string_at(event, "content_block", "type"):
                yield Thinking()
            yield from self._text.add(raw_string_at(event, "content_block", "text"))
        elif kind == "content_block_delta":
            self._text.cite(value_at(event, "delta", "citation"))
            for unseen in ("thinking", "partial_json", "signature"):
                self._text.count_unseen(string_at(event, "delta", unseen))
            yield from self._text.add(raw_string_at(event, "delta", "text"))
        elif kind == "content_block_stop":
            yield from self.end_piece()
        elif kind == "message_delta":
            self._end(event)

    def end_piece(self) -> Iterator[Event]:
        """Close the piece that is open, if any: its citations follow its text."""
        return self._text.end_piece()

    def answer(self, status: Status, reason: str) -> Answer:
        """Return the arrived parts as an answer with this ending."""
        usage, believable = self._believed_usage()
        return Answer(
            pieces=self._text.pieces,
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
        has_text = any(piece.text.strip() for piece in self._text.pieces)
        return self.answer(
            *ending(self.stop_reason, has_text, max_tokens=self._max_tokens, refusal=self._refusal)
        )

    def _end(self, event: object) -> None:
        self.stop_reason = string_at(event, "delta", "stop_reason") or self.stop_reason
        details = value_at(event, "delta", "stop_details")
        parts = (string_at(details, "category"), string_at(details, "explanation"))
        self._refusal = ": ".join(filter(None, parts))
        self._counts.end(value_at(event, "usage"))

    def _believed_usage(self) -> tuple[Mapping[str, int], bool]:
        """The usage, and whether all counts so far can be right: else it is estimated. The output
        is counted in the last event: before that it is estimated, too.
        """
        text, usage = self._text.text, dict(self._counts.usage)
        if not self._counts.output_is_final:
            usage["output_tokens"] = max(usage["output_tokens"], estimate_tokens(text, self._model))
        exchanged = Exchanged(self._request, self._max_tokens, text, self._text.characters)
        in_range = self._believable and self._counts.in_range
        believable = in_range and exchanged.plausible(usage)
        return (usage if believable else exchanged.estimated(usage, self._model)), believable

    def _notices(self, *, believable: bool) -> Iterator[str]:
        if not believable:
            yield UNBELIEVABLE
        if self._text.wrong_citations:
            wrong = counted(self._text.wrong_citations, "citation")
            yield f"{wrong} of passages that were not sent: left out"
