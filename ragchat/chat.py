"""One turn of a conversation: retrieve, build, stream, check, remember."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Exchange, Turn
from ingest.text.cleaning import masked_turn
from ragchat.answer.citations import Source, marked
from ragchat.answer.echo import repeats
from ragchat.answer.links import strange_links
from ragchat.answer.quotations import Quotation, checked
from ragchat.claude.client import Claude
from ragchat.claude.cost import INPUT_TOKENS, answer_cost, full_history_cost
from ragchat.claude.spending_limit import Purse
from ragchat.claude.tokens import estimate_tokens
from ragchat.claude.wire import Answer, Event, Finished, Piece, Text, Waiting
from ragchat.errors import RagchatError, RequestTooLong
from ragchat.interrupts import uninterrupted
from ragchat.memory import Memory, new_conversation, now_utc
from ragchat.request.composer import Composer, Limits, Prepared
from ragchat.request.history import Summary
from ragchat.request.summarizer import MAX_TOKENS, Summarizer

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn that is over and stored. Costs are in USD, None for a model of unknown price.

    `strange_links` are addresses in the answer that nothing it was given holds.
    """

    exchange: Exchange
    answer: Answer
    text: str
    sources: tuple[Source, ...]
    cost_usd: float | None
    full_history_cost_usd: float | None
    quotations: tuple[Quotation, ...] = ()
    strange_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarizing:
    """What left the window is being summarized, as was asked for."""

    exchanges: int


ChatEvent = Event | Prepared | Summarizing | Answered


