"""What only words can find: rare names, file names, misspelt words, scripts without spaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from hits import requested, unfiltered

from ingest.models.embedder import Embedder
from ingest.pipeline import Ingestion
from ingest.records.fulltext import words_out_of_step
from ingest.store import Store
from ragchat.retrieval.retriever import Retriever

TOPICS = "tides anchors compasses ropes sails lanterns harbours charts gulls storms crews cargo"


@pytest.fixture
def library(store: Store, embedder: Embedder, tmp_path: Path) -> Retriever:
    folder = tmp_path / "vault"
    (folder / "people").mkdir(parents=True)
    for topic in TOPICS.split():
        text = f"Notes on {topic}: how to use them, what they mean and how to fix what is broken."
        (folder / f"{topic}.md").write_text(f"{text}\n")
    (folder / "parts.md").write_text("The winch is a Quorzik, bought in the spring of last year.\n")
    (folder / "people" / "Ida Vantreight.md").write_text("Phone: 555-0199. Likes rowing.\n")
    (folder / "people" / "Olaf Brandt.md").write_text("Phone: 555-0142. Likes the phone.\n")
    (folder / "zh.md").write_text(
        "服务器的证书每三个月更换一次，由运维组负责。\n", encoding="utf-8"
    )
    (folder / "zh2.md").write_text("出差报销需要在两周内提交发票。\n", encoding="utf-8")
    Ingestion(store, embedder).run([folder])
    return Retriever(store, embedder)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Quorzik", "The winch"),
        ("how do I use the Quorzik?", "The winch"),
        ("tell me more about Quorzik please", "The winch"),
        ("What does Quorzick mean?", "The winch"),
        ("What is Ida Vantreight's phone number?", "555-0199"),
        ("证书多久更换一次？", "证书"),
    ],
)
def test_the_passage_that_alone_holds_the_word_is_first_and_sent(
    library: Retriever, question: str, text: str
) -> None:
    assert text in unfiltered(library, question).passages[0].text
    assert text in requested(library, question).passages[0].text


def test_a_file_that_is_renamed_is_found_by_its_new_name(
    library: Retriever, store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    people = tmp_path / "vault" / "people"
    (people / "Ida Vantreight.md").rename(people / "Wilma Oxenford.md")
    Ingestion(store, embedder).run([tmp_path / "vault"])
    assert "555-0199" in unfiltered(library, "Wilma Oxenford").passages[0].text
    assert words_out_of_step(store.database) == []
