from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_model import PROMPTS, make_model

from ingest.errors import ModelError
from ingest.models.conversion import Original, convert, least_cosine
from ingest.models.embedder import Embedder, load
from ingest.models.files import fingerprint, packaged_model, read_card
from ingest.models.inference import Converted, _interrupts_held

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

pytestmark = pytest.mark.torch
TEXTS = [
    "",
    "The harbour office opens at nine.",
    "A keeper lights the lamp at dusk. " * 300,
    "tide",
    "def height(hour: int) -> float:\n    return 2.1 * hour\n" * 5,
    "before\0after",
    "Ñandú, 潮汐, прилив 🌊",
    "When is high water? " * 20,
]
LOAD_AND_EMBED = """
import sys
from pathlib import Path
from ingest.models.embedder import load
embedder = load(sys.argv[1], Path(sys.argv[2]))
embedder.embed_passages(["a", "b"])
embedder.embed_question("c")
heavy = {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
sys.exit(str(heavy) if heavy else 0)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def original() -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_model()), device="cpu")


@pytest.fixture(scope="module")
def small(tiny_model: Path) -> Path:
    return tiny_model


@pytest.fixture(scope="module")
def small_cache(small: Path, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that holds the small model's conversion."""
    cache = tmp_path_factory.mktemp("small-cache")
    name = fingerprint(small, cache)
    shutil.copytree(models / name, cache / name)
    return cache


@pytest.fixture
def small_copy(small_cache: Path, tmp_path: Path) -> Path:
    """A copy of that cache, to be damaged."""
    return Path(shutil.copytree(small_cache, tmp_path / "cache"))


@dataclass(frozen=True)
class Watched:
    """What became of a process that loaded a model whose conversion was damaged."""

    done: subprocess.CompletedProcess[str]
    home: Path
    cache: Path
    log: Path


