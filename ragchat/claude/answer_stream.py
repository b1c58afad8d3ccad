"""The events of an answer on its way, which may be left at any time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ragchat.claude.wire import Answer, Event, Finished

if TYPE_CHECKING:
    from ragchat.claude.partial_answer import PartialAnswer


class AnswerStream(Iterator[Event]):
    """An answer on its way: its events, the last of which is `Finished`.

    Leaving the `with` block, or `close`, hangs up; `answer_so_far` then has what had arrived, also
    after a Ctrl-C.
    """

    def __init__(self, events: Iterator[Event], partial: PartialAnswer) -> None:
        self._events = events
        self._partial = partial
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
        """The whole answer once it is finished; before that the arrived parts, as interrupted."""
        return self._answer or self._partial.answer("interrupted", "the answer was stopped")
