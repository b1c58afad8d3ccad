"""Names of several words: what holds them next to each other comes first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hits import unfiltered

from ingest.conversation import Turn
from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.memory import Memory, new_conversation
from ragchat.retrieval.retriever import Retriever

TOGETHER = (
    "The lease of 9 Oak Lane ends in March.",
    "Das Blaue Haus gehört Frau Jansen.",
    "The Bank of Kelso shuts on Mondays.",
    "Nurse Abel keeps the charts in Ward 7.",
    "Ресторан «Синяя птица» закрывается в полночь.",
)
APART = (
    "An oak fell across the lane; the lane has one more oak, and no other oak is in a lane.",
    "Mein Haus hat ein blaues Dach und eine blaue Tür, am Haus steht ein blaues Rad.",
    "In Kelso we sat on the bank, a green bank near Kelso, a bank that Kelso loves.",
    "There are 7 of us in the ward, and a ward of 7 needs 7 beds a ward.",
    "Птица сидит на синей крыше, синяя крыша, птица поёт, синяя дверь, птица.",
)


@pytest.fixture(scope="module")
def names(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Retriever]:
    """Libraries with names of several words, and the same words apart, in files or in memory."""
    found = {}
    for name in ("files", "told", "apart in files", "apart told"):
        folder = tmp_path_factory.mktemp(name)
        store = Store(folder / "home")
        written = [*TOGETHER * (name in ("files", "apart told"))]
        written += APART * (name in ("files", "apart in files"))
        told = [text for text in (*TOGETHER, *APART) if text not in written]
        for n, text in enumerate(written):
            (folder / f"{n}.txt").write_text(f"{text}\n", encoding="utf-8")
        if written:
            Ingestion(store, embedder).run(sorted(folder.glob("*.txt")))
        memory = Memory(store, "default")
        conversation = None
        for n, text in enumerate(told):
            time = datetime(2026, 3, n + 1, tzinfo=UTC)
            conversation, _ = memory.remember(
                conversation or new_conversation(time),
                Turn("user", text, time, f"{n}q"),
                Turn("assistant", "Noted.", time, f"{n}a"),
            )
        memory.index(embedder)
        found[name] = Retriever(store, embedder)
    return found


@pytest.mark.parametrize("places", ["files", "told", "apart in files", "apart told"])
@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("Oak Lane", "lease"),
        ("where is oak lane", "lease"),
        ("Wem gehört das Blaue Haus?", "Frau Jansen"),
        ("When does the Bank of Kelso shut?", "Mondays"),
        ("Ward 7", "Nurse"),
        ("Синяя птица", "полночь"),
    ],
)
def test_words_together_come_before_the_same_words_apart(
    names: dict[str, Retriever], places: str, question: str, right: str
) -> None:
    assert right in unfiltered(names[places], question).passages[0].text