class Chat:
    """A conversation with Claude about what a library holds.

    `summarizer` is wanted by the strategy "summary" alone.
    """

    def __init__(
        self,
        claude: Claude,
        memory: Memory,
        composer: Composer,
        limits: Limits,
        *,
        conversation: Conversation | None = None,
        summarizer: Summarizer | None = None,
        purse: Purse | None = None,
        save: bool = True,
        now: Callable[[], datetime] = now_utc,
    ) -> None:
        self.claude = claude
        self.memory = memory
        self.conversation = conversation or new_conversation(now())
        self.purse = purse or Purse()
        self._composer = composer
        self._limits = limits
        self._summarizer = summarizer
        self._summary = memory.summary(self.conversation)
        self._save = save
        self._now = now
        self.last: Answered | None = None
        self.prepared: Prepared | None = None

    def start_anew(self) -> None:
        """Begin another conversation; what was said stays in memory."""
        self.conversation = new_conversation(self._now())
        self.last = self.prepared = self._summary = None

    def use_model(self, model: str) -> None:
        """Let another model answer from now on."""
        self.claude.model = self._composer.model = model
        self._composer.scale = self.memory.scale(model)

    def prepare(self, question: str) -> Prepared:
        """Retrieve for a question and build its request; nothing is sent or stored."""
        return self._prepared(question, self._limits)

    def _prepared(self, question: str, limits: Limits) -> Prepared:
        self.prepared = self._composer.compose(
            question, self.conversation.exchanges, limits, summary=self._summary, now=self._now()
        )
        return self.prepared

    def ask(
        self, question: str, *, stop_sequences: Sequence[str] = ()
    ) -> Generator[ChatEvent, None, None]:
        """Ask, and give what happens as it happens: Prepared, the stream's events, Answered.

        A request that is too long for the model is halved and sent once more. A KeyboardInterrupt,
        raised here or thrown in, ends the answer; what came is kept, marked as interrupted, and
        given as Answered. Raises RagchatError when nothing came at all, and CostLimitReached
        before the request that could pass the purse's limit.
        """
        asked = self._now()
        yield from self._summarize()
        try:
            prepared, answer = yield from self._attempt(question, self._limits, stop_sequences)
            again = _overflowed(answer)
            if again:
                self._pay(answer)
        except RequestTooLong:
            again = True
        if again:
            ledger = self.prepared.ledger if self.prepared else ()
            prepared, answer = yield from self._attempt(
                question, self._limits.shrunk(ledger), stop_sequences
            )
        with uninterrupted():
            self.last = self._answered(prepared, asked, answer)
        yield self.last

    def _attempt(
        self, question: str, limits: Limits, stop_sequences: Sequence[str]
    ) -> Generator[ChatEvent, None, tuple[Prepared, Answer]]:
        prepared = self._prepared(question, limits)
        self._allow(prepared, limits)
        stream = self.claude.stream(
            prepared.prompt, max_tokens=limits.max_tokens, stop_sequences=stop_sequences
        )
        begun = prepared.prompt.shape.prefill
        try:
            yield prepared
            for event in stream:
                if isinstance(event, Waiting):
                    self._allow(prepared, limits, stream.answer_so_far())
                if begun and isinstance(event, Text):
                    yield Text(begun)
                    begun = ""
                if not isinstance(event, Finished):
                    yield event
        except KeyboardInterrupt:
            pass
        except RagchatError:
            self._pay(stream.answer_so_far())
            raise
        finally:
            stream.close()
        answer = stream.answer_so_far()
        prefill = prepared.prompt.shape.prefill
        if prefill and answer.text:
            answer = replace(answer, pieces=(Piece(prefill), *answer.pieces))
        return prepared, answer

    def _allow(self, prepared: Prepared, limits: Limits, before: Answer | None = None) -> None:
        self.purse.allow(
            self.claude.model,
            input_tokens=prepared.estimated_input_tokens,
            max_tokens=limits.max_tokens,
            unpaid=(before and answer_cost(before)) or 0.0,
        )

    # The running summary

    def _summarize(self) -> Generator[ChatEvent, None, None]:
        if self._summarizer is None:
            return
        arranged = self._composer.arrange(
            self.conversation.exchanges, self._limits, self._summary, self._now()
        )
        left = arranged.unsummarized
        if not left:
            return
        model = self._summarizer.claude.model
        self.purse.allow(
            model,
            input_tokens=sum(self._tokens(each) for each in left),
            max_tokens=MAX_TOKENS,
        )
        yield Summarizing(len(left))
        text = arranged.summary
        for answer in self._summarizer.extend(text, left):
            text = answer.text.strip() or text
            self._pay(answer)
        covered = self._summary.covers if arranged.summary and self._summary else 0
        self._summary = Summary(text, covered + len(left))
        if self._save:
            self.memory.keep_summary(self.conversation, self._summary)

    def _pay(self, answer: Answer, full_history: float | None = None) -> None:
        """Count what a request has used, in the purse and towards its month; also one that broke
        off.
        """
        price = answer_cost(answer)
        self.purse.pay(price)
        if price is not None and self._save:
            self.memory.spend(self._now(), answer.model, price, full_history or 0.0)

    def index(self, embedder: Embedder) -> None:
        """Make the exchanges that were stored findable; after the answer is on the screen."""
        if self._save:
            self.memory.index(embedder)

    # After the answer

    def _answered(self, prepared: Prepared, asked: datetime, answer: Answer) -> Answered:
        text, sources = marked(answer, prepared.prompt)
        price = answer_cost(answer)
        full = self._full_history_cost(prepared, self.conversation.exchanges, answer)
        question = Turn("user", prepared.question, asked, uuid.uuid4().hex)
        told = [prepared.question, *(each.text for each in prepared.prompt.passages)]
        spoken = Turn(
            role="assistant",
            text=text,
            time=self._now(),
            id=uuid.uuid4().hex,
            status=answer.status,
            model=answer.model,
            stop_reason=answer.stop_reason or "",
            usage={**answer.usage, **({} if price is None else {"cost_usd": price})},
            sources=tuple(each.reference for each in sources),
            echo=bool(prepared.prompt.passages) and repeats(answer.text, told),
        )
        exchange = self._keep(question, spoken)
        self._learn(prepared, answer)
        self._pay(answer, full)
        given = prepared.prompt.given
        quotations = checked(answer.text, sources, given)
        strange = strange_links(answer.text, given)
        return Answered(exchange, answer, text, sources, price, full, quotations, strange)

    def _learn(self, prepared: Prepared, answer: Answer) -> None:
        """Correct the estimate of tokens by what the model counted."""
        counted = sum(answer.usage.get(name, 0) for name in INPUT_TOKENS)
        self._composer.scale = self._composer.scale.learned(prepared.rough_tokens, counted)
        if self._save:
            self.memory.keep_scale(self.claude.model, self._composer.scale)

    def _keep(self, question: Turn, spoken: Turn) -> Exchange:
        if self._save:
            self.conversation, exchange = self.memory.remember(self.conversation, question, spoken)
            return exchange
        question, spoken = masked_turn(question), masked_turn(spoken)
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
        return self._composer.scale.applied(estimate_tokens(text, self.claude.model))


def _overflowed(answer: Answer) -> bool:
    """Whether the model's context was full before it said anything."""
    return answer.stop_reason == "model_context_window_exceeded" and not answer.text.strip()
