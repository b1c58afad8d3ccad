"""Facts found again long after: `python tests/benchmarks/bench_memory.py`.

The 100 facts of `facts.jsonl` are told among 1,000 exchanges in many conversations, and each is
asked for, as people ask half a year later, 500 exchanges after it was told: is it in the context of
the request? Once the other exchanges are mere questions and requests, once half of them tell
something of oneself, too. Then 20 facts are forgotten: are they found, and does any file of the
library hold a word of them? A few minutes.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from bench_history import defaults
from replay import MODEL, START, stream
from usage import arguments

from ingest.maintenance.forgetting import Forgetting
from ingest.models.embedder import Embedder, load
from ingest.search.scope import Scope
from ingest.store import Store
from ragchat.chat import Chat
from ragchat.claude.client import Claude
from ragchat.claude.tokens import ChatModel
from ragchat.memory import Memory
from ragchat.request.composer import Composer
from ragchat.request.user_message import UserMessage
from ragchat.retrieval.policy import Unfiltered
from ragchat.retrieval.retriever import Retriever

Talk = list[tuple[str, str]]

PATH = Path(__file__).with_name("facts.jsonl")
EXCHANGES, FACTS, LATER, FORGOTTEN, A_TALK = 1_000, 100, 500, 20, 25
APART = LATER // FACTS

TOPICS = "sourdough|sorting a list in Python|train tickets|a cover letter|tomato blight|git rebase\
|a birthday poem|tax brackets|the moons of Jupiter|knitting a scarf|SQL joins|sleep\
|a packing list|the French past tense|bicycle chains|CSS grids|a book club|espresso"
SMALL_TALK = [
    ("Can you give me three tips on {}?", "Start small with {}, keep notes, and ask somebody."),
    ("What do people get wrong about {}?", "Most hurry {}; patience helps more than tools do."),
    ("Explain {} to me as to a beginner.", "Think of {} as a habit: first the why, then the how."),
    ("Is {} worth the trouble?", "For most people {} pays off after a few weeks of practice."),
    (
        "Write a short plan for {}.",
        "Week one: read about {}. Week two: try it. Week three: review.",
    ),
]
OF_ONESELF = [
    ("I'm trying to get better at {}, and it goes slowly. Any advice?", "Little and often helps."),
    ("My sister thinks that {} is a waste of time.", "It gives many people joy; tell her that."),
    ("I spent the weekend with {} and our kitchen is a mess now.", "A mess is soon cleaned up."),
    ("We had a talk about {} at work today, quite fun. What should I read?", "Try a library."),
    ("A colleague asked me about {} and I had no answer.", "Now you know where to look."),
]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told once, and how it is asked for long after."""

    told: str
    asked: str
    word: str
    """What was told and is in no other text: where it stands, the fact was found."""


def made_up(random_: random.Random) -> str:
    """A word that is in no dictionary."""
    syllables = [random_.choice("bdfgklmnprtvz") + random_.choice("aeiou") for _ in range(4)]
    return "".join(syllables).capitalize() + random_.choice("xqk")


def planted(random_: random.Random) -> list[Fact]:
    """The facts of the file, in its order, each with a made-up word of its own."""
    kept = [json.loads(line) for line in PATH.read_text("utf-8").splitlines()]
    words = [made_up(random_) for _ in kept]
    return [
        Fact(fact["told"].format(word), fact["asked"], word)
        for fact, word in zip(kept, words, strict=True)
    ]


def script(facts: Sequence[Fact], talk: Talk, random_: random.Random) -> list[tuple[str, str]]:
    """What is said and answered at each exchange; an answer says nothing of a fact."""
    lines = []
    for number in range(EXCHANGES):
        if number % APART == 0:
            fact = facts[number % LATER // APART]
            lines.append((fact.told if number < LATER else fact.asked, "I see."))
        else:
            topic = random_.choice(TOPICS.split("|"))
            said, answered = random_.choice(talk)
            lines.append((said.format(topic), answered.format(topic)))
    return lines


def main() -> None:
    """Tell, ask, forget."""
    os.environ.setdefault("ANTHROPIC_API_KEY", "nobody-asks")
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        for name, talk in (
            ("among mere requests", SMALL_TALK),
            ("half of which tell something, too", [*SMALL_TALK, *OF_ONESELF]),
        ):
            home = Path(folder) / name
            with Store(home) as store:
                print(f"{EXCHANGES:,} exchanges, {name}:")
                measure(store, home, talk, embedder)


def measure(store: Store, home: Path, talk: Talk, embedder: Embedder) -> None:
    """Print what was found of what was told, before and after a forgetting."""
    random_ = random.Random(7)
    facts = planted(random_)
    lines = script(facts, talk, random_)
    answers = (answered for _, answered in lines)
    sent: list[dict[str, Any]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(json.loads(request.content))
        usage = {"input_tokens": 0, "output_tokens": 0}
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, text=stream(next(answers), MODEL, usage))

    minutes = itertools.count()
    retriever = Retriever(store, embedder)
    chat = Chat(
        Claude(MODEL, http_client=httpx2.Client(transport=httpx2.MockTransport(answer))),
        Memory(store, "default"),
        Composer(ChatModel(MODEL), lambda: retriever, Scope()),
        defaults("rag"),
        now=lambda: START + timedelta(minutes=next(minutes)),
    )
    told: dict[str, str] = {}
    for number, (line, _) in enumerate(lines):
        if number % A_TALK == 0:
            chat.start_new()
        for _ in chat.ask(UserMessage(line)):
            pass
        chat.index(embedder)
        if number < LATER and number % APART == 0:
            told[facts[number // APART].word] = chat.conversation.exchanges[-1].id
    asked = [json.dumps(request["messages"]) for request in sent[LATER::APART]]
    missed = [fact for fact, body in zip(facts, asked, strict=True) if fact.word not in body]
    print(f"in the context of the request, 500 exchanges later: {FACTS - len(missed)} of {FACTS}")
    for fact in missed:
        print(f"  missed: {fact.told}  {fact.asked}")
    forget(store, home, retriever, facts[:FORGOTTEN], told)


def forget(
    store: Store,
    home: Path,
    retriever: Retriever,
    facts: Sequence[Fact],
    told: dict[str, str],
) -> None:
    """Forget some facts, look for them, and read every byte of the library."""
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges(told[fact.word] for fact in facts)
    done = forgetting.run(
        with_answers=False, index=lambda: Memory(store, "default").index(retriever.embedder)
    )
    found = [
        fact
        for fact in facts
        if any(
            fact.word in passage.text
            for passage in retriever.retrieve(
                retriever.read(fact.asked), Scope(), Unfiltered(100)
            ).passages
        )
    ]
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    held = [fact for fact in facts if any(fact.word.lower().encode() in f.lower() for f in files)]
    print(f"forgotten: {done.exchanges}; found after: {len(found)}; in the files: {len(held)}")


if __name__ == "__main__":
    arguments(__doc__)
    main()
