"""One turn after another: the real store and model, Claude scripted."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import (
    Broken,
    Failure,
    Reply,
    ScriptedClaude,
    Step,
    _Stream,
    question,
    search_results,
)
from planted import PLANTED
from sse import tokens

from ingest.conversation import Conversation, Exchange, Turn
from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.answer.checked_answer import CheckedAnswer
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.claude.cost import cost
from ragchat.claude.spending_limit import SpendingLimit
from ragchat.claude.tokens import Scale
from ragchat.claude.wire import PLAIN, Shape, Text
from ragchat.errors import CostLimitReached, ModelServiceError
from ragchat.interrupts import closing_signals
from ragchat.memory import Memory, UnsavedMemory, new_conversation
from ragchat.request.composer import Composer, Request
from ragchat.request.history import Summary
from ragchat.request.limits import Limits
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.retriever import Retriever

LIMITS = Limits(
    top_k=4, window_tokens=2000, context_tokens=3000, request_tokens=6000, max_tokens=1000
)
START = datetime(2026, 3, 4, 9, tzinfo=UTC)
Talk = Callable[..., tuple[Chat, ScriptedClaude]]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")


@pytest.fixture
def docs(tmp_path: Path, store: Store, embedder: Embedder) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "tides.md").write_text("# Tides\n\nHigh water at Wexmouth is at ten past noon.\n")
    (folder / "bread.md").write_text("# Bread\n\nFeed the sourdough starter every morning.\n")
    Ingestion(store, embedder).run([folder])
    return folder


@pytest.fixture
def talk(store: Store, embedder: Embedder) -> Talk:
    days = itertools.count()

    def start(*script: Step, **options: Any) -> tuple[Chat, ScriptedClaude]:
        server = ScriptedClaude(*script)
        claude = Claude("claude-sonnet-5-5", http_client=server.client(), sleep=lambda _: None)
        retriever = Retriever(store, embedder)
        day = START + timedelta(days=next(days))
        memory = (Memory if options.pop("save", True) else UnsavedMemory)(store, "default")
        options.setdefault("spending", SpendingLimit(record=memory.spend))
        chat = Chat(
            claude,
            memory,
            Composer(
                claude.model,
                lambda: retriever,
                options.pop("scope", Scope()),
                shape=options.pop("shape", PLAIN),
            ),
            options.pop("limits", LIMITS),
            now=options.pop("now", lambda: day),
            **options,
        )
        return chat, server

    return start


@pytest.fixture
def conversation_of_halves() -> Conversation:
    """Return a conversation whose first exchange is a question, and its second the answer."""
    sides = [("What holds a mast?", ""), ("", "Ropes."), ("And what moves it?", "Sails.")]
    exchanges = (
        Exchange(
            str(n),
            "halves",
            Turn("user", asked, START, f"asked {n}", here=False),
            Turn("assistant", said, START, f"answered {n}", here=False),
        )
        for n, (asked, said) in enumerate(sides)
    )
    return Conversation("halves", "Masts", START, exchanges=tuple(exchanges))


def answered(chat: Chat, text: str) -> CheckedAnswer:
    *_, last = chat.ask(UserMessage(text))
    assert isinstance(last, CheckedAnswer)
    return last


@pytest.mark.parametrize("save", [True, False])
def test_what_another_session_has_forgotten_is_neither_sent_nor_stored_again(
    talk: Talk, store: Store, save: bool
) -> None:
    chat, _ = talk(Reply("Noted."), Reply("Fine."))
    said = [answered(chat, text) for text in ("My locker opens with apricot", "Will it rain?")]
    other, server = talk(Reply("Soon."), Reply("Never."), conversation=chat.conversation, save=save)
    forget(store, said[0].exchange.id)
    assert len(other.leave_out_forgotten().exchanges) == 1
    answer = answered(other, "And snow?")
    assert "apricot" not in str(server.requests)
    assert "Will it rain?" in str(server.requests)
    assert "apricot" not in other.conversation.title
    assert "left out 1 exchange that another session has forgotten" in answer.notices
    forget(store, *(exchange.id for exchange in other.conversation.exchanges))
    answered(other, "And hail?")
    assert "Will it rain?" not in str(server.requests[-1])
    assert save == ("And snow?" not in str(server.requests[-1]))  # else it was in no file
    assert save == (other.conversation.id != chat.conversation.id)
    titles = {listed.title for listed in Memory(store, "default").entries()}
    assert titles == ({"And hail?"} if save else set())


@pytest.mark.parametrize("kind", [Memory, UnsavedMemory])
def test_a_turn_reads_no_more_of_a_long_conversation_than_of_a_short_one(
    store: Store, kind: type[Memory]
) -> None:
    memory, conversation = kind(store, "default"), new_conversation(START)
    steps: list[int] = []
    with store.transaction():
        for n in range(200):
            begun = len(steps)
            store.database._connection.set_progress_handler(lambda: steps.append(1), 10)
            turns = (
                Turn(role, f"Berth {n}", START, f"{role}{n}") for role in ("user", "assistant")
            )
            conversation, _ = memory.remember(memory.held(conversation), *turns)
            store.database._connection.set_progress_handler(None, 0)
            steps[begun:] = [len(steps) - begun]
    assert sum(steps[-10:]) < 1.2 * sum(steps[10:20])
    assert len(kind(store, "default").held(conversation).exchanges) == (
        200 if kind is Memory else 0
    )


def forget(store: Store, *exchanges: str) -> None:
    """Forget exchanges as another process would."""
    forgetting = Forgetting(store, store.look_up("default"))
    forgetting.choose_exchanges(exchanges)
    forgetting.run(with_answers=False, index=lambda: None)


@pytest.mark.parametrize(("lasting", "stopped"), [(False, False), (True, True)])
def test_a_limit_counts_what_an_hour_of_the_cache_costs(
    talk: Talk, lasting: bool, stopped: bool
) -> None:
    shape = Shape(cached=True, lasting=lasting)
    tokens_in = (
        talk(shape=shape)[0].prepare(UserMessage("Who rings the bell?")).estimated_input_tokens
    )
    limit = SpendingLimit((1.6 * tokens_in * 2 + LIMITS.max_tokens * 10) / 1e6)
    chat, server = talk(shape=shape, spending=limit)
    if stopped:
        with pytest.raises(CostLimitReached):
            answered(chat, "Who rings the bell?")
    else:
        answered(chat, "Who rings the bell?")
    assert bool(server.requests) is not stopped


@pytest.mark.parametrize("kind", [Memory, UnsavedMemory])
def test_a_summary_is_kept_by_the_exchanges_that_are_sent(
    store: Store, kind: type[Memory], conversation_of_halves: Conversation
) -> None:
    memory = kind(store, "default")
    with store.transaction():  # imported: a question and its answer are two exchanges
        row = store.collection("default")
        store.conversations.put(row, conversation_of_halves)
    memory.keep_summary(conversation_of_halves, Summary("Of ropes, then of sails.", 2))
    assert memory.summary(conversation_of_halves) == Summary("Of ropes, then of sails.", 2)
    assert kind(store, "default").summary(conversation_of_halves) == (
        Summary("Of ropes, then of sails.", 2) if kind is Memory else None
    )


def texts(server: ScriptedClaude, request: int = -1) -> str:
    results = search_results(server.requests[request])
    return "\n".join(part["text"] for result in results for part in result["content"])


def test_the_passage_that_answers_is_sent_and_its_citation_is_a_place(
    docs: Path, talk: Talk
) -> None:
    chat, server = talk()
    last = answered(chat, "When is high water at Wexmouth?")
    assert "ten past noon" in texts(server)
    assert question(server.requests[0]).startswith("Question: When is high water")
    (cited,) = [source for source in last.sources if source.cited]
    assert (cited.n, cited.hit.passage.label()) == (1, f"{docs / 'tides.md'}:1-3")
    assert cited.verified
    assert last.text.endswith("[1]")


def test_events_come_in_order(docs: Path, talk: Talk) -> None:
    chat, _ = talk(Reply("At noon."))
    first, *middle, last = chat.ask(UserMessage("When is high water?"))
    assert isinstance(first, Request)
    assert any(isinstance(event, Text) for event in middle)
    assert isinstance(last, CheckedAnswer)
    assert last.cost_usd is not None
    assert chat.last is last


def test_an_exchange_is_found_in_a_later_conversation_by_question_and_by_answer(
    talk: Talk, embedder: Embedder
) -> None:
    chat, _ = talk(Reply("The plumber is called Aloysius."))
    answered(chat, "What was the name of the man who mends our pipes?")
    chat.index(embedder)
    for words in ("who mends our pipes", "tell me about Aloysius"):
        later, server = talk()
        answered(later, words)
        assert "Aloysius" in texts(server)
        assert "mends our pipes" in texts(server)
        assert search_results(server.requests[0])[0]["title"] == "Past conversation of 2026-03-04"


def test_the_conversation_so_far_is_sent_without_its_contexts(docs: Path, talk: Talk) -> None:
    chat, server = talk(Reply("At ten past noon."), Reply("Yes."))
    answered(chat, "When is high water at Wexmouth?")
    answered(chat, "And is that the same every day?")
    first, second, last = server.requests[1]["messages"]
    assert first == {"role": "user", "content": "When is high water at Wexmouth?"}
    assert second == {"role": "assistant", "content": "At ten past noon."}
    assert last["role"] == "user"


def test_what_the_window_holds_is_not_sent_again_from_memory(
    talk: Talk, embedder: Embedder
) -> None:
    chat, server = talk(Reply("Aloysius."), Reply("Yes."))
    answered(chat, "What is the name of the plumber?")
    chat.index(embedder)
    answered(chat, "What is the name of the plumber again?")
    assert search_results(server.requests[1]) == []


def test_a_long_conversation_costs_no_more_than_its_window(talk: Talk, embedder: Embedder) -> None:
    limits = replace(LIMITS, window_tokens=200, context_tokens=300)
    chat, server = talk(*[Reply("Words and words. " * 10)] * 12, limits=limits)
    for number in range(12):
        answered(chat, f"Question number {number} about something else entirely")
        chat.index(embedder)
    sizes = [len(str(request["messages"])) for request in server.requests]
    assert max(sizes[8:]) < 1.5 * max(sizes[4:8])


def test_nothing_relevant_sends_nothing(docs: Path, talk: Talk) -> None:
    chat, server = talk()
    answered(chat, "Which moon of Jupiter has volcanoes?")
    assert search_results(server.requests[0]) == []


@pytest.mark.parametrize(
    ("kinds", "wanted"), [(("document",), "Feed the sourdough"), (("memory",), "rye flour")]
)
def test_documents_or_memory_alone(
    docs: Path, talk: Talk, embedder: Embedder, kinds: Any, wanted: str
) -> None:
    chat, _ = talk(Reply("Use rye flour for the sourdough starter."))
    answered(chat, "Which flour for a sourdough starter?")
    chat.index(embedder)
    later, server = talk(scope=Scope(kinds=kinds))
    answered(later, "How do I care for a sourdough starter?")
    assert len(search_results(server.requests[0])) == 1
    assert wanted in texts(server)


def test_an_interrupted_answer_is_kept_marked_and_in_the_window(talk: Talk, store: Store) -> None:
    chat, server = talk(Reply("One, two, three, four, five, six, seven."), Reply("Eight."))
    events = chat.ask(UserMessage("Count"))
    event = next(events)
    while not isinstance(event, Text):
        event = next(events)
    last = events.throw(KeyboardInterrupt())
    assert isinstance(last, CheckedAnswer)
    assert last.answer.status == "interrupted"
    stored = Memory(store, "default").latest().exchanges[0].answer
    assert stored.status == "interrupted"
    assert stored.text == "One, two, th"
    answered(chat, "Go on")
    assert server.requests[1]["messages"][1]["content"] == "One, two, th"


def test_a_second_interrupt_while_the_connection_closes_loses_nothing(
    talk: Talk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, _ = talk(Reply("One, two, three, four, five, six, seven."))
    events = chat.ask(UserMessage("Count"))
    while not isinstance(next(events), Text):
        pass
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        _Stream, "close", lambda _: signal.raise_signal(signal.SIGTERM), raising=False
    )
    with closing_signals(), pytest.raises(KeyboardInterrupt):
        events.throw(KeyboardInterrupt())
    assert Memory(store, "default").latest().exchanges[0].answer.text == "One, two, th"
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_answer_that_broke_off_is_kept_and_the_next_question_works(
    talk: Talk, store: Store
) -> None:
    chat, _ = talk(Broken("reset", "Half of"), Reply("Whole."))
    assert answered(chat, "Tell me").answer.failed
    assert answered(chat, "Again").text == "Whole."
    said = Memory(store, "default").latest().exchanges
    assert [exchange.answer.status for exchange in said] == ["cut off", "done"]


def test_a_refused_answer_never_goes_back(talk: Talk, embedder: Embedder) -> None:
    chat, server = talk(Reply("I cannot", stop_reason="refusal"), Reply("Fine."))
    answered(chat, "Something bad about pipes")
    chat.index(embedder)
    answered(chat, "Something good about pipes")
    (message,) = server.requests[1]["messages"]
    assert "cannot" not in str(message)


def test_when_nothing_came_nothing_is_remembered(talk: Talk, store: Store) -> None:
    chat, _ = talk(Failure(400, "invalid_request_error", "No."), Reply("Yes."))
    with pytest.raises(ModelServiceError):
        list(chat.ask(UserMessage("First")))
    assert answered(chat, "Second").text == "Yes."
    assert len(Memory(store, "default").latest().exchanges) == 1


def test_what_failed_attempts_have_used_is_paid(talk: Talk, store: Store) -> None:
    chat, server = talk(*[Broken("reset", "")] * 4)
    with pytest.raises(ModelServiceError):
        list(chat.ask(UserMessage("Hello?")))
    each = cost({"input_tokens": tokens(server.requests[0]), "output_tokens": 1}, chat.model.name)
    assert each is not None
    assert chat.spending.spent == pytest.approx(4 * each)
    assert store.spending.months()[0].usd == pytest.approx(4 * each)


def test_the_cost_limit_stops_an_attempt_that_would_pass_it(talk: Talk) -> None:
    chat, server = talk(*[Broken("reset", "")] * 4)
    prepared = chat.prepare(UserMessage("Hello?"))
    dearest = {"input_tokens": prepared.estimated_input_tokens * 5 // 4, "output_tokens": 1000}
    chat.spending.limit = (cost(dearest, chat.model.name) or 0.0) + 0.0001
    with pytest.raises(CostLimitReached):
        list(chat.ask(UserMessage("Hello?")))
    assert len(server.requests) == 1
    assert chat.spending.spent > 0


def test_without_saving_nothing_is_stored_but_the_conversation_goes_on(
    talk: Talk, store: Store, embedder: Embedder
) -> None:
    chat, server = talk(Reply("Aloysius."), Reply("Yes."), save=False)
    answered(chat, "Who mends the pipes?")
    chat.index(embedder)
    answered(chat, "Is he good?")
    assert server.requests[1]["messages"][1]["content"] == "Aloysius."
    assert store.database.scalar("SELECT count(*) FROM turns") == 0
    assert store.database.scalar("SELECT count(*) FROM conversations") == 0


@pytest.mark.parametrize("save", [True, False])
def test_a_secret_is_sent_with_its_question_and_never_again(talk: Talk, save: bool) -> None:
    chat, server = talk(save=save)
    secret = PLANTED["Anthropic key"]
    answered(chat, f"My key is {secret}, keep it.")
    answered(chat, "What did I say?")
    first, second = map(str, server.requests)
    assert f"My key is {secret}, keep it." in first
    assert "My key is [Anthropic key], keep it." in second
    assert secret not in second


def test_a_conversation_is_taken_up_again(talk: Talk, store: Store) -> None:
    chat, _ = talk(Reply("Aloysius."))
    answered(chat, "Who mends the pipes?")
    memory = Memory(store, "default")
    again, server = talk(conversation=memory.conversation(chat.conversation.id[:4]))
    answered(again, "Is he good?")
    assert len(server.requests[0]["messages"]) == 3
    assert len(memory.latest().exchanges) == 2
    assert memory.latest().title == "Who mends the pipes?"


def test_another_conversation_does_not_hold_the_first(talk: Talk) -> None:
    chat, server = talk(Reply("Aloysius."), Reply("Yes."))
    answered(chat, "Who mends the pipes?")
    chat.start_new()
    answered(chat, "Is it raining?")
    assert len(server.requests[1]["messages"]) == 1


def test_the_sources_of_an_answer_are_stored_without_their_text(
    docs: Path, talk: Talk, store: Store
) -> None:
    chat, _ = talk()
    answered(chat, "When is high water at Wexmouth?")
    (ref, *_) = Memory(store, "default").latest().exchanges[0].answer.sources
    assert (ref.cited, ref.source) == (True, str(docs / "tides.md"))
    stored = store.database.rows("SELECT * FROM answer_sources")
    assert all("noon" not in str(tuple(row)) for row in stored)


def test_the_ledger_says_what_entered_and_what_lost(docs: Path, talk: Talk) -> None:
    limits = replace(LIMITS, context_tokens=60)
    chat, _ = talk(limits=limits)
    prepared = chat.prepare(UserMessage("sourdough starter, or high water at Wexmouth"))
    reasons: Sequence[str] = [entry.reason for entry in prepared.ledger if not entry.sent]
    assert len(prepared.ledger) == 2
    assert reasons == ["over the budget of 60 tokens"]


def test_a_request_that_is_full_takes_no_passages(docs: Path, talk: Talk) -> None:
    chat, server = talk(
        Reply("At noon."),
        limits=replace(LIMITS, request_tokens=300),
    )
    answered(chat, "When is high water at Wexmouth?")
    assert search_results(server.requests[0]) == []
    assert chat.request is not None
    assert "over the budget" in chat.request.ledger[0].reason


def test_after_a_change_of_model_the_estimate_is_that_of_the_new_one(
    docs: Path, talk: Talk, store: Store
) -> None:
    chat, server = talk(Reply("Ten past noon."))
    before = chat.prepare(UserMessage("When is high water at Wexmouth?")).estimated_input_tokens
    Memory(store, "default").keep_scale("claude-haiku-4-5", Scale(2.0, 3))
    chat.use_model("claude-haiku-4-5")
    request = chat.prepare(UserMessage("When is high water at Wexmouth?"))
    assert request.estimated_input_tokens > 1.4 * before  # twice, by a tokenizer with fewer tokens
    assert request.ledger[0].tokens > 1.5 * chat.model.uncorrected(texts_of(request))
    answered(chat, "When is high water at Wexmouth?")
    assert server.requests[0]["model"] == "claude-haiku-4-5"


def texts_of(request: Request) -> str:
    return "".join(hit.passage.text for hit in request.prompt.hits)
