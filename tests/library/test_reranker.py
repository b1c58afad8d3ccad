"""A cross-encoder reads the best passages with their neighbours and puts them in order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from commands import Output
from hits import requested, unfiltered

from ingest.errors import ModelError
from ingest.models.embedder import Embedder
from ingest.models.files import packaged_model
from ingest.models.reranker import CrossEncoderReranker, load
from ingest.pipeline import Ingestion
from ingest.store import Store
from ragchat.retrieval.retriever import Retriever

pytestmark = pytest.mark.torch
QUESTION = "When does the harbour office open?"
TEXTS = [
    "The harbour office opens at nine.",
    "tide",
    "",
    "A lamp is lit at dusk. " * 400,
    "a \udfff b",
]


def make_cross_encoder(folder: Path, *, labels: int = 1, spread: float = 0.2) -> Path:
    """A tiny random model, as transformers writes it."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    BertForSequenceClassification(
        BertConfig(
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            num_labels=labels,
            initializer_range=spread,
        )
    ).save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(packaged_model())).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("reranker") / "tiny")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> CrossEncoderReranker:
    return load(str(folder))


class Liking:
    """Likes texts by how often they hold a word; remembers what it was given to read."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.question = ""
        self.read: Sequence[str] = ()

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.question, self.read = question, texts
        return [text.count(self.word) / 1000 for text in texts]


@pytest.fixture
def harbour(store: Store, tiny: Embedder, tmp_path: Path) -> Store:
    """A library of one long file, in many chunks, each of which names its number."""
    sections = (
        f"The harbour office has rule {number}. " + f"word{number} " * 120 for number in range(40)
    )
    (tmp_path / "rules.txt").write_text("\n\n".join(sections))
    Ingestion(store, tiny, collection="default").run([tmp_path / "rules.txt"])
    return store


def test_each_text_gets_a_number_that_sentence_transformers_would_give(
    folder: Path, reranker: CrossEncoderReranker
) -> None:
    from sentence_transformers import CrossEncoder

    scores = reranker.score(QUESTION, TEXTS)
    pairs = [(QUESTION, text.replace("\udfff", "?")) for text in TEXTS]
    expected = CrossEncoder(str(folder), device="cpu").predict(pairs)
    assert scores == pytest.approx(expected.tolist(), abs=1e-4)
    assert len(set(scores)) == len(TEXTS)


def test_nothing_to_read_gives_nothing(reranker: CrossEncoderReranker) -> None:
    assert reranker.score(QUESTION, []) == []


def test_what_is_no_cross_encoder_is_refused_instead_of_ranking_at_random() -> None:
    with pytest.raises(ModelError, match="is not a cross-encoder: name one in rerank_model"):
        load(str(packaged_model()))


def test_a_model_of_several_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="returns 3 scores a passage: choose one"):
        load(str(make_cross_encoder(tmp_path / "three", labels=3)))


def test_a_model_that_gives_no_numbers_is_refused(tmp_path: Path) -> None:
    broken = load(str(make_cross_encoder(tmp_path / "nan", spread=1e30)))
    with pytest.raises(ModelError, match="returns values that are not numbers: choose another"):
        broken.score(QUESTION, TEXTS)


def test_damaged_weights_are_one_line(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match=r"cannot load the reranking model .*: give another") as at:
        load(str(copy))
    assert "\n" not in str(at.value)


def test_the_reranker_decides_the_order_and_its_score_is_shown(
    harbour: Store, tiny: Embedder
) -> None:
    plain = unfiltered(Retriever(harbour, tiny), QUESTION, 30)
    last = plain.passages[-1]
    likes = Liking(last.text.split()[-1])
    found = unfiltered(Retriever(harbour, tiny, likes), QUESTION, 3)
    assert found.passages[0].id == last.id
    assert [hit.score for hit in found.hits] == sorted(
        (round(score, 4) for score in likes.score(QUESTION, likes.read)), reverse=True
    )[:3]
    assert (plain.reranking, found.reranking and found.reranking.passages) == (None, 30)


def test_ties_keep_the_order(harbour: Store, tiny: Embedder) -> None:
    plain = unfiltered(Retriever(harbour, tiny), QUESTION)
    likes = Liking("a word of no passage")
    found = unfiltered(Retriever(harbour, tiny, likes), QUESTION)
    assert [passage.id for passage in found.passages] == [passage.id for passage in plain.passages]


def test_a_chunk_is_read_between_its_neighbours(harbour: Store, tiny: Embedder) -> None:
    likes = Liking("word7")
    unfiltered(Retriever(harbour, tiny, likes), QUESTION, 3)
    rows = harbour.database.rows("SELECT text FROM chunks ORDER BY position")
    chunks = ["", *(row["text"] for row in rows), ""]
    between = {
        "\n".join(filter(None, (before[-400:], chunk, after[:400])))
        for before, chunk, after in zip(chunks, chunks[1:], chunks[2:], strict=False)
    }
    assert len(set(likes.read)) == 30
    assert set(likes.read) <= between


class Meanwhile(Liking):
    """While it reads, another process forgets a chunk."""

    def __init__(self, store: Store, key: str) -> None:
        super().__init__("harbour")
        self.store, self.key = store, key

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.store.database.execute("DELETE FROM chunks WHERE key = ?", (self.key,))
        return super().score(question, texts)


def test_what_is_forgotten_meanwhile_leaves_the_others_their_reasons(
    store: Store, embedder: Embedder, tmp_path: Path
) -> None:
    texts = {"a": TEXTS[0], "b": "The harbour office is open from nine to five.", "c": "Knead it."}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    Ingestion(store, embedder).run([tmp_path / f"{name}.txt" for name in texts])
    found = requested(Retriever(store, embedder), QUESTION, 2).passages
    assert len(found) == 2
    retriever = Retriever(store, embedder, Meanwhile(store, found[0].id))
    shown = requested(retriever, QUESTION, 2, in_window=frozenset({found[0].id}))
    assert [(Path(miss.hit.passage.origin).name, miss.reason) for miss in shown.near_misses] == [
        ("c.txt", "below the relevance threshold")
    ]


def test_the_commands_rerank_and_show_the_time(
    ragchat: Output, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("# Office\n\nThe harbour office opens at nine.\n")
    assert ragchat("ingest", tmp_path / "a.md")[0] == 0
    monkeypatch.setenv("RAGCHAT_RERANK_MODEL", str(folder))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    code, out, err = ragchat("search", QUESTION)
    assert (code, "a.md" in out, "reranked 1 passage in 0." in err) == (0, True, True)
    code, _, err = ragchat("ask", "--dry-run", QUESTION)
    assert (code, "reranked 1 passage in 0." in err) == (0, True)
    code, out, _ = ragchat("ask", "--dry-run", "--json", QUESTION)
    assert json.loads(out)["reranked"]["passages"] == 1


def test_a_missing_reranker_is_one_line_that_names_download(
    ragchat: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("High water is at ten past noon.")
    assert ragchat("ingest", tmp_path / "a.md")[0] == 0
    monkeypatch.setenv("RAGCHAT_RERANK_MODEL", "harbour/no-such-model")
    for command in (("search", QUESTION), ("ask", "--dry-run", QUESTION)):
        code, out, err = ragchat(*command)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "not on this machine: fetch it with `ragchat rebuild --download`" in err