@pytest.fixture(scope="module")
def watched(small: Path, small_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Every Python process imports sitecustomize; this one writes down what it sees there."""
    root = tmp_path_factory.mktemp("watched")
    home, cache, log = root / "home", root / "cache", root / "log"
    home.mkdir()
    shutil.copytree(small_cache, cache)
    os.truncate(conversion_in(cache, small) / "model.bin", 1000)
    (conversion_in(cache, small) / "tokenizer.json").unlink()
    (root / "site").mkdir()
    (root / "site" / "sitecustomize.py").write_text(
        "import sys\n"
        f"log = open({str(log)!r}, 'a', buffering=1)\n"
        "print('start', file=log)\n"
        "watched = ('os.fork', 'os.forkpty', 'os.posix_spawn', 'socket.connect',"
        " 'socket.getaddrinfo', 'socket.sendto')\n"
        # A torch for graphics cards asks the system where its libraries are.
        "harmless = lambda event, values: event == 'os.posix_spawn' and 'ldconfig' in values[0]\n"
        "sys.addaudithook(lambda event, values: event in watched and not harmless(event, values)"
        " and print(event, file=log))\n"
    )
    done = run(
        LOAD_AND_EMBED, str(small), str(cache), HOME=str(home), PYTHONPATH=str(root / "site")
    )
    return Watched(done, home, cache, log)


def conversion_in(cache: Path, model: Path) -> Path:
    return cache / fingerprint(model, cache)


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        cwd=ROOT,
    )


def by_sentence_transformers(
    folder: Path, texts: list[str], prompt: str = ""
) -> NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer

    vectors = SentenceTransformer(str(folder), device="cpu").encode(
        texts, prompt=prompt, normalize_embeddings=True
    )
    return np.asarray(vectors, np.float32)


def test_the_vectors_are_those_of_sentence_transformers_in_the_order_given(
    embedder: Embedder, original: SentenceTransformer
) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (8, 384)
    assert least_cosine(vectors, np.asarray(original.encode(TEXTS))) >= 0.9995
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_order_is_kept_over_many_batches(embedder: Embedder) -> None:
    texts = [f"{number} boats " * (number * 7 % 30 + 1) for number in range(60)]
    alone = np.stack([embedder.embed_passages([text])[0] for text in texts])
    assert least_cosine(embedder.embed_passages(texts), alone) >= 0.9995


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_a_question_is_one_vector(embedder: Embedder, original: SentenceTransformer) -> None:
    vector = embedder.embed_question("When is high water?")
    assert vector.shape == (384,)
    assert float(vector @ original.encode("When is high water?")) >= 0.9995


def test_a_question_that_could_not_be_embedded_is_begun_again(
    tiny: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory() -> NoReturn:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(Converted, "begin_question", lambda model, text: no_memory)
        embedding = tiny.begin_question("When is low water?")
        with pytest.raises(MemoryError):
            _ = embedding.vector
    with pytest.raises(MemoryError):  # nothing was computed
        _ = embedding.vector
    assert tiny.embed_question("When is low water?").shape == (tiny.dimension,)


def test_a_lone_surrogate_counts_as_a_question_mark(embedder: Embedder) -> None:
    assert embedder.count("a \ud800 b") == embedder.count("a ? b") == 3
    broken, mended = embedder.embed_passages(["a \udfff b", "a ? b"])
    assert float(broken @ mended) >= 0.9999
    assert float(embedder.embed_question("a \ud83d b") @ mended) >= 0.9999


def test_word_pieces_are_counted_to_the_end_and_without_marks(embedder: Embedder) -> None:
    assert embedder.max_tokens == 256
    assert embedder.count("") == 0
    assert embedder.count("tide " * 5000) == 5000


def test_what_exceeds_the_limit_is_not_read(embedder: Embedder) -> None:
    whole = "tide " * (embedder.max_tokens - 2)
    cut, same, other = embedder.embed_passages([whole + "lamp " * 99, whole, whole[:-5] + "lamp "])
    assert float(cut @ same) > 0.9999 > float(other @ same)


def test_threads_share_an_embedder(embedder: Embedder) -> None:
    expected = embedder.embed_passages(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(embedder.embed_passages, [TEXTS] * 6):
            assert least_cosine(vectors, expected) >= 0.9999


def test_prompts_and_pooling_of_another_model_are_honoured(small: Path, small_cache: Path) -> None:
    embedder = load(str(small), small_cache)
    assert (embedder.name, embedder.dimension) == (str(small), 32)
    expected = by_sentence_transformers(small, TEXTS, PROMPTS["passage"])
    vectors = embedder.embed_passages(TEXTS)
    assert least_cosine(vectors, expected) >= 0.9995
    assert least_cosine(vectors, by_sentence_transformers(small, TEXTS)) < 0.9
    question = by_sentence_transformers(small, ["high water?"], PROMPTS["query"])[0]
    assert float(embedder.embed_question("high water?") @ question) >= 0.9995
    assert (small_cache / embedder.fingerprint).is_dir()


def test_a_passage_of_max_tokens_is_read_whole_after_its_prompt(
    small: Path, small_cache: Path
) -> None:
    embedder = load(str(small), small_cache)
    assert embedder.max_tokens == 64 - embedder.count(PROMPTS["passage"])
    room = embedder.max_tokens - 2
    whole, cut, other = embedder.embed_passages(
        ["tide " * room, "tide " * room + "lamp", "tide " * (room - 1) + "lamp"]
    )
    assert np.abs(whole - cut).max() < 1e-4
    assert np.abs(whole - other).max() > 1e-3


def test_a_model_that_the_graph_does_not_reproduce_is_run_by_sentence_transformers(
    tmp_path: Path,
) -> None:
    model, cache = make_model(tmp_path, include_prompt=False), tmp_path / "cache"
    for _ in range(2):  # the second time it is known
        embedder = load(str(model), cache)
        expected = by_sentence_transformers(model, TEXTS, PROMPTS["passage"])
        assert least_cosine(embedder.embed_passages(TEXTS), expected) >= 0.9995
        question = by_sentence_transformers(model, ["high water?"], PROMPTS["query"])[0]
        assert float(embedder.embed_question("high water?") @ question) >= 0.9995
        assert [path.suffix for path in cache.iterdir()].count(".refused") == 1
    assert embedder.count("tide \ud800 " * 5000) == 10_000


def test_a_damaged_model_is_one_line_with_the_reason(small: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(small, tmp_path / "model"))
    (model / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match=r"cannot load .*SafetensorError: .+: give another") as at:
        load(str(model), tmp_path / "cache")
    assert "\n" not in str(at.value)


def test_a_damaged_conversion_is_made_again(small: Path, watched: Watched) -> None:
    embedder = load(str(small), watched.cache)
    assert read_card(watched.cache / embedder.fingerprint) is not None
    expected = by_sentence_transformers(small, TEXTS, PROMPTS["passage"])
    assert least_cosine(embedder.embed_passages(TEXTS), expected) >= 0.9995


def test_what_openvino_keeps_to_load_quicker_may_be_damaged(small: Path, small_copy: Path) -> None:
    load(str(small), small_copy).embed_question("tide")
    kept = list((conversion_in(small_copy, small) / "compiled").iterdir())
    assert kept
    for path in kept:
        path.chmod(0o600)
        os.truncate(path, path.stat().st_size // 2)
    assert load(str(small), small_copy).embed_question("tide").shape == (32,)


def test_a_second_conversion_leaves_a_whole_one_and_clears_what_a_killed_one_left(
    small: Path, small_copy: Path
) -> None:
    conversion = conversion_in(small_copy, small)
    abandoned, in_use = small_copy / "converting-old", small_copy / "converting-new"
    abandoned.mkdir()
    os.utime(abandoned, (0, 0))
    in_use.mkdir()
    before = (conversion / "model.bin").stat().st_ino
    convert(Original(small), conversion)
    assert (conversion / "model.bin").stat().st_ino == before
    assert list(small_copy.glob("converting-*")) == [in_use]


def test_a_model_whose_openvino_was_taken_away_is_run_by_torch(
    small: Path, small_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    found = load(str(small), small_copy).embed_passages(TEXTS)
    expected = by_sentence_transformers(small, TEXTS, PROMPTS["passage"])
    assert least_cosine(found, expected) >= 0.9995


def test_ctrl_c_while_openvino_is_imported_waits_for_its_end() -> None:
    ended = []

    def import_slowly() -> None:
        with _interrupts_held():
            os.kill(os.getpid(), signal.SIGINT)
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        import_slowly()
    assert ended


def test_converting_and_embedding_print_fork_send_and_write_at_home_nothing(
    watched: Watched,
) -> None:
    assert (watched.done.returncode, watched.done.stdout, watched.done.stderr) == (0, "", "")
    processes = watched.log.read_text().splitlines()
    assert processes == ["start", "start"], "there is more than us and the conversion, in peace"
    assert list(watched.home.iterdir()) == []


def test_a_converted_model_needs_no_torch(small: Path, small_cache: Path) -> None:
    done = run(LOAD_AND_EMBED, str(small), str(small_cache))
    assert (done.returncode, done.stderr) == (0, "")
