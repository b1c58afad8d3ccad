"""Records and index in step: with the real model, the real SQLite and the real Chroma."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import warm
from hits import candidates

from ingest.document import Chunk, Description
from ingest.errors import ModelMismatch, StoreBusy, StoreError
from ingest.models.embedder import Embedder
from ingest.records.chunks import KeyedChunk, text_hash
from ingest.records.lock import WriterLock
from ingest.records.public_ids import chunk_key
from ingest.search.scope import Scope
from ingest.search.terms import WordQuery
from ingest.store import Store

TEXTS = [
    "The lighthouse keeper trims the lamp at dusk.",
    "Sourdough needs a starter that is fed every day.",
    "The invoice number is QX-4471 and is due in March.",
    "Glaciers carve valleys as they move downhill.",
]


def fill(
    store: Store,
    embedder: Embedder,
    texts: list[str],
    collection: str = "default",
    *,
    flush: bool = True,
) -> None:
    """Write texts as the chunks of one document, as the pipeline does."""
    row = store.collection(collection)
    model = store.use_model(embedder)
    vectors = embedder.embed_passages(texts)
    with store.database.transaction():
        store.vectors.put(
            model.id,
            {text_hash("", text): vector for text, vector in zip(texts, vectors, strict=True)},
        )
        document = store.documents.add(row, "hash", "text", Description("Title"), 1)
        store.documents.put_source(row, Path("/docs/a.txt"), 1, 1, document, 0.0)
        chunks = [Chunk(text, n, n + 1, n, n) for n, text in enumerate(texts)]
        keyed = [KeyedChunk(chunk_key("hash", piece, 1), "", piece) for piece in chunks]
        store.chunks.add(row, keyed, document=document)
    if flush:
        store.sync.flush()


def best(store: Store, embedder: Embedder, question: str, **scope: object) -> str:
    vector = embedder.embed_question(question)
    found = candidates(store, WordQuery(question), vector, replace(Scope(), **scope), 10)  # type: ignore[arg-type]
    if not found:
        return ""
    chunk = max(found, key=lambda item: item.signals.cosine).chunk
    return str(store.database.scalar("SELECT text FROM chunks WHERE id = ?", (chunk,)))


def test_every_text_is_found_by_meaning_and_by_word(store: Store, embedder: Embedder) -> None:
    fill(store, embedder, TEXTS)
    assert best(store, embedder, "How do I bake bread?") == TEXTS[1]
    vector = embedder.embed_question("QX-4471")
    found = candidates(store, WordQuery("QX-4471"), vector, Scope(), 10)
    by_words = max(found, key=lambda item: item.signals.bm25)
    assert by_words.signals.words_rank == 1
    assert by_words.signals.bm25 > 0


@pytest.mark.torch
def test_chroma_holds_the_vectors_that_sentence_transformers_makes(
    store: Store, embedder: Embedder, models: Path
) -> None:
    from ingest.models.files import packaged_model

    fill(store, embedder, TEXTS)
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_model()), device="cpu")
    expected = model.encode(TEXTS, normalize_embeddings=True)
    for text, vector in zip(TEXTS, expected, strict=True):
        found = candidates(store, WordQuery(text), np.asarray(vector, np.float32), Scope(), 1)
        nearest = max(found, key=lambda item: item.signals.cosine)
        assert nearest.signals.cosine >= 0.9995


def test_a_candidate_of_one_side_has_the_signal_of_the_other(
    store: Store, embedder: Embedder
) -> None:
    fill(store, embedder, TEXTS)
    question = "lighthouse"
    found = candidates(store, WordQuery(question), embedder.embed_question(question), Scope(), 1)
    assert len(found) > 0
    assert all(candidate.signals.cosine != 0.0 for candidate in found)
    scores = {candidate.chunk: candidate.signals.bm25 for candidate in found}
    assert max(scores.values()) > 0


def test_the_index_can_be_deleted_and_is_made_again_without_embedding(
    store: Store, embedder: Embedder
) -> None:
    fill(store, embedder, TEXTS)
    store.close()
    shutil.rmtree(store.home / "chroma")
    with Store(store.home) as again:
        advanced: list[int] = []
        assert again.sync.rebuild(embedder, advanced.append) == len(TEXTS)
        assert advanced == []
        for text in TEXTS:
            assert best(again, embedder, text) == text


@pytest.mark.parametrize("damage", ["missing", "random bytes"])
def test_a_missing_or_damaged_index_is_made_again_and_said(
    home: Path, embedder: Embedder, damage: str
) -> None:
    with Store(home) as store:
        fill(store, embedder, TEXTS)
    if damage == "missing":
        shutil.rmtree(home / "chroma")
    else:
        (home / "chroma" / "chroma.sqlite3").write_bytes(b"random bytes" * 500)
    said: list[str] = []
    with Store(home, on_wait=said.append) as again:
        for text in TEXTS:
            assert best(again, embedder, text) == text
    assert len(said) == 1
    assert "rebuilding it" in said[0]
    with Store(home, on_wait=said.append) as later:
        assert later.sync.rebuild(embedder) == len(TEXTS)
    assert len(said) == 1


def test_a_damaged_index_is_rebuilt_without_being_opened(home: Path, embedder: Embedder) -> None:
    with Store(home) as store:
        fill(store, embedder, TEXTS)
    (home / "chroma" / "chroma.sqlite3").write_bytes(b"random bytes" * 500)
    with Store(home) as again:
        assert again.sync.rebuild(embedder) == len(TEXTS)
        assert best(again, embedder, TEXTS[0]) == TEXTS[0]


def test_what_chroma_was_not_told_is_told_later(home: Path, embedder: Embedder) -> None:
    with Store(home) as store:
        fill(store, embedder, TEXTS, flush=False)
        assert store.queue.count(store.use_model(embedder).id) == len(TEXTS)
    with Store(home) as later:
        assert later.sync.flush() == len(TEXTS)
        assert best(later, embedder, TEXTS[0]) == TEXTS[0]


def test_what_fits_one_flush_is_one_write_to_the_index(store: Store, embedder: Embedder) -> None:
    def generation() -> int:
        return store.facts.generation

    fill(store, embedder, TEXTS[:2], "kitchen")
    before = generation()
    fill(store, embedder, TEXTS[2:], "office")
    assert generation() == before + 1


def test_what_is_removed_is_found_nowhere(store: Store, embedder: Embedder) -> None:
    fill(store, embedder, TEXTS)
    row = store.collection("default")
    with store.database.transaction():
        store.documents.remove_sources(row, [Path("/docs/a.txt")])
        store.documents.drop_orphans(row)
    store.sync.flush()
    assert best(store, embedder, TEXTS[0]) == ""
    assert store.database.scalar("SELECT count(*) FROM words_1_document") == 0


def test_two_collections_do_not_see_each_other(store: Store, embedder: Embedder) -> None:
    fill(store, embedder, TEXTS[:2], "kitchen")
    fill(store, embedder, TEXTS[2:], "office")
    assert best(store, embedder, TEXTS[0], collections=("office",)) in TEXTS[2:]
    assert best(store, embedder, TEXTS[0], collections=("kitchen", "office")) == TEXTS[0]
    assert best(store, embedder, TEXTS[0], collections=("nowhere",)) == ""


def test_an_open_store_sees_what_another_process_has_written(
    home: Path, embedder: Embedder
) -> None:
    with Store(home) as reader:
        fill(reader, embedder, TEXTS[:1])
        assert best(reader, embedder, TEXTS[1]) == TEXTS[0]
        program = (
            "import sys; sys.path[:0] = sys.argv[2:]\n"
            "from pathlib import Path\n"
            "from ingest.models.embedder import load\n"
            "from ingest.store import Store\n"
            "from test_store import TEXTS, fill\n"
            "home = Path(sys.argv[1])\n"
            "with Store(home) as store: fill(store, load('', home / 'models'), TEXTS, 'default')\n"
        )
        root = Path(__file__).parent
        done = warm.run(home, root, *root.parents[:2], program=program)
        assert done.returncode == 0, done.stderr
        assert best(reader, embedder, TEXTS[1]) == TEXTS[1]


def test_another_model_is_refused_with_the_way_out(store: Store, embedder: Embedder) -> None:
    store.use_model(embedder)

    class Other:
        name = "other-model"
        fingerprint = "f" * 16
        dimension = 8

    with pytest.raises(ModelMismatch, match="ragchat rebuild --model other-model"):
        store.use_model(Other())  # type: ignore[arg-type]


def test_a_locked_store_says_that_it_waits_and_then_gives_up(home: Path) -> None:
    messages: list[str] = []
    with WriterLock(home / "lock").held(), pytest.raises(StoreBusy, match="another ragchat"):
        _wait_in_a_thread(home, messages)
    assert messages == ["waiting for another ragchat to finish writing …"]


def _wait_in_a_thread(home: Path, messages: list[str]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(Store, home, patience=1.2, on_wait=messages.append).result()


def test_the_library_is_for_its_owner_alone(store: Store) -> None:
    assert stat.S_IMODE(store.home.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "a b", "../up", "x" * 70, "-a", "ü"])
def test_a_collection_needs_a_plain_name(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="letters, digits"):
        store.collection(name)


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--home"):
        Store(tmp_path / "file")
