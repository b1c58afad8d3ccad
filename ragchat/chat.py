"""One turn of a conversation: retrieve, build, stream, check, remember."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.conversation import Conversation, Turn
from ingest.text.amounts import counted
from ragchat.answer.checked_answer import CheckedAnswer
from ragchat.answer.citations import marked
from ragchat.answer.echo import repeats
from ragchat.answer.links import strange_links
from ragchat.answer.quotations import checked
from ragchat.claude.client import Claude
from ragchat.claude.cost import answer_cost, input_tokens
from ragchat.claude.spending_limit import SpendingLimit
from ragchat.claude.tokens import ChatModel
from ragchat.claude.wire import Answer, Event, Finished, Piece, Text, Waiting
from ragchat.errors import RagchatError, RequestTooLong
from ragchat.interrupts import uninterrupted
from ragchat.memory import Memory, new_conversation, now_utc
from ragchat.request.composer import Composer, Request
from ragchat.request.full_history import EXCHANGE_TOKENS, exchange_tokens, with_full_history
from ragchat.request.limits import Limits
from ragchat.request.user_message import UserMessage

if TYPE_CHECKING:
    from ingest.models.embedder import Embedder
    from ingest.search.scope import Scope
    from ragchat.request.history import Summary
    from ragchat.request.summarizer import Summarizer


@dataclass(frozen=True, slots=True)
class Summarizing:
    """Exchanges that left the window are being summarized, for the strategy "summary"."""

    exchanges: int


ChatEvent = Event | Request | Summarizing | CheckedAnswer


class Chat:
    """A conversation with Claude about the contents of a library.

    Only the strategy "summary" needs a `summarizer`.
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
        spending: SpendingLimit | None = None,
        now: Callable[[], datetime] = now_utc,
    ) -> None:
        self.claude = claude
        self.memory = memory
        self.conversation = conversation or new_conversation(now())
        self.spending = spending or SpendingLimit()
        self.limits = limits
        self._composer = composer
        self._summarizer = summarizer
        self._now = now
        self.last: CheckedAnswer | None = None
        self.request: Request | None = None
        self._notices: tuple[str, ...] = ()

    def start_new(self) -> None:
        """Begin another conversation; the former one stays in memory."""
        self.conversation = new_conversation(self._now())
        self.last = self.request = None

    def resume(self, conversation: Conversation) -> None:
        """Continue a stored conversation."""
        self.conversation = conversation
        self.last = self.request = None

    def look_in(self, scope: Scope) -> None:
        """Search elsewhere from now on."""
        self._composer.scope = scope

    def use_model(self, model: str) -> None:
        """Let another model answer from now on."""
        self.model.change(model, self.memory.scale(model))

    @property
    def model(self) -> ChatModel:
        """The model that answers, shared with the client and the composer."""
        return self.claude.model

    def prepare(self, message: UserMessage) -> Request:
        """Retrieve for a question and build its request; nothing is sent or stored."""
        self.leave_out_forgotten()
        return self._compose(message, self.limits)

    def leave_out_forgotten(self) -> Conversation:
        """Return the conversation, from now on without what another process has forgotten of it."""
        held = self.memory.held(self.conversation)
        gone = len(self.conversation.exchanges) - len(held.exchanges)
        if gone:
            self.resume(held)
            exchanges = counted(gone, "exchange")
            self._notices = (f"left out {exchanges} that another session has forgotten",)
        return self.conversation

    def _compose(self, message: UserMessage, limits: Limits) -> Request:
        self.request = self._composer.compose(
            message, self.conversation.exchanges, limits, summary=self._summary(), now=self._now()
        )
        return self.request

    def ask(
        self, message: UserMessage, stop_sequences: Sequence[str] = ()
    ) -> Generator[ChatEvent, None, None]:
        """Ask, and yield what happens: the Request, the stream's events, the CheckedAnswer.

        A request that is too long for the model is halved and sent once more. A KeyboardInterrupt,
        raised here or thrown in, ends the answer; what came is kept, marked as interrupted, and
        yielded as CheckedAnswer. Raises RagchatError when nothing came at all, and CostLimitReached
        before the request that could pass the spending limit. Without credentials nothing is
        searched.
        """
        self.claude.require_credentials()
        self.leave_out_forgotten()
        time = self._now()
        yield from self._summarize()
        with ExitStack() as ending:
            request, answer = yield from self._answer(message, stop_sequences, ending)
            ending.enter_context(uninterrupted())
            self.last = self._check(request, time, answer)
        yield self.last

    def _answer(
        self, message: UserMessage, stop_sequences: Sequence[str], ending: ExitStack
    ) -> Generator[ChatEvent, None, tuple[Request, Answer]]:
        try:
            request, answer = yield from self._attempt(message, self.limits, stop_sequences, ending)
            again = _overflowed(answer)
            if again:
                self.spending.pay(answer)
        except RequestTooLong:
            again = True
        if again:
            ledger = self.request.ledger if self.request else ()
            request, answer = yield from self._attempt(
                replace(message, whole=False), self.limits.shrunk(ledger), stop_sequences, ending
            )
        return request, answer

    def _attempt(
        self, message: UserMessage, limits: Limits, stop_sequences: Sequence[str], ending: ExitStack
    ) -> Generator[ChatEvent, None, tuple[Request, Answer]]:
        request = self._compose(message, limits)
        self._allow(request, limits)
        stream = self.claude.stream(
            request.prompt, max_tokens=limits.max_tokens, stop_sequences=stop_sequences
        )
        prefill = request.prompt.shape.prefill
        is_begun = False
        try:
            yield request
            for event in stream:
                if isinstance(event, Waiting):
                    self._allow(request, limits, stream.answer_so_far())
                if prefill and not is_begun and isinstance(event, Text):
                    yield Text(prefill)
                    is_begun = True
                if not isinstance(event, Finished):
                    yield event
        except KeyboardInterrupt:
            ending.enter_context(uninterrupted())  # a second one would lose what came
        except RagchatError:
            self.spending.pay(stream.answer_so_far())
            raise
        finally:
            stream.close()
        answer = stream.answer_so_far()
        if prefill and answer.text:
            answer = replace(answer, pieces=(Piece(prefill), *answer.pieces))
        return request, answer

    def _allow(self, request: Request, limits: Limits, before: Answer | None = None) -> None:
        self.spending.allow(
            self.model.name,
            input_tokens=request.estimated_input_tokens,
            max_tokens=limits.max_tokens,
            unpaid=(before and answer_cost(before)) or 0.0,
            cache_write=request.prompt.shape.cache_write,
        )

    def _summarize(self) -> Generator[ChatEvent, None, None]:
        """Extend the running summary by the exchanges that left the window."""
        if self._summarizer is None:
            return
        before = self._summary()
        window = self._composer.window(
            self.conversation.exchanges, self.limits, before, self._now()
        )
        if window.unsummarized:
            yield Summarizing(len(window.unsummarized))
            begun = before if window.summary else None
            summary = self._summarizer.extended(begun, window.unsummarized)
            self.memory.keep_summary(self.conversation, summary)

    def _summary(self) -> Summary | None:
        return self.memory.summary(self.conversation) if self._summarizer else None

    def index(self, embedder: Embedder) -> None:
        """Index the stored exchanges, once the answer is on the screen."""
        self.memory.index(embedder)

    # After the answer

    def _check(self, request: Request, time: datetime, answer: Answer) -> CheckedAnswer:
        text, sources = marked(answer, request.prompt)
        price = answer_cost(answer)
        full = with_full_history(
            request, self.conversation.exchanges, answer, self.model, self._now()
        )
        question = Turn("user", request.asked, time, uuid.uuid4().hex)
        given_texts = [request.asked, *(passage.text for passage in request.prompt.passages)]
        spoken = Turn(
            role="assistant",
            text=text,
            time=self._now(),
            id=uuid.uuid4().hex,
            status=answer.status,
            model=answer.model,
            stop_reason=answer.stop_reason or "",
            usage={
                **answer.usage,
                **({} if price is None else {"cost_usd": price}),
                EXCHANGE_TOKENS: exchange_tokens(request, answer, self.model),
            },
            sources=tuple(source.reference for source in sources),
            echo=bool(request.prompt.passages) and repeats(answer.text, given_texts),
        )
        self.conversation, exchange = self.memory.remember(self.conversation, question, spoken)
        self._learn(request, answer)
        self.spending.pay(answer, full)
        given = request.prompt.given
        quotations = checked(answer.text, sources, given)
        strange = strange_links(answer.text, given)
        notices = (*self._notices, *answer.notices, *self.spending.warnings(self.model.name))
        self._notices = ()
        return CheckedAnswer(
            exchange, answer, text, sources, price, full, quotations, strange, notices
        )

    def _learn(self, request: Request, answer: Answer) -> None:
        """Correct the estimate of tokens by the count of the model, where it can be right."""
        if not answer.believable:
            return
        self.model.learn(request.uncorrected_tokens, input_tokens(answer.usage))
        self.memory.keep_scale(self.model.name, self.model.scale)


def _overflowed(answer: Answer) -> bool:
    """Return whether the model's context was full before the answer began."""
    return answer.stop_reason == "model_context_window_exceeded" and not answer.text.strip()
