"""A question becomes a request: what of the conversation, which passages, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.conversation import Exchange
from ingest.search.candidates import Scope
from ragchat.claude.capabilities import cache_minimum
from ragchat.claude.tokens import UNCORRECTED, Scale, estimate_tokens
from ragchat.claude.wire import PLAIN, Prompt, Shape, Style
from ragchat.query.followup import Earlier
from ragchat.request.budget import Entry, fit, name_of
from ragchat.request.history import Arranged, Strategy, Summary, arrange, in_flow, sendable
from ragchat.request.prompt import build

if TYPE_CHECKING:
    from ingest.document import Passage
    from ragchat.retrieval.reranking import Reading
    from ragchat.retrieval.retriever import Retrieved, Retriever

TOLD = "one of the short things that you told"
"""Why something is sent that is not among the best: the question was about the one who asks."""

BLOCK = 4
"""Tokens of a message or a block beyond its words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of what is sent: tokens as estimated, passages as counted (`top_k`, and for a
    question about the one who asks `more_told` short things that this person told).

    `window_tokens` bounds what is sent of the conversation by "rag" and "summary",
    `long_window_tokens` by "window", `full_tokens` by "full"; `request_tokens` bounds a request
    whose window is that of "rag".
    """

    top_k: int
    window_tokens: int
    context_tokens: int
    request_tokens: int
    max_tokens: int
    history: Strategy = "rag"
    long_window_tokens: int = 20_000
    full_tokens: int = 150_000
    more_told: int = 24

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
        """Half of what was sent, for a model that took less than was thought."""
        window = sum(each.tokens for each in ledger if each.sent and each.part == "window") // 2
        context = sum(each.tokens for each in ledger if each.sent and each.score is not None) // 2
        return replace(
            self,
            window_tokens=min(self.window_tokens, window),
            long_window_tokens=min(self.long_window_tokens, window),
            full_tokens=min(self.full_tokens, window),
            context_tokens=min(self.context_tokens, context),
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn before it is sent: the request's prompt and the ledger of what entered it.

    `rough_tokens` is the estimate before it was corrected by what the model has counted so far;
    `reading` is there if a reranker has read what was found.
    """

    question: str
    prompt: Prompt
    ledger: tuple[Entry, ...]
    estimated_input_tokens: int
    rough_tokens: int
    reading: Reading | None = None


class Composer:
    """Builds the requests of one conversation with one model.

    `retriever` gives the retriever when it is needed, so that it may still be loading; None
    composes without any context.
    """

    def __init__(
        self,
        model: str,
        retriever: Callable[[], Retriever] | None,
        scope: Scope,
        *,
        system: str = "",
        style: Style = "native",
        docs_only: bool = False,
        shape: Shape = PLAIN,
        scale: Scale = UNCORRECTED,
    ) -> None:
        self.model = model
        self.scale = scale
        self._retriever = retriever
        self._scope = scope
        self._system = system
        self._style = style
        self._docs_only = docs_only
        self._shape = shape
        # The window's beginning must not move because an estimate has become better.
        self._first_scale = scale

    def arrange(
        self,
        exchanges: Sequence[Exchange],
        limits: Limits,
        summary: Summary | None,
        now: datetime,
    ) -> Arranged:
        """What of the conversation is sent at this time."""
        return arrange(
            exchanges,
            limits.history,
            limits.history_tokens,
            lambda text: self._first_scale.applied(estimate_tokens(text, self.model)),
            now,
            summary=summary,
        )

    def compose(
        self,
        question: str,
        exchanges: Sequence[Exchange],
        limits: Limits,
        *,
        summary: Summary | None = None,
        now: datetime,
    ) -> Prepared:
        """Retrieve for a question and build its request; nothing is sent or stored."""
        arranged = self.arrange(exchanges, limits, summary, now)
        ledger = [self._window_entry(each) for each in arranged.exchanges]
        if arranged.summary:
            tokens = self._count(arranged.summary)
            ledger.insert(0, Entry("summary", "what was said before", tokens, True, ""))
        shape = replace(self._shape, cached=self._pays(arranged, exchanges, now))
        kept: tuple[Passage, ...] = ()
        reading: Reading | None = None
        if self._retriever is not None:
            bare = self._prompt(question, (), arranged, shape, now)
            room = max(0, min(limits.context_tokens, limits.all_tokens - self._estimate(bare)))
            before = [_earlier(each) for each in exchanges if sendable(each)][-2:]
            kept, entries, reading = self._found(question, before, arranged, limits, room, now)
            ledger += entries
        prompt = self._prompt(question, kept, arranged, shape, now)
        rough = sum(self._parts(prompt))
        return Prepared(question, prompt, tuple(ledger), self.scale.applied(rough), rough, reading)

    def _found(
        self,
        question: str,
        before: Sequence[Earlier],
        arranged: Arranged,
        limits: Limits,
        room: int,
        now: datetime,
    ) -> tuple[tuple[Passage, ...], list[Entry], Reading | None]:
        assert self._retriever is not None  # noqa: S101 - compose asks only when there is one
        found: Retrieved = self._retriever().retrieve(
            question,
            self._scope,
            top_k=limits.top_k,
            more_told=limits.more_told,
            leave_out={each.id for each in arranged.exchanges},
            near=True,
            before=before,
            now=now,
        )
        kept, entries = fit(found.passages, room, self._count)
        ranked = len(entries) - found.told
        told = [replace(each, reason=each.reason or TOLD) for each in entries[ranked:]]
        lost = [
            Entry(
                each.passage.kind,
                name_of(each.passage),
                self._count(each.passage.text),
                False,
                each.reason,
                each.passage.score,
            )
            for each in found.missed
        ]
        return kept, [*entries[:ranked], *told, *lost], found.reading

    def _prompt(
        self,
        question: str,
        passages: Sequence[Passage],
        arranged: Arranged,
        shape: Shape,
        now: datetime,
    ) -> Prompt:
        return build(
            question,
            passages,
            [turn for each in arranged.exchanges for turn in (each.question, each.answer)],
            system=self._system,
            style=self._style,
            docs_only=self._docs_only,
            summary=arranged.summary,
            shape=shape,
            now=now,
        )

    def _pays(self, arranged: Arranged, said: Sequence[Exchange], now: datetime) -> bool:
        """Whether the prompt cache is worth writing: a talk is going on, and it is long enough."""
        if not arranged.exchanges or not in_flow([each for each in said if sendable(each)], now):
            return False
        prompt = self._prompt("", (), arranged, PLAIN, now)
        return self._estimate(prompt) >= cache_minimum(self.model)

    def _window_entry(self, exchange: Exchange) -> Entry:
        tokens = self._count(exchange.question.text) + self._count(exchange.answer.text)
        return Entry("window", exchange.question.text, tokens, True, "")

    def _count(self, text: str) -> int:
        return self.scale.applied(estimate_tokens(text, self.model))

    def _estimate(self, prompt: Prompt) -> int:
        return self.scale.applied(sum(self._parts(prompt)))

    def _parts(self, prompt: Prompt) -> Iterator[int]:
        yield estimate_tokens(prompt.system, self.model)
        for text in _texts(prompt.messages):
            yield BLOCK + estimate_tokens(text, self.model)


def _earlier(exchange: Exchange) -> Earlier:
    cited = frozenset(ref.id for ref in exchange.answer.sources if ref.cited)
    return Earlier(exchange.question.plain_text, exchange.answer.plain_text, cited)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """The words of a request's messages: what stands under names that hold words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name in ("source", "title", "text", "content"):
            yield from _texts(value.get(name))
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)
