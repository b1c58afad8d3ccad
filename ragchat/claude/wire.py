"""What goes to the model and what comes back, as records; knows nothing of how it travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ingest.conversation import Status
from ingest.document import Hit, Passage
from ragchat.claude.prices import CACHE_WRITE, CACHE_WRITE_HOUR

Style = Literal["native", "text"]
"""How passages are sent: as `search_result` blocks that Claude cites, or as numbered text."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Options of a request to the Messages API.

    `cached`: it begins like one that comes within minutes, so the prompt cache is worth writing;
    `lasting`: for an hour, since the pauses of this conversation are longer than five minutes.
    `prefill` is how the answer must begin; `schema`, a JSON Schema, what it must be.
    """

    cached: bool = False
    lasting: bool = False
    prefill: str = ""
    schema: Mapping[str, Any] | None = None

    @property
    def cache_control(self) -> dict[str, str]:
        """The mark of a block up to which the prompt cache is written.

        https://docs.claude.com/en/docs/build-with-claude/prompt-caching
        """
        return {"type": "ephemeral", "ttl": "1h"} if self.lasting else {"type": "ephemeral"}

    @property
    def cache_write(self) -> float:
        """The most that a token of the input costs, in input tokens: written to the cache."""
        return CACHE_WRITE_HOUR if self.lasting else CACHE_WRITE


PLAIN = Shape()
"""Nothing is asked beyond the words."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a request says. `messages` are as they are sent; `hits[i]` is its search result `i`,
    which in the style "text" has the number `i + 1`.
    """

    system: str
    messages: tuple[Mapping[str, Any], ...]
    hits: tuple[Hit, ...] = ()
    style: Style = "native"
    shape: Shape = PLAIN

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of its hits."""
        return tuple(hit.passage for hit in self.hits)

    @property
    def given(self) -> list[str]:
        """What the model may draw an answer from: the passages, and what the user said."""
        sent = [message["content"] for message in self.messages if message["role"] == "user"]
        texts = [content for content in sent if isinstance(content, str)]
        blocks = (block for content in sent if not isinstance(content, str) for block in content)
        texts += [block["text"] for block in blocks if block["type"] == "text"]
        return [*texts, *(f"{passage.label()}\n{passage.text}" for passage in self.passages)]


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of the prompt, and what of it Claude leans on."""

    passage_index: int
    quote: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer and what it is drawn from: one text block of the API."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What arrived. `usage` counts tokens under the API's names, `wasted` those of each attempt
    before that broke off without a text; `reason` is one line for the user, empty when the answer
    is done. `believable`: whether the counts can be right; `notices` say what else was wrong.
    """

    pieces: tuple[Piece, ...] = ()
    status: Status = "done"
    reason: str = ""
    stop_reason: str | None = None
    model: str = ""
    request_id: str = ""
    usage: Mapping[str, int] = field(default_factory=dict)
    wasted: tuple[Mapping[str, int], ...] = ()
    believable: bool = True
    notices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words alone, without marks."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def failed(self) -> bool:
        """Whether the service or the connection broke it off, rather than a limit or the user."""
        return self.status == "cut off" and self.stop_reason is None


@dataclass(frozen=True, slots=True)
class Thinking:
    """Claude thinks; no text yet."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The seconds until the request is sent again, and why; yielded once a second."""

    seconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class Text:
    """The next words."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The piece that ends here is drawn from this passage."""

    passage_index: int
    quote: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event: the whole answer."""

    answer: Answer


Event: TypeAlias = Thinking | Waiting | Text | Cited | Finished
