"""The text of an answer while it arrives: its pieces, each with what it cites; pure."""

from __future__ import annotations

from collections.abc import Iterator

from ragchat.claude.raw_events import is_number, split_pair, string_at, value_at
from ragchat.claude.wire import Citation, Cited, Event, Piece, Text
from ragchat.cleaning import LOST

CHARACTERS_A_TOKEN = 12
"""An answer of more characters for each token of its limit has no end: three times what a token of
prose or code comes to."""

SLACK = 2_000
"""Characters that any answer may have, however low its limit."""

LONGEST_QUOTE = 20_000


class ArrivingText:
    """The pieces that have arrived, and the one that is open. `max_tokens` is the limit of the
    answer, `passages` the number of passages that it may cite.

    `characters` counts what arrived, thinking included; `wrong_citations` those of passages that
    were not sent.
    """

    def __init__(self, max_tokens: int, passages: int) -> None:
        self.characters = 0
        self.wrong_citations = 0
        self._most_characters = CHARACTERS_A_TOKEN * max_tokens + SLACK
        self._passages = passages
        self._ended: list[Piece] = []
        self._words: list[str] = []
        self._citations: list[Citation] = []
        self._half = ""  # of a pair of surrogates, whose other half comes with the next event

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces so far, with the one that is open."""
        return (*self._ended, *self._open_piece())

    @property
    def text(self) -> str:
        """The words so far, without marks."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def endless(self) -> bool:
        """Whether more has arrived, thinking included, than the limit can come to."""
        return self.characters > self._most_characters

    def add(self, text: str) -> Iterator[Event]:
        """Add text to the open piece, and yield what of it is shown."""
        text, self._half = split_pair(self._half + text)
        left = max(0, self._most_characters - self.characters)
        self.characters += len(text)
        if text := text[:left]:  # one event may hold any amount
            self._words.append(text)
            yield Text(text)

    def count_unseen(self, text: str) -> None:
        """Count text that is not shown: thinking, for one."""
        self.characters += len(text)

    def cite(self, citation: object) -> None:
        """Add a citation of the API to the open piece, if it is of a passage that was sent."""
        if citation is None:
            return
        index = value_at(citation, "search_result_index")
        if is_number(index) and 0 <= index < self._passages:
            quote = string_at(citation, "cited_text")[:LONGEST_QUOTE]
            self._citations.append(Citation(index, quote))
        elif index is not None:
            self.wrong_citations += 1

    def end_piece(self) -> Iterator[Event]:
        """Close the piece that is open, if any: its citations follow its text."""
        if self._half:
            self._half = ""
            yield from self.add(LOST)
        for piece in self._open_piece():
            self._ended.append(piece)
            for citation in piece.citations:
                yield Cited(citation.passage_index, citation.quote)
        self._words, self._citations = [], []

    def _open_piece(self) -> tuple[Piece, ...]:
        return (Piece("".join(self._words), tuple(self._citations)),) if self._words else ()
