"""The request for a question: which turns and passages it holds, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.conversation import Exchange
from ingest.search.scope import Scope
from ragchat.claude.capabilities import cache_minimum
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import PLAIN, Prompt, Shape
from ragchat.query.followup import Earlier
from ragchat.query.local_time import LOCAL
from ragchat.request.budget import OVERHEAD, LedgerEntry
from ragchat.request.context import NO_CONTEXT, Context, context_of
from ragchat.request.excerpts import attached_hits, search_text
from ragchat.request.history import (
    CACHE_LIFE,
    Summary,
    Window,
    cache_life,
    in_flow,
    sendable,
    window_of,
)
from ragchat.request.limits import Limits
from ragchat.request.prompt import USUAL, Instructions, build
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.policy import ForRequest

if TYPE_CHECKING:
    from ingest.document import Hit
    from ragchat.retrieval.reranking import Reranking
    from ragchat.retrieval.retriever import Retriever

LEAST_ATTACHED = 1_000
"""Tokens of attachments that are sent however full the window is."""

BLOCK = 4
"""Tokens of a message or a block beyond its words."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the model, before it is sent, and the ledger of what entered it.

    `asked` is the question as it is remembered: with a line for each attachment in place of its
    text. `window` are the ids of the exchanges that are sent. `uncorrected_tokens` is the estimate
    before it was corrected by what the model has counted; `reranking` is there if a reranker has
    read the hits. `notice` is for the user: why little or nothing was found.
    `found_nothing` is for a library that was searched and had nothing to send.
    """

    asked: str
    prompt: Prompt
    ledger: tuple[LedgerEntry, ...]
    estimated_input_tokens: int
    uncorrected_tokens: int
    window: frozenset[str] = frozenset()
    reranking: Reranking | None = None
    notice: str = ""
    found_nothing: bool = False


@dataclass(frozen=True, slots=True)
class _Frame:
    """What surrounds the question of a request: the window, the shape, and the time it is asked."""

    window: Window
    shape: Shape
    now: datetime


class Composer:
    """Builds the requests of one conversation with one model.

    `retriever` is called when the retriever is needed, so that it may still be loading; None
    composes without any context.
    """

    def __init__(
        self,
        model: ChatModel,
        retriever: Callable[[], Retriever] | None,
        scope: Scope,
        instructions: Instructions = USUAL,
        *,
        shape: Shape = PLAIN,
    ) -> None:
        self.model = model
        self._retriever = retriever
        self.scope = scope
        self._instructions = instructions
        self._shape = shape

    def window(
        self,
        exchanges: Sequence[Exchange],
        limits: Limits,
        summary: Summary | None,
        now: datetime,
    ) -> Window:
        """Return the part of the conversation that is sent at this time."""
        return window_of(
            exchanges,
            limits.history,
            limits.history_tokens,
            # The window's beginning must not move because an estimate has become better.
            self.model.steady_tokens,
            now,
            summary=summary,
            life=self._cache_life([exchange for exchange in exchanges if sendable(exchange)]),
        )

    def compose(
        self,
        message: UserMessage,
        exchanges: Sequence[Exchange],
        limits: Limits,
        *,
        summary: Summary | None = None,
        now: datetime,
    ) -> Request:
        """Retrieve for a question and build its request; nothing is sent or stored."""
        exchanges = [exchange for exchange in exchanges if exchange.id != message.instead_of]
        notes = (attached.note for attached in message.attachments)
        asked = "\n\n".join([message.question.strip(), *notes])
        frame = self._frame(exchanges, limits, summary, now.astimezone(LOCAL))
        # What the question and the window leave is for attachments first, then for passages.
        room = limits.all_tokens - self._estimate(self._prompt(asked, (), frame))
        attached, entries = self._attached(message, limits, room)
        room = max(0, min(limits.context_tokens, room - sum(entry.tokens for entry in entries)))
        context = self._context(message, exchanges, frame, limits, room)
        hits = (*attached, *context.hits)
        prompt = self._prompt(asked, hits, frame, context.library)
        uncorrected = sum(self._parts(prompt))
        return Request(
            asked=asked,
            prompt=prompt,
            ledger=(*self._window_entries(frame.window), *entries, *context.entries),
            estimated_input_tokens=self.model.scale.applied(uncorrected),
            uncorrected_tokens=uncorrected,
            window=frame.window.ids,
            reranking=context.reranking,
            notice=context.notice,
            found_nothing=self._retriever is not None and not (hits or context.library),
        )

    def _attached(
        self, message: UserMessage, limits: Limits, room: int
    ) -> tuple[list[Hit], list[LedgerEntry]]:
        """Return the parts of the attachments to send, and their ledger."""
        most = None if message.whole else max(LEAST_ATTACHED, min(limits.question_tokens, room))
        searched = message.attachments and self._retriever
        embed = searched().embedder.embed_passages if searched else None
        count = self._passage_tokens
        return attached_hits(message.attachments, message.question, most, count, embed)

    def _context(
        self,
        message: UserMessage,
        exchanges: Sequence[Exchange],
        frame: _Frame,
        limits: Limits,
        room: int,
    ) -> Context:
        """Return what the library has for the question, within a number of tokens."""
        if self._retriever is None:
            return NO_CONTEXT
        retriever = self._retriever()
        text = search_text(message.question, message.attachments)
        query = retriever.read(text, _earlier(exchanges), frame.now)
        known, personal = frame.window.ids, limits.personal_memories
        policy = ForRequest(limits.top_k, known, message.instead_of, personal)
        return context_of(retriever, query, self.scope, policy, room, self.model.tokens)

    def _passage_tokens(self, text: str) -> int:
        return self.model.tokens(text) + OVERHEAD

    def _frame(
        self,
        exchanges: Sequence[Exchange],
        limits: Limits,
        summary: Summary | None,
        now: datetime,
    ) -> _Frame:
        window = self.window(exchanges, limits, summary, now)
        return _Frame(window, self._with_cache(window, exchanges, now), now)

    def _prompt(
        self, question: str, hits: Sequence[Hit], frame: _Frame, library: str = ""
    ) -> Prompt:
        return build(
            question,
            hits,
            frame.window,
            self._instructions,
            shape=frame.shape,
            now=frame.now,
            library=library,
        )

    def _with_cache(self, window: Window, exchanges: Sequence[Exchange], now: datetime) -> Shape:
        """Return the shape, with the prompt cache where writing it pays: turns in flow, and long
        enough.
        """
        exchanges = [exchange for exchange in exchanges if sendable(exchange)]
        life = self._cache_life(exchanges)
        flows = in_flow(exchanges, now, life)
        if not window.exchanges or not flows:
            return self._shape
        prompt = self._prompt("", (), _Frame(window, PLAIN, now))
        if self._estimate(prompt) < cache_minimum(self.model.name):
            return self._shape
        return replace(self._shape, cached=True, lasting=life > CACHE_LIFE)

    def _cache_life(self, exchanges: Sequence[Exchange]) -> timedelta:
        """Return for how long the prompt cache is written; other servers know no hour."""
        if self._instructions.style != "native":
            return CACHE_LIFE
        return cache_life(exchanges)

    def _window_entries(self, window: Window) -> Iterator[LedgerEntry]:
        count = self.model.tokens
        if window.summary:
            name = "earlier turns, summarised"
            yield LedgerEntry("summary", name, count(window.summary), True, "")
        for exchange in window.exchanges:
            tokens = count(exchange.question.text) + count(exchange.answer.text)
            yield LedgerEntry("window", exchange.question.text, tokens, True, "")

    def _estimate(self, prompt: Prompt) -> int:
        return self.model.scale.applied(sum(self._parts(prompt)))

    def _parts(self, prompt: Prompt) -> Iterator[int]:
        yield self.model.uncorrected(prompt.system)
        for text in _texts(prompt.messages):
            yield BLOCK + self.model.uncorrected(text)


def _earlier(exchanges: Sequence[Exchange]) -> list[Earlier]:
    """Return the last two exchanges, which a follow-up may refer to."""
    return [
        Earlier(
            exchange.question.plain_text,
            exchange.answer.plain_text,
            frozenset(ref.id for ref in exchange.answer.sources if ref.cited),
        )
        for exchange in [*islice(filter(sendable, reversed(exchanges)), 2)][::-1]
    ]


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the texts of a request's messages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name in ("source", "title", "text", "content"):
            yield from _texts(value.get(name))
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)
