"""One turn of a conversation: retrieve, build, stream, check, remember."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.candidates import Scope
from ingest.conversation import Conversation, Exchange, SourceRef, Turn
from ingest.document import Passage
from ragchat.budget import Entry, fit
from ragchat.citations import Source, marked
from ragchat.claude import Claude
from ragchat.cost import INPUT_TOKENS, cost, estimate_tokens, full_history_cost
from ragchat.history import window
from ragchat.memory import Memory, new_conversation, now_utc
from ragchat.prompt import build
from ragchat.wire import Answer, Event, Finished, Prompt, Style

if TYPE_CHECKING:
    from ingest.models import Embedder
    from ragchat.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of what is sent: tokens as estimated, passages as counted."""

    top_k: int
    window_tokens: int
    context_tokens: int
    request_tokens: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn before it is sent: the request's prompt and the ledger of what entered it."""

    question: str
    prompt: Prompt
    ledger: tuple[Entry, ...]
    estimated_input_tokens: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn that is over and stored. Costs are in USD, None for a model of unknown price."""

    exchange: Exchange
    answer: Answer
    text: str
    sources: tuple[Source, ...]
    cost_usd: float | None
    full_history_cost_usd: float | None


ChatEvent = Event | Prepared | Answered


class Chat:
    """A conversation with Claude about what a library holds.

    `retriever` gives the retriever when it is needed, so that it may still be loading; None asks
    without any context.
    """

    def __init__(
        self,
        claude: Claude,
        memory: Memory,
        retriever: Callable[[], Retriever] | None,
        scope: Scope,
        limits: Limits,
        *,
        conversation: Conversation | None = None,
        system: str = "",
        style: Style = "native",
        docs_only: bool = False,
        save: bool = True,
        now: Callable[[], datetime] = now_utc,
    ) -> None:
        self.claude = claude
        self.memory = memory
        self.conversation = conversation or new_conversation(now())
        self._retriever = retriever
        self._scope = scope
        self._limits = limits
        self._system = system
        self._style = style
        self._docs_only = docs_only
        self._save = save
        self._now = now
        self.last: Answered | None = None
        self.prepared: Prepared | None = None

    def start_anew(self) -> None:
        """Begin another conversation; what was said stays in memory."""
        self.conversation = new_conversation(self._now())
        self.last = self.prepared = None

    def prepare(self, question: str) -> Prepared:
        """Retrieve for a question and build its prompt; nothing is sent or stored."""
        recent = window(self.conversation.exchanges, self._limits.window_tokens, self._count)
        ledger = [self._window_entry(each) for each in recent]
        kept: tuple[Passage, ...] = ()
        if self._retriever is not None:
            found = self._retriever().retrieve(
                question,
                self._scope,
                top_k=self._limits.top_k,
                leave_out={each.id for each in recent},
            )
            kept, entries = fit(found.passages, self._room(question, recent), self._count)
            ledger += entries
        prompt = self._prompt(question, kept, recent)
        self.prepared = Prepared(question, prompt, tuple(ledger), self._estimate(prompt))
        return self.prepared

    def _room(self, question: str, recent: Sequence[Exchange]) -> int:
        """Tokens that passages may take: their own limit, and what the request has left."""
        other = self._estimate(self._prompt(question, (), recent))
        return max(0, min(self._limits.context_tokens, self._limits.request_tokens - other))

    def _prompt(
        self, question: str, passages: Sequence[Passage], recent: Sequence[Exchange]
    ) -> Prompt:
        return build(
            question,
            passages,
            [turn for each in recent for turn in (each.question, each.answer)],
            system=self._system,
            style=self._style,
            docs_only=self._docs_only,
            now=self._now(),
        )

    def ask(
        self, question: str, *, stop_sequences: Sequence[str] = ()
    ) -> Generator[ChatEvent, None, None]:
        """Ask, and give what happens as it happens: Prepared, the stream's events, Answered.

        A KeyboardInterrupt, raised here or thrown in, ends the answer; what came is kept, marked
        as interrupted, and given as Answered. Raises RagchatError when nothing came at all.
        """
        prepared = self.prepare(question)
        asked = self._now()
        stream = self.claude.stream(
            prepared.prompt, max_tokens=self._limits.max_tokens, stop_sequences=stop_sequences
        )
        try:
            yield prepared
            for event in stream:
                if not isinstance(event, Finished):
                    yield event
        except KeyboardInterrupt:
            pass
        finally:
            stream.close()
        self.last = self._answered(prepared, asked, stream.answer_so_far())
        yield self.last

    def index(self, embedder: Embedder) -> None:
        """Make the exchanges that were stored findable; after the answer is on the screen."""
        if self._save:
            self.memory.index(embedder)

    # After the answer

    def _answered(self, prepared: Prepared, asked: datetime, answer: Answer) -> Answered:
        text, sources = marked(answer, prepared.prompt)
        price = cost(answer.usage, answer.model)
        before = self.conversation.exchanges
        question = Turn("user", prepared.question, asked, uuid.uuid4().hex)
        spoken = Turn(
            role="assistant",
            text=text,
            time=self._now(),
            id=uuid.uuid4().hex,
            status=answer.status,
            model=answer.model,
            stop_reason=answer.stop_reason or "",
            usage={**answer.usage, **({} if price is None else {"cost_usd": price})},
            sources=tuple(_ref(each) for each in sources),
        )
        exchange = self._keep(question, spoken)
        return Answered(
            exchange=exchange,
            answer=answer,
            text=text,
            sources=sources,
            cost_usd=price,
            full_history_cost_usd=self._full_history_cost(prepared, before, answer),
        )

    def _keep(self, question: Turn, spoken: Turn) -> Exchange:
        if self._save:
            self.conversation, exchange = self.memory.remember(self.conversation, question, spoken)
            return exchange
        exchange = Exchange(question.id, self.conversation.id, question, spoken)
        self.conversation = replace(
            self.conversation, exchanges=(*self.conversation.exchanges, exchange)
        )
        return exchange

    def _full_history_cost(
        self, prepared: Prepared, before: Sequence[Exchange], answer: Answer
    ) -> float | None:
        sent = sum(answer.usage.get(name, 0) for name in INPUT_TOKENS)
        in_window = sum(entry.tokens for entry in prepared.ledger if entry.part == "window")
        return full_history_cost(
            answer.model or self.claude.model,
            history_tokens=sum(self._tokens(each) for each in before),
            other_tokens=max(0, (sent or prepared.estimated_input_tokens) - in_window),
            output_tokens=answer.usage.get("output_tokens", 0),
        )

    def _tokens(self, exchange: Exchange) -> int:
        return self._count(exchange.question.text) + self._count(exchange.answer.text)

    def _count(self, text: str) -> int:
        return estimate_tokens(text, self.claude.model)

    def _estimate(self, prompt: Prompt) -> int:
        return self._count(prompt.system) + self._count(str(list(prompt.messages)))

    def _window_entry(self, exchange: Exchange) -> Entry:
        return Entry("window", exchange.question.text, self._tokens(exchange), True, "")


def _ref(source: Source) -> SourceRef:
    return SourceRef(
        n=source.n,
        kind=source.kind,
        id=source.id,
        source=source.source,
        hash=hashlib.sha256(source.text.encode()).hexdigest(),
        score=source.score,
        cited=source.cited,
        start_line=source.start_line,
        end_line=source.end_line,
        conversation=source.conversation,
        time=source.time,
    )
