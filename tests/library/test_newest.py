"""The newest holds: changed memories and editions of documents, sent and on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import Output, loads
from hits import requested

from ingest.conversation import Turn
from ingest.document import MemoryPassage
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.request.history import Window
from ragchat.request.prompt import build
from ragchat.retrieval.retriever import Retriever

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
OLDER = "earlier: Past conversation of 2026-02-01, before the change of 2026-02-06"
SAID = [
    "The rowing lesson with Ole is on Wednesday at six, bring a towel.",
    "I painted the boat shed green.",
    "A rowing lesson costs 30 euros, says the club.",
    "How warm is the lake in March?",
    "Rowing makes my back feel better.",
    "They had to shuffle things, the rowing lesson was moved to Thursday.",
    "Wednesday is my day for the choir.",
]


@pytest.fixture
def retriever(store: Store, embedder: Embedder) -> Retriever:
    memory = Memory(store, "default")
    for n, said in enumerate(SAID):
        time = START + timedelta(days=n)
        memory.remember(
            new_conversation(time),
            Turn("user", said, time, f"q{n}"),
            Turn("assistant", "Noted.", time, f"a{n}"),
        )
    memory.index(embedder)
    return Retriever(store, embedder)


@pytest.mark.parametrize("top_k", [1, 2, 4, 8])
def test_the_change_stands_above_what_it_changes_at_every_top_k(
    retriever: Retriever, top_k: int
) -> None:
    found = requested(retriever, "On which day is the rowing lesson, Wednesday at six?", top_k)
    said = [hit.passage.asked for hit in found.hits if isinstance(hit.passage, MemoryPassage)]
    assert said.index(SAID[5]) < ([*said, SAID[0]]).index(SAID[0])
    assert len(found.hits) <= top_k
    old = [hit for hit in found.hits if hit.changed]
    assert [hit.passage.text for hit in old if SAID[0] not in hit.passage.text] == []
    assert old or top_k == 1


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        (
            "I live in Aarhus by the quay.",
            "We moved to Turku, the flat is small.",
            "Where do I live?",
        ),
        ("Ich wohne in Aarhus am Hafen.", "Wir sind nach Turku gezogen.", "Wo wohne ich?"),
    ],
)
def test_where_someone_lives_changes_when_they_move(
    store: Store, embedder: Embedder, old: str, new: str, asked: str
) -> None:
    memory = Memory(store, "default")
    for n, told in enumerate([old, *SAID, new]):
        time = START + timedelta(days=n)
        said_turn = Turn("user", told, time, f"q{n}")
        noted = Turn("assistant", "Noted.", time, f"a{n}")
        memory.remember(new_conversation(time), said_turn, noted)
    memory.index(embedder)
    found = requested(Retriever(store, embedder), asked, 8)
    said = [hit.passage.asked for hit in found.hits if isinstance(hit.passage, MemoryPassage)]
    assert said.index(new) < said.index(old)
    assert [hit.passage.text for hit in found.hits if hit.changed and old in hit.passage.text]


def test_the_older_is_marked_in_the_context(retriever: Retriever) -> None:
    found = requested(retriever, "On which day is the rowing lesson with Ole?")
    now = START + timedelta(days=30)
    prompt = build("When?", found.hits, Window(), now=now)
    titles = [block["title"] for block in prompt.messages[-1]["content"][1:-1]]
    assert OLDER in titles
    assert "Past conversation of 2026-02-06" in titles


def test_the_older_is_marked_on_the_screen(ragchat: Output, retriever: Retriever) -> None:
    del retriever
    _, out, _ = ragchat("recall", "rowing lesson with Ole")
    (line,) = [line for line in out.splitlines() if "earlier: " in line]
    assert line.startswith("[2] earlier: [you, 2026-02-01, “The rowing lesson with Ole")
    hits = loads(ragchat("recall", "--json", "rowing lesson with Ole"))
    assert [hit["text"][:30] for hit in hits if "changed" in hit] == [
        "You: The rowing lesson with Ol"
    ]


def test_without_a_model_the_newer_is_quoted_above_the_older(
    ragchat: Output, retriever: Retriever
) -> None:
    del retriever
    _, out, _ = ragchat("ask", "--offline", "On which day is the rowing lesson with Ole?")
    quoted = [line for line in out.splitlines() if "rowing lesson" in line and line[0] == ">"]
    assert quoted[0] == f"> You: {SAID[5]}"
    assert "\n  earlier: [you, 2026-02-01, " in out
    fields = loads(ragchat("ask", "--offline", "--json", "On which day is the rowing lesson?"))
    earlier = [quoted["text"] for quoted in fields["quotations"] if quoted.get("earlier")]
    assert earlier == [f"You: {SAID[0]}"]


def test_of_twelve_versions_the_newest_is_sent_and_the_others_are_named(
    tmp_path: Path, store: Store, embedder: Embedder, ragchat: Output
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for n in range(1, 13):
        (folder / f"claims-v{n}.md").write_text(
            "# Travel claims\n\nSkippers hand in their travel claims to the harbour office within"
            f" {20 + n} days of the return, with two copies of the form.\n"
        )
    (folder / "tides.md").write_text("# Tides\n\nTravel claims do not depend on the tides.\n")
    Ingestion(store, embedder).run([folder])
    found = requested(Retriever(store, embedder), "By when do skippers hand in travel claims?")
    names = [Path(hit.source).name for hit in found.hits]
    assert names[0] == "claims-v12.md"
    assert [name for name in names if name.startswith("claims")] == ["claims-v12.md"]
    assert len(found.hits[0].earlier) == 11
    prompt = build("When?", found.hits, Window(), now=START)
    title = prompt.messages[-1]["content"][1]["title"]
    assert "; older editions: claims-v11.md, claims-v10.md, claims-v9.md)" in title
    _, out, _ = ragchat("search", "By when do skippers hand in travel claims?")
    assert "also" in out
    asked = requested(Retriever(store, embedder), "What did version 3 say on travel claims?")
    assert "claims-v3.md" in [Path(hit.source).name for hit in asked.hits]
