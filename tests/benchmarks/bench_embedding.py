"""The embedder against sentence-transformers: `python tests/benchmarks/bench_embedding.py`.

Both embed the same texts of about 800 characters: SentenceTransformer.encode as it comes, and
Embedder.embed_passages. Interleaved, so that a busy machine is busy for both. Loading is measured
in processes of their own: cold is with the conversion, warm without.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from corpus import paragraph, words
from numpy.typing import NDArray
from usage import arguments

from ingest.models.embedder import load
from ingest.models.files import packaged_model

TEXTS = 304
CHARACTERS = 800
ROUNDS = 3

LOADING = """
import json, resource, sys, time
started = time.perf_counter()
if sys.argv[1] == "converted":
    from pathlib import Path
    from ingest.models.embedder import load
    embed = load("", Path(sys.argv[2])).embed_question
else:
    from sentence_transformers import SentenceTransformer
    embed = SentenceTransformer(sys.argv[2], device="cpu").encode
loaded = time.perf_counter()
embed("When is high water?")
print(json.dumps({
    "load": loaded - started,
    "first": time.perf_counter() - loaded,
    "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def timed(
    embed: Callable[[list[str]], NDArray[np.float32]], texts: list[str]
) -> tuple[float, NDArray[np.float32]]:
    """Seconds, and the vectors."""
    started = time.perf_counter()
    vectors = embed(texts)
    return time.perf_counter() - started, vectors


def loading(what: str, folder: Path) -> dict[str, float]:
    """Seconds to load, seconds to embed a first question, and the most memory held."""
    done = subprocess.run(
        [sys.executable, "-c", LOADING, what, str(folder)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def print_loading(label: str, measured: dict[str, float]) -> None:
    """A line of the second table."""
    print(
        f"{label:<42}{measured['load']:>10.2f} s{measured['first'] * 1000:>10.0f} ms"
        f"{measured['megabytes']:>8.0f} MB"
    )


def main() -> None:
    """Print the tables."""
    random_ = random.Random(7)
    vocabulary = words(7)
    texts = [paragraph(random_, vocabulary, CHARACTERS) for _ in range(TEXTS)]
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold = loading("converted", cache)
        warm = loading("converted", cache)
        torch = loading("original", packaged_model())
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
        # Only now: a process that is started from a big one seems as big.
        from sentence_transformers import SentenceTransformer

        embedder = load("", cache)
        original = SentenceTransformer(str(packaged_model()), device="cpu")
        print(f"{'texts a second':<24}{'sentence-transformers':>24}{'embedder':>12}{'ratio':>8}")
        spent = np.zeros(2)
        least = 1.0
        for number in range(ROUNDS):
            theirs, expected = timed(original.encode, texts)
            ours, vectors = timed(embedder.embed_passages, texts)
            spent += theirs, ours
            least = min(least, float((vectors * expected).sum(axis=1).min()))
            print(
                f"  round {number + 1:<16}{TEXTS / theirs:>24.1f}"
                f"{TEXTS / ours:>12.1f}{theirs / ours:>8.2f}"
            )
        rates = TEXTS * ROUNDS / spent
        print(f"  {'all':<22}{rates[0]:>24.1f}{rates[1]:>12.1f}{rates[1] / rates[0]:>8.2f}")
        print(f"least cosine of the two: {least:.5f}")
    print(f"\n{'in a new process':<42}{'load':>12}{'question':>13}{'memory':>11}")
    print_loading("sentence-transformers", torch)
    print_loading("embedder, first time (converts)", cold)
    print_loading("embedder", warm)


if __name__ == "__main__":
    arguments(__doc__)
    main()
