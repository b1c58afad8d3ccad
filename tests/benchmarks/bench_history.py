"""What each strategy sends: `python tests/benchmarks/bench_history.py SET [STRATEGY…]`.

SET is the folder of a memory set (turns.jsonl, and questions.jsonl). Its conversations are joined
in pairs to 200 exchanges, one a minute, and said again with the default settings over a wire that
answers as they were answered. Tokens are those of a real tokenizer (the embedding model's, which
reads about as finely as Claude's); the cache follows the provider's rules. Minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_args

from replay import MODEL, START, Remembering, Said, Wire, exchanges, joined, parts, questions
from usage import arguments

from ingest.document import Passage
from ingest.models.embedder import Embedder, load
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.claude.cost import cost, input_tokens
from ragchat.claude.spending_limit import SpendingLimit
from ragchat.claude.tokens import ChatModel
from ragchat.library.from_settings import limits
from ragchat.memory import Memory
from ragchat.request.composer import Composer
from ragchat.request.history import Strategy
from ragchat.request.limits import Limits
from ragchat.request.summarizer import Summarizer
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.policy import Unfiltered
from ragchat.retrieval.retriever import Retriever
from ragchat.settings import Settings

LENGTH = 200
SHOWN = (10, 50, 100, 200)
WORDS = 1_000
Asked = tuple[str, set[tuple[str, str]]]


def defaults(strategy: Strategy) -> Limits:
    """The limits of the default settings."""
    return replace(limits(Settings()), history=strategy)


@dataclass
class Clock:
    """One exchange a minute."""

    minutes: float = 0.0

    def __call__(self) -> Any:
        """The time of the replay."""
        return START + timedelta(minutes=self.minutes)


def replay(
    said: Said,
    strategy: Strategy,
    embedder: Remembering,
    asked: Sequence[Asked] = (),
) -> tuple[Wire, list[tuple[float, float]]]:
    """The requests and their usage, one an exchange (and those for summaries); and, of what is
    asked at the end, the recall of search alone and of the request.
    """
    count = embedder.count
    clock = Clock()
    wire = Wire(count, clock, iter([line.answer for line in said]))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        real = cast("Embedder", embedder)
        retriever = Retriever(store, real)
        cheap = Claude(Settings().summary_model, http_client=wire.client())
        chat = Chat(
            Claude(MODEL, http_client=wire.client()),
            Memory(store, "default"),
            Composer(ChatModel(MODEL), lambda: retriever, Scope()),
            defaults(strategy),
            summarizer=Summarizer(cheap, SpendingLimit()) if strategy == "summary" else None,
            now=clock,
        )
        for number, line in enumerate(said):
            clock.minutes = number
            for _ in chat.ask(UserMessage(line.question)):
                pass
            chat.index(real)
        return wire, list(_recall(chat, retriever, said, asked) if asked else ())


def _recall(
    chat: Chat, retriever: Retriever, said: Said, asked: Sequence[Asked]
) -> Iterator[tuple[float, float]]:
    """For each question the share of its evidence that 1,000 words of search hold, and that the
    same words of the request hold, what stands in the window included.
    """
    lines = dict(zip((exchange.id for exchange in chat.conversation.exchanges), said, strict=True))
    for question, evidence in asked:
        found = retriever.retrieve(retriever.read(question), Scope(), Unfiltered(100)).passages
        alone = set[tuple[str, str]]().union(*(lines[id_].ids for id_ in _within(found)))
        prompt = chat.prepare(UserMessage(question)).prompt
        words = str(prompt.messages)
        sent = alone.__class__().union(*(lines[id_].ids for id_ in _within(prompt.passages)))
        window = (line.ids for line in said if _json(line.answer) in words)
        sent = sent.union(*window)
        yield len(alone & evidence) / len(evidence), len(sent & evidence) / len(evidence)


def _json(text: str) -> str:
    return repr(text.strip())[1:-1]


def _within(passages: Sequence[Passage]) -> Iterator[str]:
    """The exchanges whose whole passages stand in the first words of a ranking."""
    left = WORDS
    for passage in passages:
        left -= len(passage.text.split())
        if left < 0:
            return
        yield passage.id


def inputs(wire: Wire) -> list[int]:
    """Input tokens of each turn, summaries written for it included."""
    totals: list[int] = []
    waiting = 0
    for body, usage in zip(wire.requests, wire.usages, strict=True):
        waiting += input_tokens(usage)
        if body["model"] == MODEL:
            totals.append(waiting)
            waiting = 0
    return totals


def untrimmed(said: Said, system: int, count: Callable[[str], int]) -> list[int]:
    """Input tokens of each turn when everything said so far is sent, and nothing retrieved."""
    totals, before = [], 0
    for line in said:
        totals.append(system + before + count(line.question))
        before += count(line.question) + count(line.answer)
    return totals


def mean(values: Sequence[float]) -> float:
    """The mean."""
    return sum(values) / max(1, len(values))


def report(strategy: str, turns: list[list[int]], wires: Sequence[Wire], full: int) -> None:
    """One line of the table."""
    at = "  ".join(f"{mean([t[n - 1] for t in turns if len(t) >= n]):>8,.0f}" for n in SHOWN)
    late = mean([x for t in turns for x in t[180:200]])
    early = mean([x for t in turns for x in t[40:60]])
    total = sum(map(sum, turns))
    line = f"{strategy:10} {at}  total {total:>11,}  1/{full / total:4.1f} of full"
    if wires:
        used = [usage for wire in wires for usage in wire.usages]
        read = sum(counts["cache_read_input_tokens"] for counts in used)
        everything = sum(map(input_tokens, used))
        dollars = sum(
            cost(usage | {"output_tokens": 0}, body["model"]) or 0.0
            for wire in wires
            for body, usage in zip(wire.requests, wire.usages, strict=True)
        )
        line += f"  cached {read / everything:4.0%}  input ${dollars:6.2f}"
    print(f"{line}  181-200 / 41-60: {late / early:.2f}", flush=True)


def _about(asked: Sequence[Asked], said: Said) -> list[Asked]:
    """The questions whose evidence was said."""
    ids = frozenset[tuple[str, str]]().union(*(line.ids for line in said))
    return [pair for pair in asked if pair[1] <= ids]


def compare(folder: Path, wanted: Sequence[Strategy], embedder: Remembering) -> None:
    """A line for each strategy, and one for what sending everything would take."""
    count = embedder.count
    talks = joined(exchanges(folder), LENGTH)
    asked = list(questions(folder))
    print(f"{len(talks)} conversations of {[len(talk) for talk in talks]} exchanges")
    print(f"{'':10} " + "  ".join(f"{f'turn {n}':>8}" for n in SHOWN))
    full: list[list[int]] = []
    for strategy in wanted:
        started = time.monotonic()
        done = [replay(said, strategy, embedder, _about(asked, said)) for said in talks]
        wires = [wire for wire, _ in done]
        if not full:
            system = count(next(parts(wires[0].requests[0]))[0])
            full = [untrimmed(said, system, count) for said in talks]
            report("everything", full, [], sum(map(sum, full)))
        report(strategy, [inputs(wire) for wire in wires], wires, sum(map(sum, full)))
        recalls = [recall for _, found in done for recall in found]
        alone, sent = mean([one for one, _ in recalls]), mean([other for _, other in recalls])
        print(
            f"{'':10} evidence of {len(recalls)} questions within {WORDS} words:"
            f" {sent:.1%} in the request, {alone:.1%} by search alone"
            f" ({time.monotonic() - started:.0f} s)",
            flush=True,
        )


def main() -> None:
    """Replay the set with each strategy."""
    folder = Path(sys.argv[1])
    os.environ.setdefault("ANTHROPIC_API_KEY", "nobody-asks")
    wanted = [
        strategy
        for strategy in get_args(Strategy)
        if strategy in sys.argv[2:] or len(sys.argv) == 2
    ]
    with tempfile.TemporaryDirectory() as models:
        compare(folder, wanted, Remembering(load("", Path(models))))


if __name__ == "__main__":
    arguments(__doc__, least=1)
    main()
