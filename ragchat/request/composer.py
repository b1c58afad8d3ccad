"""The request for a question: which turns and passages it holds, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ingest.conversation import Exchange
from ingest.search.scope import Scope
from ragchat.claude.capabilities import cache_minimum
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import PLAIN, Prompt, Shape, Style
from ragchat.query.followup import Earlier
from ragchat.request.budget import OVERHEAD, Entry
from ragchat.request.excerpts import attached_hits, search_text
from ragchat.request.history import (
    CACHE_LIFE,
    Arranged,
    Strategy,
    Summary,
    arrange,
    cache_life,
    in_flow,
    sendable,
)
from ragchat.request.local_time import LOCAL
from ragchat.request.prompt import build
from ragchat.request.retrieved import NOTHING, retrieved
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

    def shrunk(self, ledger: Sequence[Entry]) -> Limits:
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
    ledger: tuple[Entry, ...]
    estimated_input_tokens: int
    uncorrected_tokens: int
    window: frozenset[str] = frozenset()
    reranking: Reranking | None = None
    notice: str = ""
    found_nothing: bool = False


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
        *,
        system: str = "",
        style: Style = "native",
        docs_only: bool = False,
        shape: Shape = PLAIN,
    ) -> None:
        self.model = model
        self._retriever = retriever
        self.scope = scope
        self._system = system
        self._style = style
        self._docs_only = docs_only
        self._shape = shape

    def arrange(
        self,
        exchanges: Sequence[Exchange],
        limits: Limits,
        summary: Summary | None,
        now: datetime,
    ) -> Arranged:
        """Return the part of the conversation that is sent at this time."""
        return arrange(
            exchanges,
            limits.history,
            limits.history_tokens,
            # The window's beginning must not move because an estimate has become better.
            self.model.steady_tokens,
            now,
            summary=summary,
            life=self._cache_life(exchanges),
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
        now = now.astimezone(LOCAL)
        attachments = message.attachments
        asked = "\n\n".join([message.question.strip(), *(one.note for one in attachments)])
        arranged = self.arrange(exchanges, limits, summary, now)
        window = frozenset(exchange.id for exchange in arranged.exchanges)
        ledger = [self._window_entry(exchange) for exchange in arranged.exchanges]
        if arranged.summary:
            ledger.insert(0, self._summary_entry(arranged.summary))
        shape = self._with_cache(arranged, exchanges, now)
        room = limits.all_tokens - self._estimate(self._prompt(asked, (), arranged, shape, now))
        attached, entries = attached_hits(
            attachments,
            message.question,
            None if message.whole else max(LEAST_ATTACHED, min(limits.question_tokens, room)),
            self._passage_tokens,
            self._retriever().embedder.embed_passages if attachments and self._retriever else None,
        )
        ledger += entries
        found = NOTHING
        if self._retriever is not None:
            room = max(0, min(limits.context_tokens, room - sum(entry.tokens for entry in entries)))
            text = search_text(message.question, attachments)
            retriever = self._retriever()
            policy = ForRequest(limits.top_k, window, message.instead_of, limits.personal_memories)
            query = retriever.read(text, _earlier(exchanges), now)
            found = retrieved(retriever, query, self.scope, policy, room, self.model.tokens)
            ledger += found.entries
        hits = (*attached, *found.kept)
        prompt = self._prompt(asked, hits, arranged, shape, now, found.library)
        uncorrected = sum(self._parts(prompt))
        tokens = self.model.scale.applied(uncorrected)
        nothing = self._retriever is not None and not (hits or found.library)
        request = Request(asked, prompt, tuple(ledger), tokens, uncorrected, window)
        notice = found.notice
        return replace(request, reranking=found.reranking, notice=notice, found_nothing=nothing)

    def _passage_tokens(self, text: str) -> int:
        return self.model.tokens(text) + OVERHEAD

    def _prompt(
        self,
        question: str,
        hits: Sequence[Hit],
        arranged: Arranged,
        shape: Shape,
        now: datetime,
        library: str = "",
    ) -> Prompt:
        return build(
            question,
            hits,
            [
                turn
                for exchange in arranged.exchanges
                for turn in (exchange.question, exchange.answer)
            ],
            system=self._system,
            style=self._style,
            docs_only=self._docs_only,
            summary=arranged.summary,
            shape=shape,
            now=now,
            library=library,
        )

    def _with_cache(self, arranged: Arranged, said: Sequence[Exchange], now: datetime) -> Shape:
        """Return the shape, with the prompt cache where writing it pays: turns in flow, and long
        enough.
        """
        life = self._cache_life(said)
        flows = in_flow([exchange for exchange in said if sendable(exchange)], now, life)
        if not arranged.exchanges or not flows:
            return self._shape
        prompt = self._prompt("", (), arranged, PLAIN, now)
        if self._estimate(prompt) < cache_minimum(self.model.name):
            return self._shape
        return replace(self._shape, cached=True, lasting=life > CACHE_LIFE)

    def _cache_life(self, said: Sequence[Exchange]) -> timedelta:
        """Return for how long the prompt cache is written; other servers know no hour."""
        if self._style != "native":
            return CACHE_LIFE
        return cache_life([exchange for exchange in said if sendable(exchange)])

    def _window_entry(self, exchange: Exchange) -> Entry:
        tokens = self.model.tokens(exchange.question.text) + self.model.tokens(exchange.answer.text)
        return Entry("window", exchange.question.text, tokens, True, "")

    def _summary_entry(self, summary: str) -> Entry:
        return Entry("summary", "earlier turns, summarised", self.model.tokens(summary), True, "")

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
        for exchange in [exchange for exchange in exchanges if sendable(exchange)][-2:]
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
