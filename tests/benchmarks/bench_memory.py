"""Facts found again long after: `python tests/benchmarks/bench_memory.py`.

100 facts are told among 1,000 exchanges in many conversations, and each is asked for, in other
words, 500 exchanges after it was told: is it in the context of the request? Then 20 of them are
forgotten: are they found, and does any file of the library hold a word of them? A few minutes.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from bench_history import defaults
from replay import MODEL, START, stream

from ingest.candidates import Scope
from ingest.forgetting import Forgetting
from ingest.models import Embedder, load
from ingest.store import Store
from ragchat.chat import Chat
from ragchat.claude import Claude
from ragchat.composer import Composer
from ragchat.memory import Memory
from ragchat.retriever import Retriever

EXCHANGES, FACTS, LATER, FORGOTTEN, A_TALK = 1_000, 100, 500, 20, 25

# What is told, and how it is asked for. The word in place of {} is made up, and in no other text.
TOLD = [
    ("My sister's new puppy is called {}.", "What name did my sibling give her young dog?"),
    ("We decided to host the staging server at {}.", "Where does our test machine run?"),
    ("The plumber who fixed our sink is Mr {}.", "Who repaired the kitchen pipes for us?"),
    ("I keep the spare key at {}'s place.", "Which neighbour holds our second key?"),
    ("My allergist told me to stay away from {}.", "What substance did the doctor warn me about?"),
    ("Our wedding was in the village of {}.", "In which place did we get married?"),
    ("The code name of the merger is {}.", "How do we call the takeover internally?"),
    ("My grandfather was born in {}.", "Where did my mother's father come into the world?"),
    ("For the marathon I train with coach {}.", "Who prepares me for the long run?"),
    ("The landlord wants the rent paid to {} Bank.", "Where do I transfer the money for the flat?"),
    ("I named my sailing boat {}.", "What is my yacht called?"),
    ("The database migration is done by {} from our team.", "Which colleague moves the tables?"),
    ("Our daughter's kindergarten teacher is Mrs {}.", "Who looks after our girl at preschool?"),
    ("My favourite bakery is {} on the corner.", "Where do I like to buy bread?"),
    ("The wifi at the cabin is named {}.", "What is the network in the hut called?"),
    ("I take {} tablets for my blood pressure.", "Which medicine do I use for hypertension?"),
    ("The novel I am writing plays in {}.", "What is the setting of my book?"),
    ("Our supplier for the valves is {} Ltd.", "From which company do we order the fittings?"),
    ("The choir rehearses in {} Hall.", "Where do we practise singing?"),
    ("My car is in for repair at {}'s garage.", "Which workshop has my vehicle?"),
]
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


def made_up(random_: random.Random) -> str:
    """A word that is in no dictionary."""
    syllables = [random_.choice("bdfgklmnprtvz") + random_.choice("aeiou") for _ in range(4)]
    return "".join(syllables).capitalize() + random_.choice("xqk")


def script(random_: random.Random) -> tuple[list[str], list[tuple[str, str, str]]]:
    """What is said at each exchange, and the facts: told, asked, the made-up word."""
    told = itertools.islice(itertools.cycle(TOLD), FACTS)
    people = ["", "At work: ", "From last summer: ", "About the family: ", "For the record: "]
    facts = []
    for number, (statement, question) in enumerate(told):
        word = made_up(random_)
        round_ = people[number // len(TOLD)]
        about = f"{round_}{question[0].lower() if round_ else question[0]}{question[1:]}"
        facts.append((f"{round_}{statement.format(word)}", about, word))
    lines = []
    for number in range(EXCHANGES):
        fact, asks = divmod(number, LATER // FACTS), number >= LATER
        if fact[1] == 0:
            lines.append(facts[fact[0] - FACTS if asks else fact[0]][1 if asks else 0])
        else:
            lines.append(random_.choice(SMALL_TALK)[0].format(random_.choice(TOPICS.split("|"))))
    return lines, facts


def replies(lines: list[str]) -> Iterator[str]:
    """What is answered: something sensible that says nothing of a fact."""
    for number, line in enumerate(lines):
        topic = next((each for each in TOPICS.split("|") if each in line), "")
        yield SMALL_TALK[number % len(SMALL_TALK)][1].format(topic) if topic else "I see."


def main() -> None:
    """Tell, ask, forget."""
    os.environ.setdefault("ANTHROPIC_API_KEY", "nobody-asks")
    with tempfile.TemporaryDirectory() as folder:
        embedder = load("", Path(folder) / "models")
        home = Path(folder) / "home"
        with Store(home) as store:
            measure(store, home, embedder)


def measure(store: Store, home: Path, embedder: Embedder) -> None:
    """Print what was found of what was told, before and after a forgetting."""
    lines, facts = script(random.Random(7))
    answers = replies(lines)
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
        Composer(MODEL, lambda: retriever, Scope()),
        defaults("rag"),
        now=lambda: START + timedelta(minutes=next(minutes)),
    )
    told: dict[str, str] = {}
    for number, line in enumerate(lines):
        if number % A_TALK == 0:
            chat.start_anew()
        for _ in chat.ask(line):
            pass
        chat.index(embedder)
        if number < LATER and number % (LATER // FACTS) == 0:
            told[facts[number // (LATER // FACTS)][2]] = chat.conversation.exchanges[-1].id
    asked = [json.dumps(sent[LATER + n * (LATER // FACTS)]["messages"]) for n in range(FACTS)]
    missed = [fact for fact, body in zip(facts, asked, strict=True) if fact[2] not in body]
    print(f"in the context of the request, 500 exchanges later: {FACTS - len(missed)} of {FACTS}")
    for statement, question, _ in missed:
        print(f"  missed: {statement}  {question}")
    forget(store, home, retriever, facts[:FORGOTTEN], told)


def forget(
    store: Store,
    home: Path,
    retriever: Retriever,
    facts: list[tuple[str, str, str]],
    told: dict[str, str],
) -> None:
    """Forget some facts, look for them, and read every byte of the library."""
    forgetting = Forgetting(store, store.collection("default"))
    forgetting.choose_exchanges(told[word] for _, _, word in facts)
    done = forgetting.run(
        with_answers=False, index=lambda: Memory(store, "default").index(retriever.embedder)
    )
    found = [
        word
        for _, question, word in facts
        if any(
            word in passage.text
            for passage in retriever.retrieve(question, Scope(), top_k=100, floor=False).passages
        )
    ]
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    held = [word for _, _, word in facts if any(word.lower().encode() in f.lower() for f in files)]
    print(f"forgotten: {done.exchanges}; found after: {len(found)}; in the files: {len(held)}")


if __name__ == "__main__":
    main()
