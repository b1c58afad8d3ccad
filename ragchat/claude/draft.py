"""An answer while it comes, from the raw events of the Messages API; pure.

Events are read by the API's names and trusted in nothing: a compatible server may leave out or
add what it likes.

https://docs.claude.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ragchat.claude.failures import ending
from ragchat.claude.tokens import estimate_tokens
from ragchat.claude.wire import (
    Answer,
    Citation,
    Cited,
    Event,
    Finished,
    Piece,
    Status,
    Text,
    Thinking,
)

_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)


class Draft:
    """What has come of one answer; `max_tokens` is the limit that it was asked with."""

    def __init__(self, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self._model = ""
        self._wasted: tuple[Mapping[str, int], ...] = ()
        self._begin()

    def clear(self) -> None:
        """Forget everything but what it has used, before the request is sent again."""
        if self.opened:
            self._wasted += (self._used(),)
        self._begin()

    def _begin(self) -> None:
        self.opened = False
        self.stop_reason: str | None = None
        self.request_id = ""
        self._refusal = ""
        self._pieces: list[Piece] = []
        self._words: list[str] = []
        self._citations: list[Citation] = []
        self._usage = dict.fromkeys(_USAGE, 0)
        self._counted = False

    @property
    def begun(self) -> bool:
        """Whether any text has come."""
        return bool(self._pieces or self._words)

    def take(self, event: object) -> Iterator[Event]:
        """Add one raw event; gives what of it is worth showing."""
        kind = _at(event, "type")
        if kind == "message_start":
            self.opened = True
            self._model = _string(event, "message", "model")
            self._count(_at(event, "message", "usage"))
        elif kind == "content_block_start":
            if "thinking" in _string(event, "content_block", "type"):
                yield Thinking()
            yield from self._add(_string(event, "content_block", "text"))
        elif kind == "content_block_delta":
            self._cite(_at(event, "delta", "citation"))
            yield from self._add(_string(event, "delta", "text"))
        elif kind == "content_block_stop":
            yield from self.end_piece()
        elif kind == "message_delta":
            self._end(event)

    def end_piece(self) -> Iterator[Event]:
        """Close the piece that is open, if any: its citations follow its text."""
        for piece in self._open_piece():
            self._pieces.append(piece)
            yield from (Cited(each.passage_index, each.quote) for each in piece.citations)
        self._words, self._citations = [], []

    def answer(self, status: Status, reason: str) -> Answer:
        """What has come, as an answer that ended like this."""
        return Answer(
            pieces=(*self._pieces, *self._open_piece()),
            status=status,
            reason=reason,
            stop_reason=self.stop_reason,
            model=self._model,
            request_id=self.request_id,
            usage=self._used(),
            wasted=self._wasted,
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
        if text:
            self._words.append(text)
            yield Text(text)

    def _open_piece(self) -> tuple[Piece, ...]:
        return (Piece("".join(self._words), tuple(self._citations)),) if self._words else ()

    def _cite(self, citation: object) -> None:
        index = _at(citation, "search_result_index")
        if isinstance(index, int):
            self._citations.append(Citation(index, _string(citation, "cited_text")))

    def _end(self, event: object) -> None:
        self.stop_reason = _string(event, "delta", "stop_reason") or self.stop_reason
        details = _at(event, "delta", "stop_details")
        said = (_string(details, "category"), _string(details, "explanation"))
        self._refusal = ": ".join(filter(None, said))
        self._count(_at(event, "usage"))
        self._counted = isinstance(_at(event, "usage", "output_tokens"), int)

    def _count(self, usage: object) -> None:
        """Take over counts: they are cumulative, and those of the last event may be partial."""
        counts = {name: _at(usage, name) for name in _USAGE}
        counts["thinking_tokens"] = _at(usage, "output_tokens_details", "thinking_tokens")
        self._usage.update({name: n for name, n in counts.items() if isinstance(n, int)})

    def _used(self) -> Mapping[str, int]:
        """The usage. The service tells the output last: before that it is estimated."""
        if self._counted:
            return dict(self._usage)
        text = "".join(each.text for each in (*self._pieces, *self._open_piece()))
        output = max(self._usage["output_tokens"], estimate_tokens(text, self._model))
        return {**self._usage, "output_tokens": output}


class AnswerStream(Iterator[Event]):
    """An answer on its way: its events, the last of which is `Finished`.

    Leaving the `with` block, or `close`, hangs up. What had come by then, also after a Ctrl-C,
    gives `answer_so_far`.
    """

    def __init__(self, events: Iterator[Event], draft: Draft) -> None:
        self._events = events
        self._draft = draft
        self._answer: Answer | None = None

    def __next__(self) -> Event:
        event = next(self._events)
        if isinstance(event, Finished):
            self._answer = event.answer
        return event

    def __enter__(self) -> AnswerStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, if the answer is still coming."""
        close = getattr(self._events, "close", None)
        if close is not None:
            close()

    def answer_so_far(self) -> Answer:
        """The whole answer once it is finished; before that what has come, as interrupted."""
        return self._answer or self._draft.answer("interrupted", "the answer was stopped")


def _at(value: object, *path: str) -> object:
    for name in path:
        value = getattr(value, name, None)
    return value


def _string(value: object, *path: str) -> str:
    found = _at(value, *path)
    return found if isinstance(found, str) else ""
